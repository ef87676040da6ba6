"""The request that is being answered, for what is logged meanwhile."""

from contextvars import ContextVar

from ocpi_runtime.server._requests.request import RequestState

__all__ = ["CURRENT", "request_fields"]

CURRENT: ContextVar[RequestState | None] = ContextVar("request", default=None)
"""Set for the task that answers a request; tasks that it starts inherit it."""


def request_fields() -> dict[str, str]:
    """Return what identifies the request that the present task answers, or was started by.

    Returns:
        ``request_id`` and ``correlation_id``, and ``partner``, ``module`` and ``operation`` as
        far as they are known; empty outside requests.
    """
    state = CURRENT.get()
    if state is None:
        return {}
    found = {
        "request_id": state.request_id,
        "correlation_id": state.correlation_id,
        "partner": state.partner,
        "module": state.module,
        "operation": state.operation,
    }
    return {name: value for name, value in found.items() if value}

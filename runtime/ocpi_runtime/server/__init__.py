"""The server side: stubs, contexts and the application that mounts them.

``create_app`` needs the extra ``server``; it is imported when it is first asked for, so that
stubs can be written and type-checked without it.
"""

from typing import TYPE_CHECKING, Any

from ocpi_runtime._wire.envelope import failure as failure_envelope
from ocpi_runtime.server._answers.results import (
    CheckAnswers,
    Created,
    Outcome,
    Page,
    PageQuery,
    RawPage,
    Received,
)
from ocpi_runtime.server._context import Context, Partner, Permit, RequestScope, Route
from ocpi_runtime.server._forwarding import Forward, ForwardedAnswer, RoutedRequest
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._mounting import endpoint_url
from ocpi_runtime.server._rate import RateLimit, address_group
from ocpi_runtime.server._requests.current import request_fields
from ocpi_runtime.server._stub import Stub

if TYPE_CHECKING:
    from ocpi_runtime.server._app import create_app as create_app

__all__ = [
    "CheckAnswers",
    "Context",
    "Created",
    "Forward",
    "ForwardedAnswer",
    "Limits",
    "Outcome",
    "Page",
    "PageQuery",
    "Partner",
    "Permit",
    "RateLimit",
    "RawPage",
    "Received",
    "RequestScope",
    "Route",
    "RoutedRequest",
    "Stub",
    "address_group",
    "create_app",
    "endpoint_url",
    "failure_envelope",
    "request_fields",
]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        try:
            from ocpi_runtime.server._app import create_app  # noqa: PLC0415 - see above
        except ModuleNotFoundError as error:
            needed = "create_app needs an extra: pip install 'ocpi-runtime[server]'"
            raise ModuleNotFoundError(needed, name=error.name) from error
        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

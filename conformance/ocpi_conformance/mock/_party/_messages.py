"""Requests that are carried out: commands, charging profiles, authorization of tokens."""

import json
from collections.abc import Callable
from typing import Any, Final

from ocpi_conformance.mock._party.calling import Caller
from ocpi_conformance.objects.world import World
from ocpi_runtime.errors import UnknownToken
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw

__all__ = ["Messages"]

_PROFILE: Final = {
    "start_date_time": "2026-01-05T06:00:00Z",
    "charging_profile": {"charging_rate_unit": "W", "min_charging_rate": 1400.0},
}
_RESULTS: Final = {
    "get_active_charging_profile": "post_active_charging_profile_result",
    "put_charging_profile": "post_charging_profile_result",
    "delete_charging_profile": "post_clear_profile_result",
}
"""What follows each request about charging profiles."""


class Messages:
    """Answers requests, and has their results sent.

    Args:
        world: What the mock has.
        caller: Sends the results.
    """

    def __init__(self, world: World, caller: Caller) -> None:
        self._world, self._caller = world, caller

    def answer_of(self, interface: Interface, operation: Operation) -> Callable[..., Any] | None:
        """Return the answer to an operation, or None where it is not of this kind."""
        if operation.result_url or operation.id == "put_active_charging_profile":
            return _taken
        if interface.name == "receiver" and interface.module in {"commands", "chargingprofiles"}:
            return self._requested(interface, operation)
        others: dict[str, Callable[..., Any]] = {
            "post_authorize_token": self._authorize,
            "put_charging_preferences": self._preferences,
        }
        return others.get(operation.id)

    def _requested(self, interface: Interface, operation: Operation) -> Callable[..., Raw]:
        def requested(_context: Context, *arguments: Any, **query: Any) -> Raw:
            body = arguments[-1]
            parsed = json.loads(body.raw) if isinstance(body, Received) else query
            url = str(parsed.get("response_url", ""))
            self._caller.send_result(url, self._result(interface, operation))
            kind = operation.result.__name__
            return _raw(
                self._world.fitted(
                    kind, {"result": "ACCEPTED", "timeout": self._caller.plan.timeout}
                )
            )

        return requested

    def _result(self, interface: Interface, operation: Operation) -> bytes:
        """Return the body of the result of a request."""
        sender = self._world.binding.interfaces[interface.module, "sender"]
        name = _RESULTS.get(operation.id, "post_command_result")
        kind = sender.operations[name].body.__name__
        data: dict[str, Any] = {"result": "ACCEPTED", "profile": _PROFILE}
        return json.dumps(self._world.fitted(kind, data)).encode()

    def _authorize(
        self, _context: Context, token_uid: str, _body: Any = None, **_query: Any
    ) -> Raw:
        token = self._world.read("tokens", token_uid)
        if token is None:
            raise UnknownToken(f"Token {token_uid} not found.")
        allowed = "ALLOWED" if token["valid"] else "BLOCKED"
        return _raw(self._world.fitted("AuthorizationInfo", {"allowed": allowed, "token": token}))

    @staticmethod
    def _preferences(_context: Context, _session_id: str, _body: Any) -> Raw:
        return Raw(b'"ACCEPTED"')


def _taken(_context: Context, *_arguments: Any, **_query: Any) -> None:
    """Take a result; the record has it."""


def _raw(data: dict[str, Any]) -> Raw:
    return Raw(json.dumps(data).encode())

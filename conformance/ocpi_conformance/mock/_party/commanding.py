"""Commands that a mock sends to a CPO under test."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from ocpi_conformance.mock._party.calling import Call, Caller
from ocpi_conformance.mock._party.registration import Registration
from ocpi_conformance.objects.world import World
from ocpi_runtime.errors import EndpointMissing, NotSupported

__all__ = ["Commander"]

_KINDS: Final = {
    "START_SESSION": "StartSession",
    "STOP_SESSION": "StopSession",
    "RESERVE_NOW": "ReserveNow",
    "CANCEL_RESERVATION": "CancelReservation",
    "UNLOCK_CONNECTOR": "UnlockConnector",
}


@dataclass
class Commander:
    """Sends commands.

    Attributes:
        world: What the mock has; commands are about its objects unless others are named.
        caller: Sends and records.
        registration: Has the endpoints of the client.
        results_url: The endpoint of the mock that takes results.
    """

    world: World
    caller: Caller
    registration: Registration
    results_url: str

    async def send(self, command: str, changes: dict[str, Any] | None = None) -> Call:
        """Send a command to the client.

        Args:
            command: Such as ``START_SESSION``.
            changes: Fields of its body, in place of those of the mock's own objects.

        Raises:
            NotSupported: The version or the role has no such command.
            EndpointMissing: The client published no endpoint for commands.
        """
        kind = _KINDS.get(command)
        if kind is None or not self.results_url or not self._is_known(command):
            known = ", ".join(one for one in _KINDS if self._is_known(one))
            raise NotSupported(f"Command {command} is not supported here. Use one of {known}.")
        uid = uuid4().hex[:20]
        url = f"{self._receiver().rstrip('/')}/{command}"
        location = self.world.objects["locations"][0]
        session = self.world.objects["sessions"][-1]
        data = {
            "response_url": f"{self.results_url}/{command}/{uid}",
            "token": self.world.objects["tokens"][0],
            "location_id": location["id"],
            "evse_uid": location["evses"][0]["uid"],
            "connector_id": "1",
            "session_id": session["id"],
            "expiry_date": "2030-01-01T00:00:00Z",
            "reservation_id": f"R{uid[:8]}",
        }
        known_fields = self.world.fitted(kind, data)
        body = json.dumps({**known_fields, **(changes or {})}).encode()
        return await self.caller.send("command", url, body, uid=uid)

    def _is_known(self, command: str) -> bool:
        interface = self.world.binding.interfaces.get(("commands", "receiver"))
        name = f"post_{command.lower()}"
        return interface is not None and name in interface.operations

    def _receiver(self) -> str:
        for one in self.registration.endpoints:
            if one.module == "commands" and one.role in {"RECEIVER", ""}:
                return one.url
        raise EndpointMissing(
            "The client has published no endpoint for commands.",
            hint="Register with callbacks, or name the versions URL of the client.",
        )

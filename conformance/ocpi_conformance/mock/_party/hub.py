"""The parties behind a hub: who is connected, and what becomes of a message to another one."""

from collections.abc import Callable
from typing import Any, Final

from ocpi_conformance.objects.world import World
from ocpi_runtime.errors import HubConnectionProblem, UnknownReceiver
from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId

__all__ = ["OFFLINE", "Hub", "client_infos"]

OFFLINE: Final = PartyId("FR", "OFF")
"""A CPO behind the hub that is not connected."""


def client_infos(world: World) -> list[dict[str, Any]]:
    """Return who is behind the hub: both parties of a world, and one that is not connected."""
    listed = (
        (world.cpo, "CPO", "CONNECTED"),
        (world.emsp, "EMSP", "CONNECTED"),
        (OFFLINE, "CPO", "OFFLINE"),
    )
    return [
        world.fitted(
            "ClientInfo",
            {
                "country_code": party.country_code,
                "party_id": party.party_id,
                "role": role,
                "status": status,
            },
        )
        for party, role, status in listed
    ]


class Hub:
    """Takes messages to the parties behind it.

    Args:
        world: Its parties are connected.
    """

    def __init__(self, world: World) -> None:
        self._connected = {world.cpo, world.emsp}

    def routed(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Return an answer that is given in the name of the party that a message is for."""

        def routed(context: Context, *arguments: Any, **query: Any) -> Any:
            receiver = context.to_party
            if receiver == OFFLINE:
                raise HubConnectionProblem(f"{receiver} is not connected.")
            if receiver is not None and receiver not in self._connected:
                raise UnknownReceiver(f"{receiver} is not known to this hub.")
            return answer(context, *arguments, **query)

        return routed

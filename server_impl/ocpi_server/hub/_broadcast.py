"""Broadcast Push: what a party pushes to the hub itself is sent to all that take the module."""

import logging
from collections import deque
from typing import Final, NamedTuple

from ocpi_runtime.client import Request
from ocpi_runtime.errors import HubConnectionProblem, HubTimeout, OcpiError
from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._background import Background
from ocpi_server.hub._members import Member
from ocpi_server.hub._receivers import Route
from ocpi_server.hub._sending import Sender

__all__ = ["Broadcast", "is_for_all", "is_read_back"]

log = logging.getLogger("ocpi_server.hub")

_MODULES: Final = frozenset({"locations", "tariffs", "tokens"})
"""Modules that may be broadcast; sessions, CDRs and requests are for one party."""
_MOST: Final = 1000
"""Maximum number of messages that wait for one platform."""


def is_for_all(request: RoutedRequest) -> bool:
    """Return whether a request may be broadcast."""
    interface, operation = request.context.interface, request.operation
    return (
        operation.method != "GET" and interface.name == "receiver" and interface.module in _MODULES
    )


def is_read_back(request: RoutedRequest) -> bool:
    """Return whether a request reads what was broadcast, as the hub has it."""
    interface, operation = request.context.interface, request.operation
    return operation.id.startswith("get_stored_") and interface.module in _MODULES


class _Message(NamedTuple):
    route: Route
    request: Request[None]
    query: str


class Broadcast:
    """Sends broadcasts after they were answered, to each platform one after the other.

    Nothing is repeated: a platform that does not answer reads lists once it is back, as OCPI wants
    it. What waits for one that cannot be reached is dropped.

    Args:
        hub: The party in whose name they are sent.
        sender: Sends messages.
        background: Runs what goes on after answers.
    """

    def __init__(self, hub: PartyId, sender: Sender, background: Background) -> None:
        self._hub, self._sender, self._background = hub, sender, background
        self._waiting: dict[str, deque[_Message]] = {}

    def begin(self, request: RoutedRequest, members: list[Member], body: bytes) -> None:
        """Send a request once to each platform of some parties."""
        context = request.context
        message: Request[None] = Request(
            context.interface, request.operation, request.path, body=Raw(body) if body else None
        )
        first = {member.partner.id: member for member in reversed(members)}
        for partner_id, member in first.items():
            route = Route(member.partner, self._hub, member.party, context.correlation_id)
            self._add(partner_id, _Message(route, message, request.query))

    def _add(self, partner_id: str, message: _Message) -> None:
        waiting = self._waiting.get(partner_id)
        if waiting is not None and len(waiting) < _MOST:
            waiting.append(message)
            return
        name = message.route.partner.name
        if waiting is not None or self._background.is_full(partner_id):
            log.warning("a broadcast to %s is dropped: %d wait for it", name, _MOST)
            return
        self._waiting[partner_id] = deque([message])
        self._background.start(self._send(partner_id), "a broadcast", partner_id)

    async def _send(self, partner_id: str) -> None:
        waiting = self._waiting[partner_id]
        try:
            while waiting:
                await self._one(waiting.popleft(), waiting)
        finally:
            del self._waiting[partner_id]

    async def _one(self, message: _Message, waiting: deque[_Message]) -> None:
        name = message.route.partner.name
        try:
            answer = await self._sender.send(*message)
        except OcpiError as error:
            log.warning("a broadcast did not reach %s: %s", name, error.message)
            if isinstance(error, HubTimeout | HubConnectionProblem):
                waiting.clear()
            return
        if not 1000 <= (answer.status_code or 0) < 2000:  # noqa: PLR2004 - success is 1xxx
            log.warning("a broadcast was refused by %s: %s", name, answer.status_code)

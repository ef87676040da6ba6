"""Broadcast Push: what a party pushes to the hub itself is sent to all that take the module.

A broadcast is in the outbox, written in the transaction of the object: from there it is sent to
each platform at its own pace, also after a restart, and by whichever process of the hub.
"""

from typing import Any, Final

import msgspec

from ocpi_runtime.client import Request
from ocpi_runtime.errors import (
    GenericClientError,
    GenericHubError,
    HubConnectionProblem,
    HubTimeout,
    InvalidParameters,
    NotFound,
    TransportError,
)
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.status import Status
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.hub._members import Members
from ocpi_server.hub._receivers import (
    Receivers,
    Route,
    is_hub,
    is_relayed,
    sender_of,
    senders_of,
)
from ocpi_server.hub._sending import Sender
from ocpi_server.objects.received import BroadcastingPartner
from ocpi_server.objects.rules import holder_of
from ocpi_server.partners import KnownPartner, PartnerRecord
from ocpi_server.store import Announcement, ObjectStore, Stored
from ocpi_server.store.outbox import REMOVAL, Note, PendingRemovals
from ocpi_server.sync.push import Unsendable

__all__ = ["Broadcasts", "is_for_all", "is_read_back"]

_WHOLE: Final = {"locations": "put_location", "tariffs": "put_tariff", "tokens": "put_token"}
"""Modules that may be broadcast, and how a whole object is sent; sessions, CDRs and requests are
for one party."""
_MOST_BYTES: Final = 4096
"""From this size on the whole object is sent instead of a part: it is stored but once."""


def is_for_all(request: RoutedRequest) -> bool:
    """Return whether a request may be broadcast."""
    interface, operation = request.context.interface, request.operation
    return operation.method != "GET" and interface.name == "receiver" and interface.module in _WHOLE


def is_read_back(request: RoutedRequest) -> bool:
    """Return whether a request reads what was broadcast, as the hub has it."""
    interface, operation = request.context.interface, request.operation
    return operation.id.startswith("get_stored_") and interface.module in _WHOLE


class _Message(msgspec.Struct, array_like=True):
    """A broadcast as it is kept.

    Attributes:
        sender: The party that sent it.
        correlation_id: That of the message.
        version: The OCPI version of its body.
        operation: What was asked.
        path: The values of the path.
        query: The query.
        body: The body; None where it is the whole object, or nothing, or long.
        relayed: Whether another hub sent it, so that hubs do not get it.
    """

    sender: str
    correlation_id: str
    version: str
    operation: str
    path: dict[str, str]
    query: str
    body: bytes | None
    relayed: bool = False


class Broadcasts:
    """Notes broadcasts for platforms, and sends what is noted.

    Args:
        hub: The party in whose name they are sent.
        members: Finds the parties that they are for.
        receivers: What these take.
        sender: Sends messages.
        store: Has the objects.
    """

    def __init__(
        self,
        hub: PartyId,
        members: Members,
        receivers: Receivers,
        sender: Sender,
        store: ObjectStore,
    ) -> None:
        self._hub, self._members, self._receivers = hub, members, receivers
        self._sender, self._store = sender, store
        self._removals = PendingRemovals(store.database)
        self._bindings = receivers.bindings

    async def announce(self, request: RoutedRequest) -> None:
        """Have this platform store a request, and note it for all others in the same transaction.

        Raises:
            OcpiError: The sender may not send it.
        """
        context, partner = request.context, request.context.partner
        members = await self._members.of(request, offline=True)
        if not members or not isinstance(partner, KnownPartner):
            return
        if request.operation.method == "DELETE":
            await self._removals.check(holder_of(partner))
        takers = tuple(sorted({member.partner.id for member in members}))
        announcement = Announcement(
            takers, removed=_removed(request), message=await _message(request)
        )
        known = BroadcastingPartner(**vars(partner), announcement=announcement)
        request.context = msgspec.structs.replace(context, partner=known)

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> None:
        """Send an object as it is now, or its removal.

        Where the partner lacks no more than a part, and speaks its version, it is sent the part.

        Raises:
            OcpiError: It was not taken.
            Unsendable: It cannot be represented in the version of the partner.
        """
        message = msgspec.msgpack.decode(note.message or b"", type=_Message)
        interface = self._bindings[message.version].interfaces[note.key.module, "receiver"]
        route = self._route(partner, note, message, interface)
        if route is None:
            return
        if note.kind == REMOVAL:
            operation = interface.operations[message.operation]
            await self._removed_there(route, interface, operation, message)
            return
        stored = known or await self._store.get(note.key)
        if stored is not None and not await self._sent_part(route, note, message, stored):
            await self._sent_whole(route, message, stored)

    async def _removed_there(
        self, route: Route, interface: Interface, operation: Operation, message: _Message
    ) -> None:
        try:
            await self._sent(route, interface, operation, message, None)
        except NotFound:
            return  # it never got there
        except GenericClientError as error:
            if error.status_code != Status.CLIENT_ERROR:
                raise

    async def _sent_part(self, route: Route, note: Note, message: _Message, stored: Stored) -> bool:
        """Send the message itself, if it has all that the partner lacks; return whether it did."""
        speaks = message.version == route.partner.version == stored.version
        if message.body is None or note.tries or not note.is_one_change or not speaks:
            return False
        interface = self._bindings[message.version].interfaces[note.key.module, "receiver"]
        operation = interface.operations[message.operation]
        try:
            await self._sent(route, interface, operation, message, message.body)
        except (GenericClientError, NotFound):
            return False  # it may lack the object
        return True

    async def _sent_whole(self, route: Route, message: _Message, stored: Stored) -> None:
        interface = self._bindings[stored.version].interfaces[stored.key.module, "receiver"]
        operation = interface.operations[_WHOLE[stored.key.module]]
        repaired = await self._store.get_repairs(stored.key)
        is_as_sent = repaired is not None and route.partner.version == stored.version
        body = repaired.sent if repaired is not None and is_as_sent else stored.raw
        await self._sent(route, interface, operation, message, body)

    async def _sent(
        self,
        route: Route,
        interface: Interface,
        operation: Operation,
        message: _Message,
        body: bytes | None,
    ) -> None:
        named = {each.name for each in operation.parameters if each.place == "path"}
        path = {name: value for name, value in message.path.items() if name in named}
        raw = None if body is None else Raw(body)
        request: Request[None] = Request(interface, operation, path, body=raw)
        try:
            answer = await self._sender.send(route, request, message.query)
        except InvalidParameters as error:
            raise Unsendable(error.message) from error
        except (HubTimeout, HubConnectionProblem, GenericHubError) as error:
            raise TransportError(error.message) from error
        if answer.error is not None:
            raise answer.error

    def _route(
        self, partner: PartnerRecord, note: Note, message: _Message, interface: Interface
    ) -> Route | None:
        """Return the route to the first party of a platform that takes this; None for none."""
        owner = PartyId(note.key.country_code, note.key.party_id)
        concerned = {PartyId.parse(message.sender), owner}
        for each in sorted(partner.parties):
            if message.relayed and is_hub(partner, each):
                continue
            if self._receivers.takes(partner, interface, each) and self._receivers.may_reach(
                concerned, each
            ):
                return Route(partner, self._hub, each, message.correlation_id)
        return None


async def _message(request: RoutedRequest) -> bytes:
    context, operation = request.context, request.operation
    body, senders = await request.body(), await senders_of(request)
    whole = operation.id == _WHOLE[context.interface.module]
    message = _Message(
        str(sender_of(context)),
        context.correlation_id,
        context.interface.version,
        operation.id,
        dict(request.path),
        request.query,
        None if whole or not body or len(body) > _MOST_BYTES else body,
        is_relayed(context, senders),
    )
    return msgspec.msgpack.encode(message)


def _removed(request: RoutedRequest) -> dict[str, str] | None:
    return dict[str, Any](request.path) if request.operation.method == "DELETE" else None

"""Who sends a message, and which platform it is forwarded to."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

import msgspec

from ocpi_runtime.errors import (
    GenericClientError,
    GenericHubError,
    HubConnectionProblem,
    InvalidParameters,
    UnknownReceiver,
    Violation,
)
from ocpi_runtime.operations import Interface
from ocpi_runtime.server import Context, RoutedRequest
from ocpi_runtime.types import PartyId
from ocpi_server._interfaces import interfaces_of
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.access_control import Reach
from ocpi_server.partners import HUB, KnownPartner, PartnerDirectory, PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Key, ObjectStore

__all__ = ["Find", "Receivers", "Route", "is_hub", "is_relayed", "sender_of", "senders_of"]

_OWNED: Final = frozenset({"cdrs", "locations", "sessions", "tariffs", "tokens"})
"""Modules whose objects name the party that pushes them."""

Find: TypeAlias = Callable[[PartyId], Awaitable[PartnerRecord | None]]
"""Finds the platform to which messages for a party go, its own or that of another hub."""


class Route(NamedTuple):
    """The route of one message.

    Attributes:
        partner: The platform that it goes to.
        sender: The party that it comes from.
        receiver: The party that it is for.
        correlation_id: That of the message.
    """

    partner: PartnerRecord
    sender: PartyId
    receiver: PartyId
    correlation_id: str


def sender_of(context: Context) -> PartyId:
    """Return the party that sends a message.

    Raises:
        InvalidParameters: None is named, and the partner has several.
        GenericClientError: It is not a party of the partner, or has no role that may send this.
    """
    parties, named = context.partner.parties, context.from_party
    if named is None:
        if len(parties) == 1:
            return next(iter(parties))
        text = (
            "OCPI-from-party-id and OCPI-from-country-code are required: you have several parties"
        )
        raise InvalidParameters(
            f"{text}.", violations=[Violation("header:OCPI-from-party-id", "required", text)]
        )
    if named not in parties:
        where = f"{context.interface.module} ({context.interface.role})"
        raise GenericClientError(
            f"{named} may not use {where} through this hub: it is not a party of yours with a role "
            "that may."
        )
    return named


async def senders_of(request: RoutedRequest) -> frozenset[PartyId]:
    """Return the party that sends a message, and those whose object its URL and body name.

    Raises:
        InvalidParameters: The object belongs to a party of somebody else.
        OcpiError: As :func:`sender_of`.
    """
    context, path = request.context, request.path
    found = {sender_of(context)}
    if context.interface.name != "receiver":
        return frozenset(found)
    if "party_id" in path:
        owner = PartyId.of(path["country_code"], path["party_id"])
        found.add(_own(context, owner, "path:party_id"))
    if context.interface.module in _OWNED:
        named = _owner(await request.body())
        found |= {_own(context, named, "/party_id")} if named is not None else set()
    return frozenset(found)


def is_relayed(context: Context, senders: Iterable[PartyId]) -> bool:
    """Return whether another hub passes a message on.

    What is for all is not sent from there to a third hub: among hubs that are connected in a ring
    it would go round for ever, and lists would have everything twice.

    Args:
        context: The message.
        senders: The parties that it comes from, and whose object it is.
    """
    partner = context.partner
    if not isinstance(partner, KnownPartner) or not partner.record.plays(HUB):
        return False
    record = partner.record
    origins = {each for each in senders if not is_hub(record, each)}
    return not origins or not origins <= record.parties


def is_hub(partner: PartnerRecord, party: PartyId) -> bool:
    """Return whether a party of a partner is a hub and nothing else."""
    return {each.role for each in partner.roles if each.party == party} == {HUB}


def _owner(body: bytes) -> PartyId | None:
    try:
        parts = fields(body) if body else {}
    except msgspec.MsgspecError:
        return None  # the receiver refuses it
    country, party = text_field(parts, "country_code"), text_field(parts, "party_id")
    return PartyId.of(country, party) if country and party else None


def _own(context: Context, owner: PartyId, pointer: str) -> PartyId:
    if owner not in context.partner.parties:
        text = f"{owner} is not a party of yours that may send this"
        raise InvalidParameters(f"{text}.", violations=[Violation(pointer, "owner", text)])
    return owner


class Receivers:
    """Finds the platforms that messages are forwarded to.

    Args:
        directory: Looks partners up.
        find: Finds the platform of a party.
        clients: What the partners publish.
        store: Has the ClientInfos of the parties that the hub knows, connected or not.
        reach: Which parties may reach each other.

    Attributes:
        bindings: The versions that are spoken.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        find: Find,
        clients: PartnerClients,
        store: ObjectStore,
        reach: Reach,
    ) -> None:
        self.bindings = clients.bindings
        self._reach = reach
        self._directory, self._find = directory, find
        self._clients, self._store = clients, store

    async def find(self, request: RoutedRequest, party: PartyId) -> PartnerRecord:
        """Return the platform of a party, which the sender may reach with its message.

        Raises:
            UnknownReceiver: No platform has the party.
            HubConnectionProblem: Its platform is not connected.
            GenericHubError: It has no contract with the sender, no role for such messages, or no
                endpoint.
        """
        context, senders = request.context, await senders_of(request)
        if not self.may_reach(senders, party):
            raise GenericHubError(
                f"{party} has no contract with {' and '.join(map(str, sorted(senders)))} "
                "at this hub.",
                hint="Ask the operator of the hub to add it to the contracts.",
            )
        found = await self._find(party)
        if found is not None and found.id == context.partner.id and party not in found.parties:
            found = None  # another hub, which sent the message here: it would loop
        if found is None:
            if await self._is_known(party):
                raise HubConnectionProblem(f"{party} is not connected to this hub.")
            raise UnknownReceiver(f"{party} is not known to this hub, or is not connected to it.")
        if not self.takes(found, context.interface, party):
            where = f"{context.interface.module} ({context.interface.role})"
            raise GenericHubError(f"{party} does not offer {where}.")
        return found

    def may_reach(self, senders: Iterable[PartyId], receiver: PartyId) -> bool:
        """Return whether a party has a contract with each of some others, or needs none."""
        return self._reach.allows(senders, receiver)

    async def _is_known(self, party: PartyId) -> bool:
        """Return whether a party that cannot be reached is one of this hub."""
        if await self._directory.of_party(party, blocked=True) is not None:
            return True
        return await self._store.get(Key.of("hubclientinfo", party, "")) is not None

    def takes(self, partner: PartnerRecord, interface: Interface, party: PartyId) -> bool:
        """Return whether messages of an interface can be forwarded to a party of a partner."""
        binding = self.bindings.get(partner.version or "")
        name = interface.module, interface.name
        there = None if binding is None else binding.interfaces.get(name)
        if there is None or not there.ids:
            return False
        roles = {each.role for each in partner.roles if each.party == party} - {HUB}
        if roles and name not in interfaces_of(roles):
            return False
        return self._clients.publishes(partner, *name)

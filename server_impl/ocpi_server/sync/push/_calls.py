"""The calls that send one object to one partner, in the version of the partner.

Which fields a change touches in another version than the object's shows when its renditions before
and after are held together; where the one before is not known, or most has changed, the whole part
is put. Ids of URLs are those that the object has in the version of the partner.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from msgspec import defstruct
from msgspec.json import Decoder

from ocpi_runtime.errors import GenericClientError, NotFound, OcpiError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.objects.location_parts import evse, find
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import (
    ChangedParts,
    Key,
    ObjectStore,
    Outbox,
    Stored,
    audience_of,
    party_of,
)
from ocpi_server.store.outbox import REMOVAL, Lane, Note, Refill
from ocpi_server.sync.push._differences import difference
from ocpi_server.sync.push._failures import Unsendable
from ocpi_server.sync.push._former import FormerRenditions
from ocpi_server.sync.push._newer import NEWER, endpoint_of, is_there, remove_newer, send_newer
from ocpi_server.sync.push._patches import patched, picked
from ocpi_server.versioning.contexts import before_roles
from ocpi_server.versioning.editions import edition_version
from ocpi_server.versioning.renditions import Renditions

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients
    from ocpi_bindings.v2_2_1.models import TokenType

__all__ = ["MODULES", "Calls"]

MODULES: Final = {
    "locations": False,
    "tokens": False,
    "tariffs": False,
    "sessions": True,
    "cdrs": True,
    "booking_locations": False,
    "bookings": True,
    "terminals": True,
    "confirmations": True,
    "invoicereconciliation": True,
    "hubclientinfo": False,
}
"""What is pushed, and whether each object is for one party only."""
_NAMES: Final = ("id", "uid", "type")
# All other fields of an object are skipped.
_names = Decoder(defstruct("_Named", [(name, Any, None) for name in _NAMES])).decode


class Calls:
    """Sends what is noted for a partner.

    Args:
        clients: Calls partners.
        store: Has the objects.
        outbox: Keeps what is to be sent.
        renditions: Converts objects to the versions of partners.
        is_for: Returns whether an object of an audience goes to a partner.
    """

    def __init__(
        self,
        clients: PartnerClients,
        store: ObjectStore,
        outbox: Outbox,
        renditions: Renditions,
        is_for: Callable[[PartnerRecord, str], Awaitable[bool]],
    ) -> None:
        self._clients = clients
        self._is_for = is_for
        self._store = store
        self._outbox = outbox
        self._renditions = renditions
        self._former = FormerRenditions(renditions)

    async def refill(self, partner: PartnerRecord, lane: Lane) -> None:
        """Note the next own objects for a partner that is to have them all."""
        modules = {
            name: scoped
            for name, scoped in MODULES.items()
            if self._clients.takes(partner, endpoint_of(name))
        }
        audiences = tuple(sorted(map(audience_of, partner.parties)))
        await self._outbox.refill(lane, Refill(modules, audiences))

    async def load(self, notes: Sequence[Note]) -> Mapping[Key, Stored]:
        """Read the objects of notes; what is gone or damaged is left out."""
        found = await self._store.get_any([note.key for note in notes])
        return {stored.key: stored for stored in found}

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> str | None:
        """Send an object as it is now, or its removal; what the partner takes no more is skipped.

        Args:
            partner: To whom.
            note: What it is.
            known: The object, if it was found when it was read with others.

        Returns:
            Where a CDR can be read then; empty where the partner did not say.

        Raises:
            OcpiError: It was not taken.
            Unsendable: It is damaged, or cannot be represented in the version of the partner.
        """
        if not self._clients.takes(partner, endpoint_of(note.key.module)):
            return None
        if note.kind == REMOVAL and known is None:  # else it was created again meanwhile
            await self._remove(partner, note)
            return None
        stored = await self._stored(partner, note, known)
        if stored is None:
            return None
        if note.key.module in NEWER:
            await send_newer(self._clients, partner, stored)
            return None
        peer = self._peer(partner, stored)
        # First: the rendition of now replaces the one before.
        former = await self._before(note, stored, _version(peer))
        raw = await self._rendered(stored, _version(peer))
        return await self._sent(peer, note, _States(stored, raw, former))

    async def _stored(
        self, partner: PartnerRecord, note: Note, known: Stored | None
    ) -> Stored | None:
        """Return an object; None where it is gone, or for another partner by now."""
        try:
            stored = known or await self._store.get(note.key)
        except OcpiError as error:
            raise Unsendable(error.message) from error
        if stored is None or not await self._is_for(partner, stored.audience):
            return None
        return stored

    async def _rendered(self, stored: Stored, version: str) -> Raw:
        try:
            return await self._renditions.of(stored, version)
        except OcpiError as error:
            raise Unsendable(error.message) from error

    def _peer(self, partner: PartnerRecord, stored: Stored) -> "Clients":
        owner = _owner(stored)
        if not stored.audience:
            return self._clients.for_all(partner, from_party=owner)
        provider = party_of(stored.audience)
        return self._clients.peer(partner, from_party=owner, to_party=provider)

    async def _remove(self, partner: PartnerRecord, note: Note) -> None:
        removed = note.removed or {}
        owner = PartyId.of(removed["country_code"], removed["party_id"])
        peer = self._clients.for_all(partner, from_party=owner)
        try:
            if note.key.module in NEWER:
                await remove_newer(self._clients, partner, removed)
            else:
                await peer.tariffs.delete_tariff(*owner, removed["id"])
        except (GenericClientError, NotFound):
            # It may never have got there.
            if await is_there(lambda: peer.tariffs.get_stored_tariff(*owner, removed["id"])):
                raise

    async def _sent(self, peer: "Clients", note: Note, states: "_States") -> str | None:
        stored, raw = states.stored, states.raw
        owner, parts = _owner(stored), None if note.tries else note.parts
        match note.key.module:
            case "cdrs":
                return await peer.cdrs.post_cdr(raw) or ""
            case "tokens":
                await self._token(peer, stored, raw)
            case "tariffs":
                await peer.tariffs.put_tariff(*owner, _text(raw, "id"), raw)
            case "hubclientinfo":
                await peer.hubclientinfo.put_client_info(*owner, raw)
            case "locations" if parts is not None and parts.evse_uid is not None:
                await self._evse(peer, parts, states)
            case "locations":
                await peer.locations.put_location(*owner, _text(raw, "id"), raw)
            case "sessions" if parts is not None:
                await self._session(peer, parts, states)
            case _:
                await peer.sessions.put_session(*owner, _text(raw, "id"), raw)
        return None

    async def _token(self, peer: "Clients", stored: Stored, raw: Raw) -> None:
        kind: TokenType = _text(stored.raw, "type")  # type: ignore[assignment]  # sent as it is
        # Before 2.2 the URL does not name the type.
        interface = self._clients.bindings[peer.version].interfaces["tokens", "receiver"]
        named = {each.name for each in interface.operations["put_token"].parameters}
        more = {"type": kind} if "type" in named else {}
        await peer.tokens.put_token(*_owner(stored), _text(raw, "uid"), raw, **more)

    async def _evse(self, peer: "Clients", parts: ChangedParts, states: "_States") -> None:
        """PATCH an EVSE, or PUT it."""
        stored, raw, former = states.stored, states.raw, states.former
        uid, place = parts.evse_uid or "", (*_owner(stored), _text(raw, "id"))
        part = find(raw, [evse(uid)])
        if part is None:  # its id is too long for the version and something stands in for it
            await peer.locations.put_location(*place, raw)
            return
        news = picked(part, parts)
        if _version(peer) != stored.version:
            news = difference(None if former is None else find(former, [evse(uid)]), part)
        await patched(
            None if news is None else peer.locations.patch_evse(*place, uid, news),
            lambda: peer.locations.get_stored_location(*place),
            lambda: peer.locations.put_location(*place, raw),
            lambda: peer.locations.put_evse(*place, uid, Raw(part)),
        )

    async def _session(self, peer: "Clients", parts: ChangedParts, states: "_States") -> None:
        """PATCH a session, or PUT it."""
        stored, raw = states.stored, states.raw
        place = (*_owner(stored), _text(raw, "id"))
        news = picked(raw, parts)
        if _version(peer) != stored.version:
            grows = () if before_roles(peer.version) else ("charging_periods",)
            news = difference(states.former, raw, grows)
        await patched(
            None if news is None else peer.sessions.patch_session(*place, news),
            lambda: peer.sessions.get_stored_session(*place),
            lambda: peer.sessions.put_session(*place, raw),
        )

    async def _before(self, note: Note, stored: Stored, version: str) -> Raw | None:
        """Return what the partner has, if that is known: it lacks no more than one change."""
        if note.parts is None or note.tries or stored.version == version:
            return None
        former = await self._former.of(stored, version)
        return former if note.is_one_change else None


@dataclass(frozen=True, slots=True)
class _States:
    """An object to be sent.

    Attributes:
        stored: As it is stored.
        raw: In the version of the partner.
        former: The same before its last change, if that is what the partner has.
    """

    stored: Stored
    raw: Raw
    former: Raw | None


def _version(peer: "Clients") -> str:
    """Return the version that a partner speaks, with its editions."""
    return edition_version(peer.version, peer.dialect)


def _owner(stored: Stored) -> PartyId:
    return PartyId(stored.key.country_code, stored.key.party_id)


def _text(raw: bytes, name: str) -> str:
    found = getattr(_names(raw), name)
    return found if isinstance(found, str) else ""

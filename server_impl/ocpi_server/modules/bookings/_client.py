"""Booking at CPOs, and reading what can be booked there. An eMSP's side."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ocpi_runtime.codec import decode, encode
from ocpi_runtime.errors import ProtocolError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import changed_at
from ocpi_server.access_control import HubParties, parties_that_may
from ocpi_server.objects.objects_for_party import WRITTEN_IN
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Draft, Key, ObjectStore
from ocpi_server.sync.publishing import as_raw

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.clients.bookings import BookingsClient
    from ocpi_bindings.v2_3_0.models import BookingRequest

__all__ = ["BookingClient"]

_BEGIN = 0.02
_SLOWEST = 1.0


class BookingClient:
    """Sends requests for bookings, and stores what CPOs push.

    Args:
        clients: Calls CPOs.
        store: Where their objects are kept.
        hub_parties: Finds the parties behind hubs.
        seconds: How long a decision is waited for.
    """

    def __init__(
        self,
        clients: PartnerClients,
        store: ObjectStore,
        hub_parties: HubParties,
        seconds: float,
    ) -> None:
        self._clients = clients
        self._store = store
        self._hub_parties = hub_parties
        self._seconds = seconds

    async def book(self, cpo: PartnerRecord, value: "BookingRequest | bytes") -> Raw:
        """Ask for a booking, or for a change or the end of one, and wait for the decision.

        Args:
            cpo: Whom.
            value: The request; one with the same ``request_id`` as before is about that booking.

        Returns:
            The booking as it is; undecided if the CPO was too slow.

        Raises:
            OcpiError: The CPO refused the request, or answered with a booking of somebody else.
        """
        booking = await self._at(cpo).post_booking_request(as_raw(value))
        owner = PartyId.of(booking.country_code, booking.party_id)
        behind = await self._hub_parties.among(cpo, [owner])
        if not await self._keep(cpo, "bookings", booking, behind):
            raise ProtocolError(f"Owner {owner} of the booking is not a party of {cpo.name}.")
        key = Key.of("bookings", owner, booking.id, holder=cpo.company)
        return await self._decided(key)

    async def pull(self, cpo: PartnerRecord, since: datetime | None = None) -> int:
        """Read all booking locations and bookings of a CPO, and return how many there were.

        Args:
            cpo: Whose.
            since: Only what was updated since then; everything when None.

        Raises:
            OcpiError: It broke off; what was read before is kept.
        """
        at, count = self._at(cpo), 0
        behind = await self._hub_parties.listed(cpo)
        for module, pages in (
            ("booking_locations", at.get_booking_locations(date_from=since)),
            ("bookings", at.get_bookings(date_from=since)),
        ):
            async for page in cast("Any", pages).pages():
                for item, raw in zip(page.items, page.texts, strict=True):
                    count += await self._keep(cpo, module, item, behind, raw)
        return count

    async def _keep(
        self,
        cpo: PartnerRecord,
        module: str,
        item: Any,
        behind: frozenset[PartyId],
        raw: Raw | None = None,
    ) -> bool:
        """Store an object of a CPO; one of a party that it does not speak for is left out."""
        owner = PartyId.of(item.country_code, item.party_id)
        owners = parties_that_may(cpo.roles, "bookings", "receiver", write=True)
        if owner not in owners and owner not in behind:
            return False
        text = encode(item) if raw is None else raw
        key = Key.of(module, owner, item.id, holder=cpo.company)
        await self._store.put(Draft(key, text, changed_at(item), WRITTEN_IN, source=cpo.id))
        return True

    async def _decided(self, key: Key) -> Raw:
        wait, waited = _BEGIN, 0.0
        while True:
            stored = await self._store.get(key)
            raw = Raw(b"") if stored is None else stored.raw
            if waited >= self._seconds or not _is_waiting(raw):
                return raw
            await asyncio.sleep(wait)
            waited, wait = waited + wait, min(2 * wait, _SLOWEST)

    def _at(self, cpo: PartnerRecord) -> "BookingsClient":
        return cast("BookingsClient", cast("Any", self._clients.peer(cpo)).bookings)


class _Asked(msgspec.Struct):
    request_status: str


class _Booking(msgspec.Struct):
    booking_requests: list[_Asked]


def _is_waiting(raw: bytes) -> bool:
    asked = decode(raw, _Booking).booking_requests
    return any(each.request_status == "PENDING" for each in asked)

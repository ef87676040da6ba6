"""Requests for bookings: stored at once, decided later, then pushed. The side of a CPO."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ocpi_runtime import codec
from ocpi_runtime.errors import GenericServerError, UnknownLocation
from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId, Raw, same_ci
from ocpi_server._background import Background
from ocpi_server._clock import Clock
from ocpi_server.modules.bookings._decisions import BookingDecisions
from ocpi_server.modules.bookings._json_text import BookingUpdate
from ocpi_server.modules.bookings._own_bookings import OwnBookings, stored_booking
from ocpi_server.modules.bookings._records import BookableLocation, BookingRequest
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.rules import named_owner
from ocpi_server.partners import PartnerDirectory
from ocpi_server.store import CheckRoom, Key, Stored

__all__ = ["BookingRequests"]

log = logging.getLogger("ocpi_server.bookings")

_WAITING: Final = "PENDING"
_FORGOTTEN: Final = timedelta(days=7)
"""After this nobody waits for a decision any more."""


class BookingRequests:
    """Takes requests from eMSPs and sees to it that they are decided.

    Args:
        places: Our booking locations.
        locations: Our locations.
        book: Our bookings.
        decisions: Decides.
        directory: Looks the eMSPs up.
        background: Runs what goes on after answers.
        check_room: Refuses a new booking of a partner that has all that it may have.
        clock: Returns the current time.
    """

    def __init__(
        self,
        *,
        places: OwnObjects,
        locations: OwnObjects,
        book: OwnBookings,
        decisions: BookingDecisions,
        directory: PartnerDirectory,
        background: Background,
        check_room: CheckRoom,
        clock: Clock,
    ) -> None:
        self._places = places
        self._locations = locations
        self._book = book
        self._decisions = decisions
        self._directory = directory
        self._background = background
        self._check_room = check_room
        self._clock = clock
        self._deciding = asyncio.Lock()

    async def post(self, context: Context, raw: Raw) -> Raw:
        """Note a request, and return the booking as it is before that is decided.

        Raises:
            InvalidParameters: It, or a token in it, is another party's.
            UnknownLocation: Location or booking location are not ours.
            GenericClientError: The booking is over, or there are too many requests about it.
            GenericServerError: Too much is under way.
            QuotaExceeded: The eMSP has as many bookings and other objects as it may.
        """
        request = codec.decode(raw, BookingRequest)
        emsp = named_owner(context.partner, request.country_code, request.party_id)
        for at, token in enumerate(request.tokens or ()):
            named_owner(context.partner, *token.owner, at=f"/tokens/{at}")
        place = await self._place(context, request)
        if self._background.is_full(context.partner.id, len(raw)):
            raise GenericServerError("Too many pending requests.")
        owner = PartyId(place.key.country_code, place.key.party_id)
        if not await self._book.is_known(owner, emsp, request.request_id):
            await self._check_room(context.partner.id, context.partner.parties)
        booking = await self._book.note(owner, emsp, request.request_id, raw, place.raw)
        # It is noted, so it is decided, too, even if others have taken the room meanwhile.
        work = self.decide(booking.key)
        self._background.start(work, "deciding about a booking", context.partner.id, len(raw))
        return booking.raw

    async def _place(self, context: Context, request: BookingRequest) -> Stored:
        place = await self._places.find(context, request.booking_location_id)
        if place is None:
            raise UnknownLocation(f"BookingLocation {request.booking_location_id} not found.")
        known = codec.decode(place.raw, BookableLocation)
        location = await self._locations.find(context, request.location_id)
        if location is None or not same_ci(known.location_id, request.location_id):
            raise UnknownLocation(
                f"Booking location does not belong to location {request.location_id}."
            )
        return place

    async def decide(self, key: Key) -> None:
        """Decide about all waiting requests of a booking."""
        # One after the other: each starts from what was decided before.
        async with self._deciding:
            booking = await self._book.get(key)
            for number in stored_booking(booking).waiting:
                booking = await self._decide(booking, number)

    async def resume(self) -> None:
        """Decide what was left undecided when the platform ended."""
        since = self._clock() - _FORGOTTEN
        for partner in await self._directory.registered():
            waiting = [
                self._book.key(stored.owner, stored.id)
                for emsp in sorted(partner.parties)
                async for stored in self._book.recent(emsp, since)
                if stored.waiting
            ]
            if waiting:
                work = self._decide_all(waiting)
                self._background.start(work, "deciding about bookings", partner.id)

    async def _decide_all(self, keys: Sequence[Key]) -> None:
        for key in keys:
            try:
                await self.decide(key)
            except Exception:
                log.exception("deciding about the booking %s failed", key.uid)

    async def _decide(self, booking: Stored, number: int) -> Stored:
        stored = stored_booking(booking)
        try:
            news = await self._decisions.decide(stored, number)
        except Exception:
            log.exception("deciding about the booking %s failed", stored.id)
            status = "FAILED" if stored.reservation_status == _WAITING else None
            news = BookingUpdate(status=status, decided=(number, "FAILED"))
        written = await self._book.put(booking.key, news)
        await self._decisions.settle(stored_booking(written), news)
        return written

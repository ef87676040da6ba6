"""What becomes of requests for bookings: by the rules, and by what is booked already."""

import logging
from datetime import datetime, timedelta

from ocpi_runtime import codec
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros
from ocpi_server.modules.bookings import _rules as rules
from ocpi_server.modules.bookings._agendas import Agendas, ReservedPeriod, Site
from ocpi_server.modules.bookings._json_text import BookingUpdate
from ocpi_server.modules.bookings._records import (
    FINAL,
    BookableLocation,
    BookingRequest,
    StoredBooking,
)
from ocpi_server.objects.own_object_writer import OwnObjectWriter

__all__ = ["BookingDecisions"]

log = logging.getLogger("ocpi_server.bookings")


class BookingDecisions:
    """Decides, and keeps EVSEs.

    Args:
        own: Reads our locations and booking locations.
        agendas: What is booked.
        clock: Returns the current time.
    """

    def __init__(self, own: OwnObjectWriter, agendas: Agendas, clock: Clock) -> None:
        self._own = own
        self._agendas = agendas
        self._clock = clock

    async def decide(self, booking: StoredBooking, number: int) -> BookingUpdate:
        """Decide about a request.

        Args:
            booking: The booking.
            number: Which of its requests.
        """
        request = booking.booking_requests[number].booking_request
        if request.cancels:
            return await self._cancel(booking, number, request)
        first, now = _is_new(booking), self._clock()
        reason = "" if first else _over(booking) or rules.no_change(booking, request, now)
        evse = None if reason else await self._kept(booking, request, now)
        if evse is None:
            return _declined(booking, number, reason)
        decided = (number, "ACCEPTED")
        return BookingUpdate(status="RESERVED", decided=decided, taken=number, evse_uid=evse)

    async def settle(self, booking: StoredBooking, news: BookingUpdate) -> None:
        """Release the EVSE of a booking that has ended, before the end is written."""
        if news.evse_uid is not None and booking.reservation_status in FINAL:
            await self._agendas.release(_site_of(booking), booking.id)

    async def _cancel(
        self, booking: StoredBooking, number: int, request: BookingRequest
    ) -> BookingUpdate:
        reason = "it was not reserved yet" if _is_new(booking) else _over(booking)
        reason = reason or rules.no_cancellation(booking, self._clock())
        if reason:
            return _declined(booking, number, reason)
        await self._agendas.release(_site_of(booking), booking.id)
        decided = (number, "ACCEPTED")
        return BookingUpdate(
            status="CANCELED", canceled=codec.encode(request.canceled), decided=decided
        )

    async def _kept(
        self, booking: StoredBooking, request: BookingRequest, now: datetime
    ) -> str | None:
        """Keep an EVSE, if the rules allow it and one is free."""
        stored = await self._own.get(
            "booking_locations", booking.owner, request.booking_location_id
        )
        place = codec.decode(stored.raw, BookableLocation)
        reason = rules.hindrance(request, place, now)
        if reason:
            log.info("the booking %s is declined: %s", booking.id, reason)
            return None
        location = await self._own.get("locations", booking.owner, booking.location_id)
        evses = rules.choices(location.raw, place.booking_option, request.booking_option)
        one_each = booking.booking_terms.overlapping_bookings_allowed is False
        wish = _entry(booking, request)
        return await self._agendas.book(_site_of(booking), wish, evses, one_each=one_each)


def _site_of(booking: StoredBooking) -> Site:
    """Return the location of a booking."""
    return Site.of(booking.owner, booking.location_id)


def _is_new(booking: StoredBooking) -> bool:
    return booking.reservation_status == "PENDING"


def _over(booking: StoredBooking) -> str:
    over = booking.reservation_status in FINAL
    return f"its status is {booking.reservation_status}" if over else ""


def _declined(booking: StoredBooking, number: int, reason: str) -> BookingUpdate:
    log.info("the booking %s is declined: %s", booking.id, reason or "no EVSE is available")
    return BookingUpdate(
        status="REJECTED" if _is_new(booking) else None, decided=(number, "DECLINED")
    )


def _entry(booking: StoredBooking, request: BookingRequest) -> ReservedPeriod:
    terms, period = booking.booking_terms, request.period
    early = terms.early_start_time or 0 if terms.early_start_allowed else 0
    lapses = period.end
    if terms.noshow_timeout is not None:
        lapses = min(lapses, period.start + timedelta(minutes=terms.noshow_timeout))
    return ReservedPeriod(
        booking=booking.id,
        start=to_micros(period.start),
        end=to_micros(period.end),
        opens=to_micros(period.start - timedelta(minutes=early)),
        lapses=to_micros(lapses),
        emsp=str(PartyId.of(request.country_code, request.party_id)),
        reference=request.authorization_reference,
        tokens=tuple(each.name for each in request.tokens or ()),
    )

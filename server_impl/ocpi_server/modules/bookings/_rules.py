"""Whether a request for a booking can be granted, and where: the rules, without the store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.types import same_ci
from ocpi_server._jsonbytes import elements, fields, text_field
from ocpi_server.modules.bookings._records import (
    BookableLocation,
    BookingRequest,
    BookingTerms,
    Calendar,
    Option,
    Slot,
    StoredBooking,
)

__all__ = ["choices", "hindrance", "no_cancellation", "no_change"]

_WATTS: Final = 1000
_UNASSIGNED: Final = "#NA"
_OUT: Final = frozenset({"REMOVED", "PLANNED", "INOPERATIVE", "OUTOFORDER"})


def hindrance(request: BookingRequest, place: BookableLocation, now: datetime) -> str:
    """Return why a booking is refused, whatever else is booked; empty if it is not."""
    start, end = request.period.start, request.period.end
    if start < now or end <= start:
        return "the period starts in the past or is empty"
    return _against_terms(request, place.terms) or _against_calendars(request, place.calendars)


def _against_terms(request: BookingRequest, terms: BookingTerms) -> str:
    lasts = request.period.end - request.period.start
    if terms.min_booking_duration and lasts < _minutes(terms.min_booking_duration):
        return f"the period is shorter than {terms.min_booking_duration} minutes"
    if terms.max_booking_duration and lasts > _minutes(terms.max_booking_duration):
        return f"the period is longer than {terms.max_booking_duration} minutes"
    wanted = {each.method for each in request.access_information or ()}
    if not wanted <= set(terms.supported_access_methods):
        return "the access method is not supported"
    return ""


def _against_calendars(request: BookingRequest, calendars: Sequence[Calendar] | None) -> str:
    """Return why no calendar has a free timeslot; empty if one has, or without calendars."""
    if not calendars or any(_has_room(request, each) for each in calendars):
        return ""
    return "no timeslot is available"


def _has_room(request: BookingRequest, calendar: Calendar) -> bool:
    start, end = request.period.start, request.period.end
    first, last = parse_timestamp(calendar.begin_from), parse_timestamp(calendar.end_before)
    if start < first or end > last:
        return False
    watts = (request.power_required or 0) * _WATTS
    slots = [each for each in calendar.available_timeslots if _strong(each, watts)]
    begin = _reached(start, end, slots)
    return begin is not None and _fits(begin, start, end, calendar.timeslot_increment)


def _strong(slot: Slot, watts: Decimal | int) -> bool:
    return slot.max_power is None or slot.max_power >= watts


def _reached(start: datetime, end: datetime, slots: Iterable[Slot]) -> datetime | None:
    """Return where the first of adjoining slots begins."""
    begin: datetime | None = None
    until = start
    for slot in sorted(slots, key=lambda each: each.start):
        if slot.start <= until < slot.end:
            begin = begin or slot.start
            until = slot.end
    return begin if until >= end else None


def _fits(begin: datetime, start: datetime, end: datetime, increment: float | None) -> bool:
    """Return whether a period begins and ends at whole steps of a timeslot."""
    if not increment:
        return True
    step = _minutes(increment)
    return not (start - begin) % step and not (end - start) % step


def no_change(booking: StoredBooking, request: BookingRequest, now: datetime) -> str:
    """Return why a booking cannot be changed; empty if it can."""
    terms = booking.booking_terms
    if terms.change_not_allowed:
        return "the booking terms do not allow changes"
    if not same_ci(request.location_id, booking.location_id):
        return "the location of a booking cannot be changed"
    if now > booking.period.start - _minutes(terms.change_until_minutes):
        return "the time limit for changes has passed"
    return ""


def no_cancellation(booking: StoredBooking, now: datetime) -> str:
    """Return why a booking cannot be canceled; empty if it can."""
    if now > booking.period.start - _minutes(booking.booking_terms.cancel_until_minutes):
        return "the time limit for cancellation has passed"
    return ""


def choices(location: bytes, *options: Option | None) -> list[str]:
    """Return the EVSEs of a location that all options allow."""
    parts = fields(location)
    found = []
    for each in elements(parts["evses"]) if "evses" in parts else []:
        evse = fields(each)
        if text_field(evse, "status") not in _OUT and all(
            _allows(option, evse) for option in options if option
        ):
            found.append(text_field(evse, "uid") or "")
    return found


def _allows(option: Option, evse: Mapping[str, msgspec.Raw]) -> bool:
    uid = option.evse_uid or _UNASSIGNED
    if uid != _UNASSIGNED and not same_ci(uid, text_field(evse, "uid") or ""):
        return False
    return any(_suits(option, fields(each)) for each in elements(evse["connectors"]))


def _suits(option: Option, connector: Mapping[str, msgspec.Raw]) -> bool:
    wanted = option.connector_id
    if wanted is not None and not same_ci(wanted, text_field(connector, "id") or ""):
        return False
    kinds = (
        ("standard", option.connector_types),
        ("power_type", option.power_types),
        ("format", option.connector_format),
    )
    return all(not listed or text_field(connector, name) in listed for name, listed in kinds)


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)

"""Checks of bookings and of what can be booked, as they are read."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Seen, Stopped, check
from ocpi_conformance.check.checks.modules._details import measures
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import bookings as rules
from ocpi_conformance.rules.modules import details, objects
from ocpi_conformance.verdicts.comparison import Comparison, faults_of_differences
from ocpi_runtime.codec import parse_timestamp

Data = dict[str, Any]
Found = Iterator[tuple[str, str, str]]
"""A place below the object, what was expected there, and what came instead."""


def _books(place: CheckedInterface) -> bool:
    return "get_booking_locations" in place.operations


def _page(place: CheckedInterface, name: str) -> tuple[CheckedExchange, list[Data]]:
    """Read the first page of a list.

    Raises:
        Stopped: It cannot be read, or is empty.
    """
    checked = place.require(place.call(place.operations[name]))
    data = (checked.envelope or {}).get("data")
    items = [one if isinstance(one, dict) else {} for one in data] if isinstance(data, list) else []
    if not items:
        raise Stopped("The list is empty.")
    return checked, items


def _judged(
    page: tuple[CheckedExchange, list[Data]], rule: Rule, judge: Callable[[Data], Found]
) -> Iterator[Seen]:
    checked, items = page
    for at, one in enumerate(items):
        for pointer, wanted, got in judge(one):
            cause = rule.id.partition(".")[2]
            fault = Fault(rule, wanted, got, cause, f"/data/{at}{pointer}")
            yield Seen(fault, (checked.exchange,))


@check(rules.REQUEST_ID, about=_books)
def bookings(place: CheckedInterface) -> Iterator[Outcome]:
    """Check the requests of bookings."""
    yield from _judged(_page(place, "get_bookings"), rules.REQUEST_ID, _request_ids)


def _request_ids(booking: Data) -> Found:
    wanted = str(booking.get("request_id"))
    for at, one in _items(booking.get("booking_requests")):
        request = one.get("booking_request")
        got = str(request.get("request_id")) if isinstance(request, dict) else "none"
        if got.lower() != wanted.lower():
            yield f"/booking_requests/{at}/booking_request/request_id", wanted, got


@check(rules.OPTION, rules.TIMESLOTS, details.VEHICLE_MEASURES, about=_books)
def booking_locations(place: CheckedInterface) -> Iterator[Outcome]:
    """Check what can be booked at locations, and when."""
    page = _page(place, "get_booking_locations")
    yield from _judged(page, rules.OPTION, _option)
    yield from _judged(page, rules.TIMESLOTS, _timeslots)
    yield from _judged(page, details.VEHICLE_MEASURES, _option_measures)


def _option_measures(one: Data) -> Found:
    option = one.get("booking_option")
    return measures(option if isinstance(option, dict) else {}, "/booking_option")


def _option(one: Data) -> Found:
    # Bookings 1.0 has lists of both.
    if not any(one.get(name) for name in ("booking_option", "bookable_options", "evse_uid")):
        yield "", "booking_option or evse_uid", "neither"


def _timeslots(location: Data) -> Found:
    for at, calendar in _items(location.get("calendars")):
        first, last = _instant(calendar.get("begin_from")), _instant(calendar.get("end_before"))
        for number, slot in _items(calendar.get("available_timeslots")):
            start, end = _instant(slot.get("start_date_time")), _instant(slot.get("end_date_time"))
            if first is None or last is None or start is None or end is None:
                continue
            if start < first or end > last:
                pointer = f"/calendars/{at}/available_timeslots/{number}"
                yield pointer, f"a timeslot from {first} to {last}", f"from {start} to {end}"


def _instant(text: Any) -> datetime | None:
    try:
        return parse_timestamp(str(text))
    except ValueError:
        return None


def _items(value: Any) -> Iterator[tuple[int, Data]]:
    for at, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict):
            yield at, one


@check(objects.GET_BY_ID, about=_books)
def calendars(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the first calendar of a booking location by its id."""
    _, items = _page(place, "get_booking_locations")
    found = ((one, calendar) for one in items for _, calendar in _items(one.get("calendars")))
    location, calendar = next(found, (None, None))
    if location is None or calendar is None:
        raise Stopped("No booking location has a calendar.")
    operation = place.operations["get_calendar"]
    names = (str(location.get("id")), str(calendar.get("id")))
    checked = place.call(operation, path=dict(zip(operation.path_params, names, strict=True)))
    if checked.outcome is not Answered.ACCEPTED:
        yield Fault(objects.GET_BY_ID, "the calendar of the list", checked.summary())
        return
    compare = Comparison(place.target.bundle)
    faults = compare.differences(operation.gives, calendar, checked.object)
    yield from faults_of_differences(objects.GET_BY_ID, "the calendar of the list", faults)

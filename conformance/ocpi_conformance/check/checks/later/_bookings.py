"""Checks of bookings: a request, its decision, its cancellation, and what follows its end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.check.writing.pushed import with_steps
from ocpi_conformance.check.writing.writes import ObjectMade
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import bookings as rules
from ocpi_runtime.codec import format_timestamp, parse_timestamp

Data = dict[str, Any]
_NEW: Final = frozenset({"PENDING", "RESERVED", "REJECTED", "FAILED"})
_CANCELED: Final = {"cancellation_reason": "TRAFFIC", "who_canceled": "EMSP"}
_NONE: Final = "CHK-NONE"
_TRIES: Final = 6
_LASTS: Final = timedelta(minutes=30)
_AHEAD: Final = timedelta(days=2)
_PAUSE: Final = 0.1


def _books(place: CheckedInterface) -> bool:
    return "post_booking_request" in place.operations


@check(rules.ANSWER, rules.NEW_STATUS, rules.UNKNOWN_LOCATION, rules.FINAL, about=_books)
def requested(place: CheckedInterface) -> Iterator[Outcome]:
    """Request a booking, cancel it, and request a change of it after that."""
    yield from with_steps(place, _Desk(place).judged())


@dataclass(slots=True)
class _Desk:
    place: CheckedInterface
    number: int = 0
    made: ObjectMade | None = None

    def judged(self) -> Iterator[Outcome]:
        """Go through all steps; a request that is refused is tried at another place or time."""
        chances = [*islice(self._chances(), _TRIES)]
        if not chances:
            raise Stopped("The party lists no booking location that is free.")
        yield from self._unknown(chances[0])
        for chance in chances:
            request = self._request(chance)
            booking = self._asked(request)
            yield from self._answered(request, booking)
            if self._decided(booking) == "RESERVED":
                yield from self._ended(request, booking)
                return
        yield NotAsked(rules.FINAL, "No request became a booking that is RESERVED.")

    def _bookings(self) -> list[Data]:
        return [one for one in crawl(self.place, {}).items if isinstance(one, dict)]

    def _places(self) -> list[Data]:
        operation = self.place.operations["get_booking_locations"]
        data = (self.place.require(self.place.call(operation)).envelope or {}).get("data")
        return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []

    def _chances(self) -> Iterator[Data]:
        """Yield where and when something can be booked."""
        for one in self._places():
            names = {"booking_location_id": one.get("id"), "location_id": one.get("location_id")}
            calendars = one.get("calendars")
            periods = _periods(calendars) if calendars else iter([_tomorrow()])
            yield from ({**names, "period": period} for period in islice(periods, 2))

    def _request(self, chance: Data) -> Data:
        known = {str(one.get("request_id")).upper() for one in self._bookings()}
        main = self.place.writes.name(self.place.version)
        while True:
            self.number += 1
            name = f"{main}-{self.number}"
            if name.upper() not in known:
                return self._body(name, chance)

    def _body(self, name: str, chance: Data) -> Data:
        own = dict(zip(("country_code", "party_id"), self.place.own, strict=True))
        known = {**own, "request_id": name, "authorization_reference": name, **chance}
        world = self.place.writes.world(self.place.version)
        body = world.fitted("BookingRequest", known)
        return {one: value for one, value in body.items() if one in known}

    def _sent(self, request: Data, *, reachable: bool = True) -> CheckedExchange:
        operation = self.place.operations["post_booking_request"]
        sent = self.place.request(operation, body=request)
        return self.place.send(operation, sent, reachable=reachable)

    def _asked(self, request: Data) -> CheckedExchange:
        url = self.place.target.url
        name = str(request["request_id"])
        self.made = self.place.writes.note_posted(self.place, "BookingRequest", name, url)
        return self.place.require(self._sent(request))

    def _unknown(self, chance: Data) -> Iterator[Outcome]:
        request = self._request({**chance, "booking_location_id": _NONE})
        checked = self._sent(request, reachable=False)
        if checked.outcome is Answered.ACCEPTED and self._decided(checked) == "RESERVED":
            wanted = "a refusal, or a booking that is REJECTED or FAILED"
            yield Fault(rules.UNKNOWN_LOCATION, wanted, "a booking that is RESERVED")

    def _answered(self, request: Data, checked: CheckedExchange) -> Iterator[Outcome]:
        booking = checked.object
        if not isinstance(booking, dict):
            yield Fault(rules.ANSWER, "the booking", checked.summary(), "no booking")
            yield NotAsked(rules.NEW_STATUS, "The answer has no booking.")
            raise Stopped("The answer to a booking request has no booking.")
        for name in ("request_id", "location_id"):
            if str(booking.get(name)).lower() != str(request[name]).lower():
                got = f"{name}: {booking.get(name)}"
                yield Fault(rules.ANSWER, f"{name}: {request[name]}", got, name, f"/data/{name}")
        status = booking.get("reservation_status")
        if status not in _NEW:
            wanted, pointer = " or ".join(sorted(_NEW)), "/data/reservation_status"
            yield Fault(rules.NEW_STATUS, wanted, str(status), pointer=pointer)

    def _decided(self, checked: CheckedExchange) -> str:
        """Return the status of a booking once its requests are decided."""
        booking = checked.object
        if not isinstance(booking, dict):
            return ""
        until = time.monotonic() + self.place.party.result_seconds
        while _is_open(booking) and time.monotonic() < until:
            time.sleep(_PAUSE)
            booking = self._find(booking) or booking
        return str(booking.get("reservation_status"))

    def _find(self, booking: Data) -> Data | None:
        return next((one for one in self._bookings() if one.get("id") == booking.get("id")), None)

    def _ended(self, request: Data, checked: CheckedExchange) -> Iterator[Outcome]:
        """Cancel a booking, and ask for a change of it."""
        canceled = self.place.require(self._sent({**request, "canceled": _CANCELED}))
        if self._decided(canceled) != "CANCELED":
            yield NotAsked(rules.FINAL, "The booking could not be canceled.")
            return
        if self.made is not None:
            self.made.end = "is canceled"
        after = self._sent(request, reachable=False)
        answered = self._decided(after) if after.outcome is Answered.ACCEPTED else ""
        booking = self._find(checked.object) or {}
        status = str(booking.get("reservation_status", "CANCELED"))
        changed = next((one for one in (answered, status) if one not in {"", "CANCELED"}), None)
        if changed is not None:
            wanted = "a booking that stays CANCELED"
            yield Fault(rules.FINAL, wanted, f"a booking that is {changed}", "another status")


def _is_open(booking: Data) -> bool:
    requests = booking.get("booking_requests")
    states = [
        one.get("request_status")
        for one in (requests if isinstance(requests, list) else ())
        if isinstance(one, dict)
    ]
    return "PENDING" in {booking.get("reservation_status"), *states}


def _periods(calendars: Any) -> Iterator[Data]:
    """Yield the beginnings of timeslots that are far enough ahead to be canceled."""
    for calendar in calendars if isinstance(calendars, list) else ():
        for slot in calendar.get("available_timeslots") or ():
            try:
                start = parse_timestamp(str(slot.get("start_date_time")))
            except ValueError:
                continue
            if start > datetime.now(UTC) + _AHEAD:
                yield _period(start, calendar.get("timeslot_increment"))


def _tomorrow() -> Data:
    return _period(datetime.now(UTC).replace(microsecond=0) + _AHEAD, None)


def _period(start: datetime, increment: Any) -> Data:
    lasts = timedelta(minutes=increment) if isinstance(increment, int | float) else _LASTS
    moments = (start, start + (lasts or _LASTS))
    names = ("start_date_time", "end_date_time")
    return dict(zip(names, map(format_timestamp, moments), strict=True))

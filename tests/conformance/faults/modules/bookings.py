"""Faults of bookings, and of what can be booked."""

from collections.abc import Callable
from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    each_object,
    is_below,
    parsed,
    refused,
    success,
)
from tests.conformance.faults.pushing import ParentStays
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["BOOKINGS"]

Data = dict[str, Any]


def _booking(change: Callable[[Data], object]) -> Make:
    """Change bookings, and nothing of booking locations."""
    return each_object("bookings", lambda one: change(one) if "booking_requests" in one else None)


def _request(change: Callable[[Data], object]) -> Make:
    def spoil(one: Data) -> None:
        for each in one["booking_requests"]:
            change(each)

    return _booking(spoil)


def _canceled(one: Data) -> None:
    """Have a cancelled booking name who cancelled it, and no reason."""
    if one.get("canceled"):
        one["canceled"].pop("cancellation_reason")


def _no_calendar(asked: ReceivedRequest, answer: Answer) -> Answer:
    data = accepted_data(answer)
    meant = is_below(asked, "bookings", "GET") and "sender" in asked.path
    single = isinstance(data, dict) and "available_timeslots" in data
    return refused(asked, 404, 2000, "Not found") if meant and single else answer


def _answers(change: Callable[[Data], Any]) -> Make:
    """Change the booking in the answer to a request."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = is_below(asked, "bookings", "POST") and isinstance(data, dict)
        return answer.with_fields(data=change(data)) if meant else answer

    return answering(spoil)


def _booked_anywhere(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Reserve what does not exist."""
    body = asked.json
    unknown = is_below(asked, "bookings", "POST") and parsed(answer).get("status_code") == 2003
    if not unknown or not isinstance(body, dict):
        return answer
    terms = {
        "supported_access_methods": ["OPEN"],
        "change_until_minutes": 1,
        "cancel_until_minutes": 1,
    }
    received = "2026-01-01T00:00:00Z"
    one = {"request_status": "ACCEPTED", "booking_request": body, "request_received": received}
    booking = {
        **{name: body[name] for name in ("request_id", "location_id", "period")},
        "id": "B1",
        "country_code": "NL",
        "party_id": "HST",
        "reservation_status": "RESERVED",
        "authorization_reference": body["authorization_reference"],
        "booking_terms": terms,
        "booking_requests": [one],
        "last_updated": received,
    }
    return success(asked, data=booking)


class _Reopened(InjectedFault):
    """Reserves a booking again after it has ended."""

    def __init__(self) -> None:
        self._canceled: set[str] = set()

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        body = asked.json
        if not is_below(asked, "bookings"):
            return answer
        if asked.method == "POST" and isinstance(body, dict):
            name = str(body.get("request_id"))
            if "canceled" in body:
                self._canceled.add(name)
            elif name in self._canceled:
                return _reopened(asked, name)
        return answer


def _reopened(asked: ReceivedRequest, name: str) -> Answer:
    booking = {"request_id": name, "reservation_status": "RESERVED", "booking_requests": []}
    return success(asked, data=booking)


BOOKINGS: dict[str, Make] = {
    "booking-without-period": _booking(lambda one: one.pop("period")),
    "booking-status-unknown": _booking(lambda one: one.update(reservation_status="MAYBE")),
    "booking-request-status-unknown": _request(lambda one: one.update(request_status="MAYBE")),
    "booking-canceled-without-reason": _booking(_canceled),
    "booking-with-request-of-another": _request(
        lambda one: one["booking_request"].update(request_id="ANOTHER")),
    "booking-location-without-option": each_object(
        "bookings", lambda one: one.pop("booking_option", None)),
    "booking-option-without-measures": each_object("bookings", lambda one: one.update(
        booking_option={"vehicle_types": ["BUS"]}) if "booking_terms" in one else None),
    "parking-for-buses-without-measures": each_object("locations", lambda one: one.update(
        parking_places=[{"id": "P1", "vehicle_types": ["BUS"]}])),
    "calendar-not-found-by-id": answering(_no_calendar),
    "booking-request-without-booking": _answers(lambda _one: None),
    "booking-of-another-request": _answers(lambda one: {**one, "request_id": "ANOTHER"}),
    "booking-fulfilled-at-once": _answers(lambda one: {**one, "reservation_status": "FULFILLED"}),
    "booking-of-unknown-place": answering(_booked_anywhere),
    "booking-reopened": _Reopened,
    "parent-of-calendar-not-moved": lambda: ParentStays("bookings", 4),
}  # fmt: skip

"""The limits of what can be booked, changed and canceled, to the second."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ocpi_server.modules.bookings._records import (
    AccessMethod,
    BookableLocation,
    BookingRequest,
    BookingTerms,
    Calendar,
    Option,
    Period,
    Slot,
    StoredBooking,
)
from ocpi_server.modules.bookings._rules import choices, hindrance, no_cancellation, no_change
from tests.server_impl.pair import connector, evse, location

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NOON = DAY + timedelta(hours=12)
SECOND = timedelta(seconds=1)


def text(clock: str) -> str:
    return f"2026-03-01T{clock}:00Z"


def period(start: str = "10:00", end: str = "11:00") -> Period:
    return Period(text(start), text(end))


def asked(start: str = "10:00", end: str = "11:00", **more: Any) -> BookingRequest:
    return BookingRequest("DE", "MSP", "R1", "LOC1", "B1", "A1", period(start, end), **more)


def terms(**more: Any) -> BookingTerms:
    return BookingTerms(
        **{
            "supported_access_methods": ["OPEN", "TOKEN"],
            "change_until_minutes": 30,
            "cancel_until_minutes": 15,
            **more,
        }
    )


def calendar(*slots: tuple[str, str], increment: float | None = None, **more: Any) -> Calendar:
    free = [Slot(text(start), text(end), **more) for start, end in slots]
    return Calendar(text("08:00"), text("18:00"), free, increment)


def place(*calendars: Calendar, **more: Any) -> BookableLocation:
    return BookableLocation("LOC1", None, terms(**more), [*calendars])


def booking(**more: Any) -> StoredBooking:
    return StoredBooking(
        "1", "NL", "CPO", "LOC1", "RESERVED", "A1", period("12:00", "13:00"), terms(**more), []
    )


@pytest.mark.parametrize(
    ("end", "now", "fine"),
    [
        ("11:00", DAY + timedelta(hours=10), True),
        ("11:00", DAY + timedelta(hours=10) + SECOND, False),
        ("10:00", DAY, False),
        ("09:59", DAY, False),
    ],
)
def test_a_period_begins_in_the_future_and_ends_later(
    end: str, now: datetime, *, fine: bool
) -> None:
    assert (hindrance(asked(end=end), place(), now) == "") is fine


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"min_booking_duration": 60, "max_booking_duration": 60}, ""),
        ({"min_booking_duration": 61}, "shorter than 61 minutes"),
        ({"max_booking_duration": 59}, "longer than 59 minutes"),
    ],
)
def test_a_period_is_as_long_as_the_terms_allow(limits: dict[str, float], reason: str) -> None:
    refused = hindrance(asked(), place(**limits), DAY)
    assert reason in refused
    assert bool(refused) is bool(reason)


@pytest.mark.parametrize(
    ("methods", "fine"), [([], True), (["OPEN"], True), (["OPEN", "CAMERA"], False)]
)
def test_every_access_method_must_be_supported(methods: list[str], *, fine: bool) -> None:
    request = asked(access_information=[AccessMethod(each) for each in methods])
    assert (hindrance(request, place(), DAY) == "") is fine


@pytest.mark.parametrize(
    ("start", "end", "slots", "fine"),
    [
        ("10:00", "11:00", [("10:00", "11:00")], True),
        ("10:00", "11:00", [("10:00", "10:59")], False),
        ("10:00", "11:00", [("10:01", "11:00")], False),
        ("10:00", "11:00", [("10:30", "11:00"), ("09:00", "10:30")], True),
        ("10:00", "11:00", [("09:00", "10:30"), ("10:31", "11:30")], False),
        ("10:00", "11:00", [("09:00", "10:00")], False),
        ("08:00", "18:00", [("08:00", "18:00")], True),
        ("07:59", "18:00", [("07:00", "19:00")], False),
        ("08:00", "18:01", [("07:00", "19:00")], False),
        ("10:00", "11:00", [], False),
    ],
)
def test_slots_without_a_gap_cover_the_period(
    start: str, end: str, slots: list[tuple[str, str]], *, fine: bool
) -> None:
    assert (hindrance(asked(start, end), place(calendar(*slots)), DAY) == "") is fine


def test_one_calendar_with_room_is_enough() -> None:
    full, free = calendar(), calendar(("10:00", "11:00"))
    assert hindrance(asked(), place(full, free), DAY) == ""
    assert hindrance(asked(), place(full, full), DAY) != ""


@pytest.mark.parametrize(
    ("start", "end", "fine"),
    [
        ("10:00", "11:00", True),
        ("10:15", "10:30", True),
        ("10:10", "10:25", False),
        ("10:00", "10:20", False),
        ("10:05", "10:20", False),
    ],
)
def test_a_period_keeps_to_whole_timeslots(start: str, end: str, *, fine: bool) -> None:
    free = calendar(("10:00", "12:00"), increment=15)
    assert (hindrance(asked(start, end), place(free), DAY) == "") is fine


def test_steps_count_from_the_slot_that_the_period_begins_in() -> None:
    free = calendar(("09:05", "10:00"), ("10:00", "11:00"), increment=15)
    assert hindrance(asked("10:00", "11:00"), place(free), DAY) == ""


@pytest.mark.parametrize(
    ("kilowatts", "fine"), [(None, True), ("11", True), ("11.001", False), ("0.5", True)]
)
def test_a_slot_has_the_power_that_is_required(kilowatts: str | None, *, fine: bool) -> None:
    free = calendar(("10:00", "11:00"), max_power=Decimal(11000))
    request = asked(power_required=Decimal(kilowatts) if kilowatts else None)
    assert (hindrance(request, place(free), DAY) == "") is fine


def test_changes_end_before_the_start_of_the_booking() -> None:
    last = NOON - timedelta(minutes=30)
    assert no_change(booking(), asked(), last) == ""
    assert no_change(booking(), asked(), last + SECOND) != ""
    never = booking(change_not_allowed=True)
    assert no_change(never, asked(), DAY) != ""


def test_a_booking_is_not_moved_to_another_location() -> None:
    other = msgspec.structs.replace(asked(), location_id="LOC2")
    assert no_change(booking(), other, DAY) != ""
    same = msgspec.structs.replace(asked(), location_id="loc1")
    assert no_change(booking(), same, DAY) == ""


def test_cancellations_end_before_the_start_of_the_booking() -> None:
    last = NOON - timedelta(minutes=15)
    assert no_cancellation(booking(), last) == ""
    assert no_cancellation(booking(), last + SECOND) != ""


@pytest.mark.parametrize(
    ("option", "uids"),
    [
        (None, ["E1", "E2"]),
        (Option(), ["E1", "E2"]),
        (Option(evse_uid="#NA"), ["E1", "E2"]),
        (Option(evse_uid="e2"), ["E2"]),
        (Option(evse_uid="E9"), []),
        (Option(connector_id="a"), ["E1"]),
        (Option(connector_id="A", connector_types=["CHADEMO"]), []),
        (Option(connector_types=["CHADEMO", "IEC_62196_T2"]), ["E1", "E2"]),
        (Option(connector_types=["CHADEMO"]), ["E2"]),
        (Option(power_types=["DC"]), ["E2"]),
        (Option(connector_format=["SOCKET"]), ["E1"]),
        (Option(evse_uid="E1", power_types=["DC"]), []),
    ],
)
def test_options_choose_evses(option: Option | None, uids: list[str]) -> None:
    dc = connector("B", standard="CHADEMO", format="CABLE", power_type="DC")
    ac = connector("C", standard="IEC_62196_T2", format="CABLE")
    evses = [
        evse("E1", connectors=[connector("A")]),
        evse("E2", connectors=[dc, ac]),
        *(evse(each, status=each) for each in ("REMOVED", "PLANNED", "INOPERATIVE", "OUTOFORDER")),
    ]
    stored = msgspec.json.encode(location(evses=evses))
    assert choices(stored, option) == uids
    assert choices(stored, Option(), option) == uids


def test_a_location_without_evses_has_no_choices() -> None:
    assert choices(b'{"id": "LOC1"}', None) == []

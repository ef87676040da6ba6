"""Which element of a tariff applies, and where a period is cut because another one does."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ocpi_pricing import Cost, PricingError, price
from tests.pricing.shapes import (
    MONDAY,
    Element,
    Tariff,
    amount,
    charging,
    element,
    excl,
    parking,
    part,
    period,
    reserving,
    run,
)

HOURLY = part("TIME", "1", step=0)
DEFAULT = element(part("TIME", "0", step=0))


def _euros(*elements: Element, at: datetime, minutes: int, zone: str = "UTC") -> Decimal:
    """Price time; with 1 an hour in the element that is looked at, it counts its hours."""
    return excl(run(Tariff([*elements]), at, charging(minutes), zone=zone))


@pytest.mark.parametrize(
    ("start", "end", "hour", "minutes", "expected"),
    [
        ("10:00", "12:00", 9, 240, "2"),
        ("10:00", "12:00", 10, 120, "2"),
        ("10:00", "12:00", 12, 120, "0"),
        ("22:00", "06:00", 20, 600, "8"),
        ("22:00", "06:00", 0, 420, "6"),
        ("22:00", "00:00", 20, 360, "2"),
        ("00:00", "00:00", 20, 360, "6"),
        ("08:00", "08:00", 6, 240, "4"),
        ("10:30", "10:45", 10, 60, "0.25"),
        (None, "10:00", 8, 240, "2"),
        ("10:00", None, 8, 240, "2"),
        ("22:00", None, 20, 360, "2"),
        (None, "02:00", 20, 480, "2"),
    ],
)
def test_time_of_day(
    start: str | None, end: str | None, hour: int, minutes: int, expected: str
) -> None:
    times = {"start_time": start, "end_time": end}
    at = MONDAY.replace(hour=hour)
    assert _euros(element(HOURLY, **times), at=at, minutes=minutes) == Decimal(expected)


def test_time_of_day_is_that_of_the_location() -> None:
    night = element(HOURLY, start_time="00:00", end_time="06:00")
    at = MONDAY.replace(hour=20)
    assert _euros(night, at=at, minutes=240, zone="Asia/Tokyo") == 1
    assert _euros(night, at=at, minutes=240, zone="America/New_York") == 0


def test_the_zone_of_the_timestamps_does_not_matter() -> None:
    east = timezone(timedelta(hours=9))
    cost = price(
        Tariff([element(HOURLY, start_time="10:00", end_time="11:00")]),
        [period(MONDAY.astimezone(east), TIME="4")],
        start=MONDAY.astimezone(timezone(timedelta(hours=-3))),
        end=MONDAY + timedelta(hours=4),
        time_zone=UTC,
    )
    assert cost.total_cost.excl_vat == 1


@pytest.mark.parametrize(
    ("start", "end", "at", "minutes", "expected"),
    [
        # In Amsterdam the clock goes from 02:00 to 03:00 on 31 March (01:00 UTC) ...
        ("02:00", "03:00", datetime(2024, 3, 31, 0, tzinfo=UTC), 180, "0"),
        ("02:30", "04:00", datetime(2024, 3, 31, 0, tzinfo=UTC), 180, "1"),
        ("01:00", "02:30", datetime(2024, 3, 31, 0, tzinfo=UTC), 180, "1"),
        ("01:00", "03:00", datetime(2024, 3, 31, 0, tzinfo=UTC), 180, "1"),
        # ... and from 03:00 back to 02:00 on 27 October (01:00 UTC).
        ("02:00", "03:00", datetime(2024, 10, 26, 23, tzinfo=UTC), 240, "2"),
        ("02:30", "03:30", datetime(2024, 10, 26, 23, tzinfo=UTC), 240, "1.5"),
        ("01:30", "02:15", datetime(2024, 10, 26, 23, tzinfo=UTC), 240, "1"),
    ],
)
def test_time_of_day_when_the_clock_is_changed(
    start: str, end: str, at: datetime, minutes: int, expected: str
) -> None:
    times = {"start_time": start, "end_time": end}
    euros = _euros(element(HOURLY, **times), at=at, minutes=minutes, zone="Europe/Amsterdam")
    assert euros == Decimal(expected)


def test_the_weekday_is_that_of_the_moment() -> None:
    monday = element(HOURLY, day_of_week=["MONDAY"])
    assert _euros(monday, DEFAULT, at=MONDAY.replace(hour=22), minutes=360) == 2
    assert _euros(monday, DEFAULT, at=MONDAY - timedelta(hours=10), minutes=360) == 4


def test_a_span_over_midnight_does_not_take_its_weekday_along() -> None:
    night = element(HOURLY, start_time="22:00", end_time="06:00", day_of_week=["MONDAY"])
    assert _euros(night, DEFAULT, at=MONDAY.replace(hour=20), minutes=720) == 2


def test_an_empty_list_of_weekdays_is_no_restriction() -> None:
    assert _euros(element(HOURLY, day_of_week=[]), at=MONDAY, minutes=60) == 1


def test_dates_include_the_first_and_exclude_the_last() -> None:
    days = element(HOURLY, start_date="2024-03-05", end_date="2024-03-06")
    assert _euros(days, at=MONDAY, minutes=3 * 24 * 60) == 24
    assert _euros(element(HOURLY, start_date="2024-03-05"), at=MONDAY, minutes=24 * 60) == 8
    assert _euros(element(HOURLY, end_date="2024-03-05"), at=MONDAY, minutes=24 * 60) == 16


def test_duration_counts_from_the_start_of_the_session() -> None:
    tiers = [element(HOURLY, max_duration=3600), element(part("TIME", "3"), min_duration=3600)]
    assert _euros(*tiers, at=MONDAY, minutes=60) == 1
    assert _euros(*tiers, at=MONDAY, minutes=120) == 4


def test_duration_does_not_count_a_reservation() -> None:
    tiers = [element(HOURLY, max_duration=3600), element(part("TIME", "3"))]
    cost = run(Tariff(tiers), MONDAY, reserving(45), charging(90))
    assert cost.total_time_cost == amount("2.5")


def test_duration_of_a_reservation_counts_from_its_start() -> None:
    free = element(part("TIME", "0"), max_duration=900, reservation="RESERVATION")
    cost = run(
        Tariff([free, element(HOURLY, reservation="RESERVATION")]),
        MONDAY,
        reserving(45),
        charging(90),
    )
    assert cost.total_reservation_cost == amount("0.5")


def test_energy_is_spread_evenly_over_a_period_that_crosses_a_limit() -> None:
    tiers = [element(part("ENERGY", "1"), max_kwh="5"), element(part("ENERGY", "2"), min_kwh="5")]
    cost = run(Tariff(tiers), MONDAY, charging(60, "3"), charging(60, "10"))
    assert cost.total_cost == amount("21")
    items = [(item.period, item.quantity) for item in cost.items]
    assert items == [(0, Decimal(3)), (1, Decimal(2)), (1, Decimal(8))]
    assert cost.items[2].start == MONDAY + timedelta(minutes=72)


def test_an_energy_limit_cuts_time_as_well() -> None:
    tiers = [element(HOURLY, max_kwh="5"), element(part("TIME", "3"))]
    assert run(Tariff(tiers), MONDAY, charging(60, "10")).total_cost == amount("2")


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"MIN_CURRENT": "10", "MAX_CURRENT": "16"}, "1"),
        ({"MIN_CURRENT": "20", "MAX_CURRENT": "31"}, "2"),
        ({"MIN_CURRENT": "32", "MAX_CURRENT": "40"}, "3"),
        ({"MIN_CURRENT": "10", "MAX_CURRENT": "31"}, "4"),
        ({"CURRENT": "20"}, "2"),
        ({"MAX_CURRENT": "16"}, "1"),
        ({"MIN_CURRENT": "43"}, "3"),
        ({}, "4"),
    ],
)
def test_current_has_to_hold_for_the_whole_period(measured: dict[str, str], expected: str) -> None:
    tariff = Tariff(
        [
            element(part("TIME", "1"), max_current="20"),
            element(part("TIME", "2"), min_current="20", max_current="32"),
            element(part("TIME", "3"), min_current="32"),
            element(part("TIME", "4")),
        ]
    )
    assert run(tariff, MONDAY, charging(60, "10", **measured)).total_cost == amount(expected)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [({}, "1"), ({"POWER": "22"}, "2"), ({"MIN_POWER": "22"}, "2"), ({"MAX_POWER": "9"}, "1")],
)
def test_power_follows_from_energy_and_time_if_it_is_not_given(
    measured: dict[str, str], expected: str
) -> None:
    tariff = Tariff([element(part("TIME", "1"), max_power="11"), element(part("TIME", "2"))])
    assert run(tariff, MONDAY, charging(60, "10", **measured)).total_cost == amount(expected)


def test_nothing_flows_while_the_vehicle_only_parks() -> None:
    idle = element(part("PARKING_TIME", "1"), max_power="1", max_current="1")
    assert run(Tariff([idle]), MONDAY, parking(60)).total_cost == amount("1")


def test_unknown_power_matches_no_limit() -> None:
    tariff = Tariff([element(HOURLY, min_power="0"), element(HOURLY, max_power="999")])
    assert run(tariff, MONDAY, (60, {"TIME": "all"})).total_cost == amount("0", "0")


def test_all_restrictions_have_to_hold() -> None:
    both = element(HOURLY, start_time="09:00", min_duration=7200)
    assert _euros(both, at=MONDAY, minutes=240) == 2


def test_each_dimension_looks_for_its_own_element() -> None:
    cost = run(
        Tariff(
            [
                element(part("ENERGY", "1"), max_duration=1800),
                element(part("ENERGY", "2"), part("TIME", "3")),
            ]
        ),
        MONDAY,
        charging(60, "10"),
    )
    assert cost.total_energy_cost == amount("15")
    assert cost.total_time_cost == amount("3")


def test_no_element_no_cost() -> None:
    assert _euros(element(HOURLY, min_duration=86400), at=MONDAY, minutes=60) == 0


def test_flat_once_by_the_first_element_that_becomes_active() -> None:
    late, early = element(part("FLAT", "5"), start_time="09:00"), element(part("FLAT", "1"))
    both = run(Tariff([late, early]), MONDAY, charging(120), charging(120))
    assert both.total_fixed_cost == amount("1")
    alone = run(Tariff([late]), MONDAY, charging(120), charging(120))
    assert alone.total_fixed_cost == amount("5")
    assert [(item.start, item.end) for item in alone.items] == [
        (MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=1))
    ]


def test_elements_of_reservations_and_sessions_do_not_mix() -> None:
    tariff = Tariff([element(HOURLY, reservation="RESERVATION"), element(part("TIME", "7"))])
    cost = run(tariff, MONDAY, reserving(60), charging(60))
    assert cost.total_reservation_cost == amount("1")
    assert cost.total_time_cost == amount("7")


def _reserved(*, expired: bool | None, minutes: int = 60) -> Cost:
    kinds = ("RESERVATION", "RESERVATION_EXPIRES")
    elements = [element(part("TIME", str(n + 1)), reservation=kind) for n, kind in enumerate(kinds)]
    return price(
        Tariff(elements),
        [period(MONDAY, RESERVATION_TIME=Decimal(minutes) / 60)],
        start=MONDAY,
        end=MONDAY + timedelta(minutes=minutes),
        time_zone="UTC",
        reservation_expired=expired,
    )


def test_expiry_goes_first_wherever_it_is() -> None:
    assert _reserved(expired=None).total_reservation_cost == amount("2")


def test_a_cancelled_reservation_did_not_expire() -> None:
    assert _reserved(expired=False).total_reservation_cost == amount("1")


def test_a_reservation_and_a_session_in_one_period() -> None:
    elements = [element(HOURLY, reservation="RESERVATION"), element(part("ENERGY", "2"))]
    both = {"RESERVATION_TIME": "0.25", "ENERGY": "10", "TIME": "0.75"}
    cost = run(Tariff(elements), MONDAY, (60, both))
    assert cost.total_cost == amount("20.25")


@pytest.mark.parametrize(
    "broken",
    [
        {"start_time": "25:00"},
        {"end_time": "noon"},
        {"end_time": "08:60"},
        {"start_date": "2024-02-30"},
    ],
)
def test_times_and_dates_that_are_none(broken: dict[str, str]) -> None:
    with pytest.raises(PricingError, match="is no"):
        _euros(element(HOURLY, **broken), at=MONDAY, minutes=60)


def test_elements_about_bookings_price_no_session() -> None:
    booked = element(part("TIME", "9"), part("FLAT", "5"), booking="BOOKING")
    cost = run(Tariff([booked, element(part("TIME", "1"))]), MONDAY, charging(60))
    assert cost.total_cost == amount("1")


def test_a_long_session_is_cut_at_every_limit() -> None:
    office = element(HOURLY, start_time="09:00", end_time="17:00", day_of_week=["SUNDAY"])
    year = datetime(2024, 1, 1, tzinfo=UTC)
    assert _euros(office, at=year, minutes=366 * 24 * 60, zone="Europe/Amsterdam") == 52 * 8

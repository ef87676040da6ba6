"""Sessions and tariffs as partners send them: priced with a warning, or refused with the reason."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ocpi_pricing import Cost, PricingError, price
from tests.pricing.shapes import (
    MONDAY,
    Element,
    Period,
    Tariff,
    amount,
    charging,
    element,
    part,
    period,
    run,
)

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BY_CLOCK = [element(part("TIME", "1"), end_time="09:00"), element(part("TIME", "5"))]


def _priced(
    periods: list[Period],
    *elements: Element,
    start: datetime = MONDAY,
    end: datetime = MONDAY + 2 * HOUR,
) -> Cost:
    used = list(elements) or [element(part("ENERGY", "1"), part("TIME", "1"))]
    return price(Tariff(used), periods, start=start, end=end, time_zone="UTC")


def _rules(cost: Cost) -> list[tuple[str, str]]:
    return [(one.rule, one.pointer) for one in cost.warnings]


@pytest.mark.parametrize("volumes", [("0.30000000000000004",), ("0.1", "0.20000000000000001")])
def test_noise_of_floats_is_no_further_step(volumes: tuple[str, ...]) -> None:
    steps = element(part("ENERGY", "1", step=100), part("TIME", "1", step=60))
    hours = [(18, {"ENERGY": volume, "TIME": volume}) for volume in volumes]
    cost = run(Tariff([steps]), MONDAY, *hours)
    assert (cost.total_energy_cost, cost.total_time_cost) == (amount("0.3"), amount("0.3"))


def test_noise_of_floats_is_no_further_element() -> None:
    tiers = [element(part("ENERGY", "1"), max_kwh="0.3"), element(part("ENERGY", "9"))]
    cost = run(Tariff(tiers), MONDAY, charging(9, "0.1"), charging(9, "0.20000000000000004"))
    assert [item.element for item in cost.items] == [0, 0]


def test_many_small_volumes_are_not_rounded_one_by_one() -> None:
    parts = [charging(1, "0.00004")] * 100
    cost = run(Tariff([element(part("ENERGY", "1", step=0))]), MONDAY, *parts)
    assert (cost.total_energy, cost.total_cost) == (Decimal("0.004"), amount("0.004"))


@pytest.mark.parametrize("absent", ["", " ", "#NA", None])
def test_a_tariff_without_a_name_is_absent(absent: str | None) -> None:
    assert _priced([period(MONDAY, absent, ENERGY="2")]).total_cost == amount("2")


def test_periods_of_other_tariffs_are_reported() -> None:
    periods = [period(MONDAY, "OTHER", ENERGY="2"), period(MONDAY + HOUR, "", ENERGY="2")]
    cost = _priced(periods, element(part("ENERGY", "1")))
    assert cost.total_cost == amount("0")
    assert _rules(cost) == [
        ("period-without-tariff", "/charging_periods/1"),
        ("tariff-not-named", "/charging_periods"),
    ]


def test_a_first_period_before_the_start_begins_with_the_session() -> None:
    early = period(MONDAY - timedelta(minutes=20), TIME="1")
    cost = _priced([early, period(MONDAY + HOUR, TIME="1")], *BY_CLOCK)
    assert cost.total_cost == amount("6")
    assert _rules(cost) == [("period-before-start", "/charging_periods/0/start_date_time")]
    assert "2024-03-04 07:40:00+00:00 is before" in cost.warnings[0].message


@pytest.mark.parametrize(
    ("minutes", "pointer"),
    [((-20, -10), "/charging_periods/0"), ((0, 121), "/charging_periods/1")],
)
def test_periods_outside_of_the_session_are_refused(minutes: Any, pointer: str) -> None:
    periods = [period(MONDAY + timedelta(minutes=each), TIME="1") for each in minutes]
    with pytest.raises(PricingError, match="outside of the session") as refused:
        _priced(periods)
    assert refused.value.pointer == f"{pointer}/start_date_time"


@pytest.mark.parametrize(("kwh", "rules"), [("1", ["period-at-end"]), ("0", [])])
def test_a_period_at_the_end(kwh: str, rules: list[str]) -> None:
    periods = [period(MONDAY, ENERGY="2"), period(MONDAY + 2 * HOUR, ENERGY=kwh)]
    cost = _priced(periods, element(part("ENERGY", "1")))
    assert cost.total_energy == 2 + Decimal(kwh)
    assert [rule for rule, _ in _rules(cost)] == rules


def test_periods_that_begin_together_are_one() -> None:
    apart = [
        period(MONDAY, TIME="2", MIN_POWER="3", MAX_POWER="4"),
        period(MONDAY, ENERGY="10", TIME="0", MIN_POWER="2", MAX_POWER="9"),
    ]
    slow = element(part("ENERGY", "9"), min_power="3")
    cost = _priced(apart, *BY_CLOCK, slow, element(part("ENERGY", "1"), max_power="9"), slow)
    assert cost.total_cost == amount("6")
    assert _rules(cost) == [("periods-same-start", "/charging_periods/1/start_date_time")]


def test_periods_of_two_tariffs_cannot_begin_together() -> None:
    with pytest.raises(PricingError, match="with another tariff"):
        _priced([period(MONDAY, "T1", ENERGY="1"), period(MONDAY, "T2", TIME="1")])
    empty = period(MONDAY, "T2", TIME="0")
    assert _priced([empty, period(MONDAY, "T1", ENERGY="1")]).total_cost == amount("1")


def test_time_that_no_period_lists_is_reported() -> None:
    cost = _priced([period(MONDAY, ENERGY="2")])
    assert (cost.total_cost, _rules(cost)) == (
        amount("2"),
        [("hours-not-listed", "/charging_periods")],
    )
    assert _priced([]).warnings == ()


def test_more_hours_than_a_period_has() -> None:
    cost = _priced([period(MONDAY, TIME="3")])
    assert _rules(cost) == [("period-too-short", "/charging_periods/0/dimensions")]
    assert cost.total_cost == amount("3")


def test_an_unknown_end_follows_from_the_last_period() -> None:
    periods = [period(MONDAY, TIME="1"), period(MONDAY + HOUR, TIME="0.5", PARKING_TIME="0.5")]
    cost = _priced(periods, *BY_CLOCK, end=EPOCH)
    assert (cost.total_cost, cost.total_time) == (amount("3.5"), Decimal(2))
    assert _rules(cost) == [("unknown-end", "/end_date_time")]


@pytest.mark.parametrize("first", [MONDAY, EPOCH])
def test_an_unknown_start_follows_from_the_first_period(first: datetime) -> None:
    periods = [period(first, TIME="1"), period(MONDAY + HOUR, TIME="1")]
    cost = _priced(periods, *BY_CLOCK, start=EPOCH)
    assert (cost.total_cost, cost.total_time) == (amount("6"), Decimal(2))
    assert cost.warnings[0].rule == "unknown-start"


def test_an_unknown_start_of_a_single_period_follows_from_the_end() -> None:
    cost = _priced([period(EPOCH, TIME="2")], *BY_CLOCK, start=EPOCH)
    assert cost.total_cost == amount("6")


def test_a_session_at_no_known_time() -> None:
    nowhere: Any = {"start": EPOCH, "end": EPOCH}
    assert _priced([period(EPOCH, TIME="2", ENERGY="1")], **nowhere).total_cost == amount("3")
    with pytest.raises(PricingError, match="neither start nor end"):
        _priced([period(EPOCH, TIME="2")], *BY_CLOCK, **nowhere)
    assert _priced([], **nowhere).total_cost == amount("0")


def test_two_prices_for_one_dimension_are_refused_where_they_are_needed() -> None:
    twice = element(part("ENERGY", "1"), part("ENERGY", "2"))
    with pytest.raises(PricingError, match="two prices for ENERGY") as refused:
        _priced([period(MONDAY, ENERGY="1")], twice)
    assert refused.value.pointer == "/elements/0/price_components/0"
    cost = _priced([period(MONDAY, TIME="1")], twice, element(part("TIME", "1")))
    assert cost.total_cost == amount("1")
    assert _rules(cost) == [("duplicate-dimension", "/elements/0/price_components/1")]


def test_the_same_price_twice_is_a_warning() -> None:
    cost = _priced([period(MONDAY, ENERGY="1")], element(part("ENERGY", "1"), part("ENERGY", "1")))
    assert cost.total_cost == amount("1")
    assert _rules(cost) == [("duplicate-dimension", "/elements/0/price_components/1")]


@pytest.mark.parametrize(
    ("elements", "pointer"),
    [
        ([element(part("ENERGY", "NaN"))], "/elements/0/price_components/0/price"),
        ([element(part("ENERGY", "1", "-5"))], "/elements/0/price_components/0/vat"),
        ([element(part("TIME", "1"), start_time="25:00")], "/elements/0/restrictions/start_time"),
        ([element(part("TIME", "1"), end_date="24-12")], "/elements/0/restrictions/end_date"),
        ([element(part("TIME", "1"), max_kwh="NaN")], "/elements/0/restrictions/max_kwh"),
    ],
)
def test_what_is_wrong_in_a_tariff_has_its_pointer(elements: Any, pointer: str) -> None:
    with pytest.raises(PricingError, match=f"^{pointer}: .*[;a-z]") as refused:
        _priced([period(MONDAY, ENERGY="1")], *elements)
    assert refused.value.pointer == pointer


def test_what_is_wrong_in_a_period_has_its_pointer() -> None:
    with pytest.raises(PricingError, match="less than none") as refused:
        _priced([period(MONDAY, ENERGY="1", TIME="-1")])
    assert refused.value.pointer == "/charging_periods/0/dimensions/1/volume"


def test_empty_times_of_day_are_absent() -> None:
    always = element(part("TIME", "1"), start_time="", end_time=" ", start_date="")
    assert _priced([period(MONDAY, TIME="2")], always).total_cost == amount("2")

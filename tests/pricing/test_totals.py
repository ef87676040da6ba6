"""Steps, VAT, limits, totals, lines of the bill, tariffs of other versions, and refusals."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

import pytest

from ocpi_pricing import price
from tests.pricing.shapes import (
    MONDAY,
    Dimension,
    Period,
    Tariff,
    amount,
    charging,
    element,
    excl,
    limit,
    parking,
    part,
    period,
    reserving,
    run,
)


def test_steps_are_those_of_the_price_that_was_used_last() -> None:
    early, late = part("ENERGY", "1", step=10000), part("ENERGY", "2", step=1000)
    tariff = Tariff([element(early, max_duration=3600), element(late)])
    cost = run(tariff, MONDAY, charging(60, "3.3"), charging(60, "3.3"))
    assert cost.total_cost == amount("10.7")


def test_stretches_without_a_price_are_not_rounded() -> None:
    cost = run(
        Tariff([element(part("ENERGY", "1", step=1000), max_duration=3600)]),
        MONDAY,
        charging(60, "3.3"),
        charging(60, "3.3"),
    )
    assert cost.total_cost == amount("4")
    assert cost.total_energy == Decimal("6.6")


def test_time_after_parking_is_rounded_and_the_parking_is_not() -> None:
    tariff = Tariff([element(part("TIME", "6", step=600), part("PARKING_TIME", "6", step=600))])
    cost = run(tariff, MONDAY, charging(7), parking(7), charging(7))
    assert cost.total_time_cost == amount("2")
    assert cost.total_parking_cost == amount("0.7")


def test_a_reservation_is_rounded_by_itself() -> None:
    reserved = element(part("TIME", "6", step=600), reservation="RESERVATION")
    cost = run(
        Tariff([reserved, element(part("TIME", "6", step=600))]),
        MONDAY,
        reserving(7),
        charging(7),
    )
    assert cost.total_reservation_cost == cost.total_time_cost == amount("1")


def test_a_whole_number_of_steps_stays() -> None:
    tariff = Tariff([element(part("ENERGY", "1", step=500), part("TIME", "6", step=600))])
    assert run(tariff, MONDAY, charging(60, "1.5")).total_cost == amount("7.5")


def test_nothing_used_is_nothing_billed() -> None:
    tariff = Tariff([element(part("ENERGY", "1", step=500), part("PARKING_TIME", "6", step=600))])
    cost = run(tariff, MONDAY, (60, {"ENERGY": "0", "PARKING_TIME": "0"}))
    assert cost.total_cost == amount("0", "0")
    assert cost.items == ()


@pytest.mark.parametrize("step", [0, -1])
def test_no_step(step: int) -> None:
    tariff = Tariff([element(part("ENERGY", "1", step=step))])
    assert run(tariff, MONDAY, charging(60, "1.2345")).total_cost == amount("1.2345")


@pytest.mark.parametrize("minutes", [20, 40, 100, 7])
def test_four_decimals_of_an_hour_mean_whole_seconds(minutes: int) -> None:
    tariff = Tariff([element(part("TIME", "60", step=60))])
    cost = run(tariff, MONDAY, charging(minutes))
    assert cost.total_cost == amount(str(minutes))


@pytest.mark.parametrize(
    ("volume", "expected"),
    [("0.6666666667", "40"), ("0.6667", "40"), ("0.66671", "40"), ("0.6672", "41")],
)
def test_hours_are_taken_at_four_decimals(volume: str, expected: str) -> None:
    tariff = Tariff([element(part("TIME", "60", step=60))])
    cost = run(tariff, MONDAY, (60, {"TIME": volume}))
    assert cost.total_cost == amount(expected)


def test_vat_of_each_price() -> None:
    parts = part("FLAT", "1", "0"), part("ENERGY", "2", "10"), part("TIME", "3", "20")
    cost = run(Tariff([element(*parts)]), MONDAY, charging(60, "1"))
    assert cost.total_cost == amount("6", "6.8")
    assert cost.total_fixed_cost == amount("1", "1")


def test_a_price_without_a_rate_has_no_vat() -> None:
    parts = part("ENERGY", "2", "10"), part("TIME", "3")
    cost = run(Tariff([element(*parts)]), MONDAY, charging(60, "1"))
    assert cost.total_cost == amount("5", "5.2")
    assert cost.total_energy_cost == amount("2", "2.2")
    assert cost.total_time_cost == amount("3", "3")


def test_a_price_that_costs_nothing_needs_no_vat() -> None:
    parts = part("ENERGY", "2", "10"), part("TIME", "0")
    cost = run(Tariff([element(*parts)]), MONDAY, charging(60, "1"))
    assert cost.total_cost == amount("2", "2.2")


@pytest.mark.parametrize(
    ("lowest", "kwh", "expected", "reached"),
    [
        (limit("5", "6"), "1", amount("5", "6"), "min_price"),
        (limit("5", "6"), "5.2", amount("5.2", "6"), "min_price"),
        (limit("5", "6"), "9", amount("9", "9.9"), None),
        (limit("5"), "1", amount("5", "5.5"), "min_price"),
        (limit("5"), "0", amount("5", "5.5"), "min_price"),
        (None, "1", amount("1", "1.1"), None),
    ],
)
def test_min_price(lowest: Any, kwh: str, expected: Any, reached: str | None) -> None:
    tariff = Tariff([element(part("ENERGY", "1", "10"))], min_price=lowest)
    cost = run(tariff, MONDAY, charging(60, kwh))
    assert (cost.total_cost, cost.limit) == (expected, reached)
    assert cost.total_energy_cost.excl_vat == Decimal(kwh)


@pytest.mark.parametrize(
    ("highest", "kwh", "expected", "reached"),
    [
        (limit("5", "6"), "9", amount("5", "6"), "max_price"),
        (limit("5", "6"), "5.2", amount("5", "5.72"), "max_price"),
        (limit("5", "5"), "4.8", amount("4.8", "5"), "max_price"),
        (limit("5"), "9", amount("5", "5.5"), "max_price"),
        (limit("0", "0"), "9", amount("0", "0"), "max_price"),
        (limit("5", "6"), "1", amount("1", "1.1"), None),
    ],
)
def test_max_price(highest: Any, kwh: str, expected: Any, reached: str | None) -> None:
    tariff = Tariff([element(part("ENERGY", "1", "10"))], max_price=highest)
    cost = run(tariff, MONDAY, charging(60, kwh))
    assert (cost.total_cost, cost.limit) == (expected, reached)


def test_limits_concern_sessions_only() -> None:
    reserved = element(part("TIME", "2"), reservation="RESERVATION")
    tariff = Tariff([reserved], min_price=limit("5"), max_price=limit("1"))
    assert run(tariff, MONDAY, reserving(60)).total_cost == amount("2")
    assert run(tariff, MONDAY, reserving(60), charging(1)).total_cost == amount("1")


def test_totals_are_as_measured() -> None:
    tariff = Tariff([element(part("ENERGY", "1", step=1000), part("PARKING_TIME", "1", step=3600))])
    cost = run(tariff, MONDAY, reserving(10), charging(50, "3.3"), parking(20))
    assert cost.total_energy == Decimal("3.3")
    assert cost.total_time == Decimal("1.1667")
    assert cost.total_parking_time == Decimal("0.3333")


def test_rounding_takes_halves_away_from_zero() -> None:
    tariff = Tariff([element(part("ENERGY", "0.00005", "100"))])
    assert run(tariff, MONDAY, charging(60, "1")).total_cost == amount("0.0001", "0.0001")
    assert run(tariff, MONDAY, charging(60, "-1")).total_cost == amount("-0.0001", "-0.0001")


def test_rounding_is_done_once() -> None:
    tariff = Tariff([element(part("ENERGY", "0.00004", step=0))])
    parts = [charging(1, "1")] * 10
    assert run(tariff, MONDAY, *parts).total_cost == amount("0.0004")


def test_a_session_without_periods_owes_the_start_fee() -> None:
    tariff = Tariff([element(part("FLAT", "2.50"), part("ENERGY", "1"))])
    cost = price(tariff, [], start=MONDAY, end=MONDAY, time_zone="UTC")
    assert cost.total_cost == amount("2.50")
    assert cost.items[0].period is None


def test_lines_of_the_bill() -> None:
    early, late = part("ENERGY", "0.3", "10", 100), part("ENERGY", "0.5", "10", 100)
    tariff = Tariff([element(early, part("TIME", "6"), max_duration=1800), element(late)])
    cost = run(tariff, MONDAY, charging(60, "1.02"))
    energy, time, rest = cost.items
    assert (energy.period, energy.element, energy.dimension) == (0, 0, "ENERGY")
    assert (energy.start, energy.end) == (MONDAY, MONDAY + timedelta(minutes=30))
    assert (energy.quantity, energy.billed) == (Decimal("0.51"), Decimal("0.51"))
    assert (energy.price, energy.vat, energy.step_size) == (Decimal("0.3"), Decimal(10), 100)
    assert energy.cost == amount("0.153", "0.1683")
    assert (time.dimension, time.quantity, time.vat) == ("TIME", Decimal("0.5"), None)
    assert (rest.element, rest.billed) == (1, Decimal("0.59"))
    assert rest.end == MONDAY + timedelta(minutes=60)
    assert not rest.reservation


def test_lines_are_not_cut_by_the_limits_of_other_prices() -> None:
    times = [element(part("TIME", str(n)), max_duration=n * 600) for n in (1, 2, 3)]
    tariff = Tariff([element(part("ENERGY", "1")), *times])
    lines = [item.dimension for item in run(tariff, MONDAY, charging(30, "9")).items]
    assert sorted(lines) == ["ENERGY", "TIME", "TIME", "TIME"]


def test_periods_may_come_in_any_order() -> None:
    tariff = Tariff([element(part("ENERGY", "1"), max_kwh="2"), element(part("ENERGY", "5"))])
    second = period(MONDAY + timedelta(hours=1), ENERGY="2")
    cost = price(
        tariff,
        [second, period(MONDAY, ENERGY="2")],
        start=MONDAY,
        end=MONDAY + timedelta(hours=2),
        time_zone="UTC",
    )
    assert [(item.period, item.cost.excl_vat) for item in cost.items] == [
        (1, Decimal(2)),
        (0, Decimal(10)),
    ]


def _switching(*tariff_ids: str | None) -> Decimal:
    periods = [
        period(MONDAY + timedelta(hours=hour), tariff_id, ENERGY="1.5")
        for hour, tariff_id in enumerate(tariff_ids)
    ]
    tariff = Tariff([element(part("ENERGY", "1", step=1000), max_kwh="4"), element()])
    end = MONDAY + timedelta(hours=len(periods))
    return excl(price(tariff, periods, start=MONDAY, end=end, time_zone="UTC"))


def test_periods_of_another_tariff() -> None:
    assert _switching("t1", "T1") == 3
    assert _switching("OTHER", "T1") == 2, "its energy counts for limits, not for steps"
    assert _switching("T1", "OTHER") == Decimal("1.5"), "not rounded: another tariff took over"
    assert _switching("T1", None) == 2, "free where no tariff is named"
    assert _switching(None, None) == 3, "unless nobody names one"
    assert _switching("OTHER", "OTHER", "T1") == 1


class _Kind(StrEnum):
    ENERGY = "ENERGY"


class _OldKind(str, Enum):  # noqa: UP042 # the kind that other generators write
    ANY = "ENERGY"


@pytest.mark.parametrize("kind", [_Kind.ENERGY, _OldKind.ANY])
def test_enums_of_any_kind(kind: str) -> None:
    tariff = Tariff([element(part(kind, "2"))])
    periods = [Period(MONDAY, [Dimension(kind, Decimal(3))])]
    cost = price(tariff, periods, start=MONDAY, end=MONDAY, time_zone="UTC")
    assert cost.total_energy_cost == amount("6")

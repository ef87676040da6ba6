"""What holds for every tariff and session, beside test_properties: taxes, limits, a simulation."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from ocpi_pricing import Cost, price
from tests.pricing.shapes import MONDAY, Element, Part, Tariff, element, period
from tests.pricing.simulation import TICK, ZONE, simulate

_KINDS = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")
_STARTS = (
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 21, tzinfo=UTC),
    datetime(2026, 3, 2, 5, tzinfo=UTC),
)
"""Before the clock is put forward, before it is put back, and an ordinary Monday."""
_CHANCES: dict[str, Any] = {
    "start_time": ("00:00", "02:00", "02:30", "07:00"),
    "end_time": ("00:00", "03:00", "07:15", "22:15"),
    "day_of_week": (["SUNDAY"], ["MONDAY", "SATURDAY"]),
    "start_date": ("2026-03-29", "2026-10-25"),
    "end_date": ("2026-03-29", "2026-10-26"),
    "min_kwh": (0, 3, 20),
    "max_kwh": (2, 11, 40),
    "min_duration": (36, 4000, 9007),
    "max_duration": (1800, 7205),
    "min_power": (4, 12),
    "max_power": (3, 11, 25),
}


def _element(choose: random.Random) -> Element:
    parts = [
        Part(kind, Decimal(choose.randint(0, 500)) / 100, choose.choice((0, 1, 60, 900, 1000)))
        for kind in choose.sample(_KINDS, choose.randint(1, 3))
    ]
    drawn = {name: choose.choice(few) for name, few in _CHANCES.items() if choose.random() < 1 / 5}
    return element(*parts, **drawn)


def _parts(choose: random.Random) -> list[tuple[int, int, bool]]:
    return [
        (choose.randint(1, 150), choose.randint(0, 300), choose.random() < 1 / 3)
        for _ in range(choose.randint(1, 4))
    ]


def _priced(tariff: Any, start: datetime, parts: list[tuple[int, int, bool]]) -> Cost:
    periods, at = [], start
    for ticks, watt_hours, parks in parts:
        volumes: dict[str, Any] = {"PARKING_TIME" if parks else "TIME": Decimal(ticks) / 100}
        if not parks:
            volumes["ENERGY"] = Decimal(watt_hours * ticks) / 1000
        periods.append(period(at, **volumes))
        at += ticks * TICK
    return price(tariff, periods, start=start, end=at, time_zone=ZONE)


@pytest.mark.parametrize("seed", range(30))
def test_a_simulation_of_the_meter_comes_to_the_same(seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - no secret
    tariff = Tariff([_element(choose) for _ in range(choose.randint(1, 5))])
    start = choose.choice(_STARTS) + timedelta(minutes=3 * choose.randint(0, 166))
    parts = _parts(choose)
    excl = _priced(tariff, start, parts).total_cost.excl_vat
    assert excl is not None
    assert abs(Fraction(excl) - simulate(tariff, start, parts)) <= Fraction(1, 20000)


@pytest.mark.parametrize("taxes", ["YES", "NO", "N/A"])
@pytest.mark.parametrize("seed", range(10))
def test_parts_add_up_to_the_total_whatever_taxes_are(taxes: str, seed: int) -> None:
    """A side of the total is known if and only if that side of all lines is."""
    choose = random.Random(seed)  # noqa: S311 - no secret
    rates = [None, Decimal(0), Decimal(21)]
    parts = [Part(kind, Decimal(choose.randint(1, 500)) / 100, 60, choose.choice(rates))
             for kind in _KINDS]  # fmt: skip
    tariff = SimpleNamespace(id="T1", elements=[element(*parts)], tax_included=taxes)
    cost = _priced(tariff, MONDAY, _parts(choose))
    for side in ("excl_vat", "incl_vat"):
        lines = [getattr(item.cost, side) for item in cost.items]
        total = getattr(cost.total_cost, side)
        if total is None:
            assert None in lines
        else:
            assert abs(sum(lines) - total) <= (len(lines) + 1) * Decimal("0.00005")
    known = {"YES": cost.total_cost.incl_vat, "NO": cost.total_cost.excl_vat}
    assert known.get(taxes, cost.total_cost.excl_vat) is not None
    if taxes == "N/A":
        assert cost.total_cost.excl_vat == cost.total_cost.incl_vat


@pytest.mark.parametrize("seed", range(15))
def test_longer_sessions_cost_no_less_where_no_price_ends(seed: int) -> None:
    """The tariff is monotone: what begins to apply goes on, and steps are small."""
    choose = random.Random(seed)  # noqa: S311 - no secret
    tiers = sorted(Decimal(choose.randint(1, 90)) / 100 for _ in range(3))
    tariff = Tariff([
        element(Part("ENERGY", tiers[0]), Part("TIME", tiers[0]), max_kwh=5),
        element(Part("ENERGY", tiers[1]), Part("TIME", tiers[1]), max_kwh=15),
        element(Part("ENERGY", tiers[2]), Part("TIME", tiers[2]), Part("FLAT", tiers[0])),
    ])  # fmt: skip
    costs = [
        _priced(tariff, MONDAY, [(ticks, 100, False)]).total_cost.excl_vat or Decimal(0)
        for ticks in range(10, 300, 29)
    ]
    assert costs == sorted(costs)
    powers = [
        _priced(tariff, MONDAY, [(100, watt_hours, False)]).total_cost.excl_vat or Decimal(0)
        for watt_hours in range(0, 400, 37)
    ]
    assert powers == sorted(powers)

"""What holds for every tariff and every session."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpi_pricing import Cost, price
from tests.pricing.shapes import (
    MONDAY,
    Element,
    Limit,
    Part,
    Period,
    Tariff,
    element,
    period,
)

UNIT = timedelta(seconds=36)
"""A hundredth of an hour: volumes and times of these tests are whole numbers of it."""

_KINDS = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")
_TIMES = ("00:00", "07:30", "09:00", "17:15", "23:59")
_DAYS = ("MONDAY", "TUESDAY", "SUNDAY")

_cents = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)
_vats = st.none() | st.integers(0, 25).map(Decimal)
_restrictions = st.fixed_dictionaries(
    {},
    optional={
        "start_time": st.sampled_from(_TIMES),
        "end_time": st.sampled_from(_TIMES),
        "day_of_week": st.lists(st.sampled_from(_DAYS), unique=True),
        "min_kwh": st.integers(0, 20),
        "max_kwh": st.integers(1, 40),
        "min_duration": st.integers(0, 40000),
        "max_duration": st.integers(1, 40000),
        "max_power": st.integers(1, 30),
    },
)


def _elements(steps: st.SearchStrategy[int]) -> st.SearchStrategy[list[Element]]:
    parts = st.lists(st.builds(Part, st.sampled_from(_KINDS), _cents, steps, _vats), min_size=1)
    one = st.builds(lambda parts, limits: element(*parts, **limits), parts, _restrictions)
    return st.lists(one, min_size=1, max_size=5)


_stepless = st.builds(Tariff, _elements(st.just(0)))
_stepped = st.builds(Tariff, _elements(st.integers(0, 3600)))

_part = st.tuples(st.integers(2, 600), st.integers(0, 3000), st.booleans())
"""Length in units, energy in Wh per unit, whether the vehicle parks."""

_session = st.tuples(st.integers(0, 9600), st.lists(_part, min_size=1, max_size=5))
"""Begin in units after midnight of a Monday, and its periods."""


def _periods(begin: int, parts: list[tuple[int, int, bool]]) -> tuple[list[Period], int]:
    periods = []
    for length, watt_hours, parks in parts:
        volumes: dict[str, Any] = {"PARKING_TIME" if parks else "TIME": Decimal(length) / 100}
        if not parks:
            volumes["ENERGY"] = Decimal(watt_hours * length) / 1000
        periods.append(period(MONDAY + begin * UNIT, **volumes))
        begin += length
    return periods, begin


def _price(tariff: Tariff, begin: int, parts: list[tuple[int, int, bool]]) -> Cost:
    periods, end = _periods(begin, parts)
    first = MONDAY + begin * UNIT
    return price(
        tariff, periods, start=first, end=MONDAY + end * UNIT, time_zone="Europe/Amsterdam"
    )


def _totals(cost: Cost) -> list[Any]:
    return [
        cost.total_cost,
        cost.total_fixed_cost,
        cost.total_energy_cost,
        cost.total_time_cost,
        cost.total_parking_cost,
        cost.total_energy,
        cost.total_time,
        cost.total_parking_time,
    ]


@settings(deadline=None)
@given(_stepped, _session)
def test_no_cost_is_negative_and_vat_only_adds(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    for item in [cost.total_cost, *(line.cost for line in cost.items)]:
        assert item.excl_vat >= 0
        assert item.incl_vat is None or item.incl_vat >= item.excl_vat


@settings(deadline=None)
@given(_stepless, _session, st.data())
def test_splitting_a_period_changes_nothing(tariff: Tariff, session: Any, data: Any) -> None:
    begin, parts = session
    place = data.draw(st.integers(0, len(parts) - 1))
    length, watt_hours, parks = parts[place]
    first = data.draw(st.integers(1, length - 1))
    halves = [(first, watt_hours, parks), (length - first, watt_hours, parks)]
    split = [*parts[:place], *halves, *parts[place + 1 :]]
    assert _totals(_price(tariff, begin, split)) == _totals(_price(tariff, begin, parts))


@settings(deadline=None)
@given(_stepped, _session)
def test_the_whole_is_the_sum_of_its_parts(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    parts = [
        cost.total_fixed_cost,
        cost.total_energy_cost,
        cost.total_time_cost,
        cost.total_parking_cost,
        cost.total_reservation_cost,
    ]
    total = sum(part.excl_vat for part in parts)
    assert abs(total - cost.total_cost.excl_vat) <= len(parts) * Decimal("0.00005")
    lines = sum(line.cost.excl_vat for line in cost.items)
    assert abs(lines - cost.total_cost.excl_vat) <= (len(cost.items) + 1) * Decimal("0.00005")


_unbound = st.lists(st.builds(Part, st.sampled_from(_KINDS[:3]), _cents), min_size=1)


@settings(deadline=None)
@given(_unbound, _session, _session)
def test_sessions_add_up_if_nothing_is_restricted(parts: Any, one: Any, two: Any) -> None:
    tariff = Tariff([element(*(Part(part.type, part.price, 0) for part in parts))])
    both = _price(tariff, one[0], [*one[1], *two[1]]).total_cost.excl_vat
    apart = [_price(tariff, *session).total_cost.excl_vat for session in (one, two)]
    assert abs(both - sum(apart)) <= Decimal("0.00015")


@settings(deadline=None)
@given(_stepped, _session)
def test_steps_only_add_and_less_than_one_of_them(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    steps = {"ENERGY": Fraction(1, 1000), "FLAT": Fraction(0)}
    for line in cost.items:
        added = Fraction(line.billed - line.quantity)
        step = line.step_size * steps.get(line.dimension, Fraction(1, 3600))
        assert 0 <= added <= step + Fraction(1, 10000)


@settings(deadline=None)
@given(_stepped, _session, _cents)
def test_limits_hold(tariff: Tariff, session: Any, bound: Decimal) -> None:
    from_below = _price(_limited(tariff, min_price=bound), *session).total_cost
    from_above = _price(_limited(tariff, max_price=bound), *session).total_cost
    free = _price(tariff, *session).total_cost
    assert from_below.excl_vat == max(bound, free.excl_vat)
    assert from_above.excl_vat == min(bound, free.excl_vat)


def _limited(tariff: Tariff, **limits: Decimal) -> Tariff:
    values: dict[str, Any] = {name: Limit(value) for name, value in limits.items()}
    return Tariff(tariff.elements, **values)

"""What holds for every tariff and every session."""

import ast
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import ocpi_pricing
from ocpi_pricing import Amount, Cost, price
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
    part = st.builds(Part, st.sampled_from(_KINDS), _cents, steps, _vats)
    parts = st.lists(part, min_size=1, unique_by=lambda part: part.type)
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


def _known(value: Decimal | None) -> Decimal:
    assert value is not None
    return value


def _excl(cost: Cost) -> Decimal:
    return _known(cost.total_cost.excl_vat)


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


@settings(deadline=None, max_examples=60)
@given(_stepped, _session)
def test_no_cost_is_negative_and_vat_only_adds(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    for item in [cost.total_cost, *(line.cost for line in cost.items)]:
        assert 0 <= _known(item.excl_vat) <= _known(item.incl_vat)


@settings(deadline=None, max_examples=60)
@given(_stepless, _session, st.data())
def test_splitting_a_period_changes_nothing(tariff: Tariff, session: Any, data: Any) -> None:
    begin, parts = session
    place = data.draw(st.integers(0, len(parts) - 1))
    length, watt_hours, parks = parts[place]
    first = data.draw(st.integers(1, length - 1))
    halves = [(first, watt_hours, parks), (length - first, watt_hours, parks)]
    split = [*parts[:place], *halves, *parts[place + 1 :]]
    assert _totals(_price(tariff, begin, split)) == _totals(_price(tariff, begin, parts))


@settings(deadline=None, max_examples=60)
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
    for side in ("excl_vat", "incl_vat"):
        total = _known(getattr(cost.total_cost, side))
        by_dimension = sum(_known(getattr(part, side)) for part in parts)
        assert abs(by_dimension - total) <= len(parts) * Decimal("0.00005")
        by_line = sum(_known(getattr(line.cost, side)) for line in cost.items)
        assert abs(by_line - total) <= (len(cost.items) + 1) * Decimal("0.00005")


@settings(deadline=None, max_examples=60)
@given(_stepped, _session)
def test_all_numbers_are_decimals_with_four_places(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    computed = [
        *(number for total in _totals(cost) for number in _numbers(total)),
        *(number for line in cost.items for number in _numbers(line.cost)),
        *(number for line in cost.items for number in (line.quantity, line.billed)),
    ]
    assert {type(number) for number in computed} == {Decimal}
    assert {number.as_tuple().exponent for number in computed} == {-4}
    assert {type(line.price) for line in cost.items} <= {Decimal}


def _numbers(value: Any) -> list[Any]:
    return [value.excl_vat, value.incl_vat] if isinstance(value, Amount) else [value]


_one_price_each = st.builds(
    lambda parts: Tariff([element(*parts)]),
    st.lists(
        st.builds(Part, st.sampled_from(_KINDS), _cents, st.integers(0, 3600), _vats),
        min_size=1,
        unique_by=lambda part: part.type,
    ),
)


@settings(deadline=None, max_examples=60)
@given(_one_price_each, _session, st.integers(0, 100), st.integers(0, 500))
def test_who_stays_longer_or_charges_more_pays_no_less(
    tariff: Tariff, session: Any, longer: int, watt_hours: int
) -> None:
    begin, parts = session
    length, power, parks = parts[-1]
    used = length * power + watt_hours
    total = length + longer
    more = [*parts[:-1], (total, -(-used // total), parks)]
    assert _excl(_price(tariff, begin, more)) >= _excl(_price(tariff, begin, parts))


def test_no_float_is_in_the_code() -> None:
    files = list(Path(ocpi_pricing.__file__).parent.rglob("*.py"))
    assert files
    assert [(file.name, _floats(file)) for file in files if _floats(file)] == []


def _floats(file: Path) -> list[str]:
    """List literals and names that make a float."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    literals = [repr(node.value) for node in constants if isinstance(node.value, float)]
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return [*literals, *(name for name in names if name == "float")]


_unbound = st.lists(
    st.builds(Part, st.sampled_from(_KINDS[:3]), _cents),
    min_size=1,
    unique_by=lambda part: part.type,
)


@settings(deadline=None, max_examples=60)
@given(_unbound, _session, _session)
def test_sessions_add_up_if_nothing_is_restricted(parts: Any, one: Any, two: Any) -> None:
    tariff = Tariff([element(*(Part(part.type, part.price, 0) for part in parts))])
    both = _excl(_price(tariff, one[0], [*one[1], *two[1]]))
    apart = [_excl(_price(tariff, *session)) for session in (one, two)]
    assert abs(both - sum(apart)) <= Decimal("0.00015")


@settings(deadline=None, max_examples=60)
@given(_stepped, _session)
def test_steps_only_add_and_less_than_one_of_them(tariff: Tariff, session: Any) -> None:
    cost = _price(tariff, *session)
    steps = {"ENERGY": Fraction(1, 1000), "FLAT": Fraction(0)}
    for line in cost.items:
        added = Fraction(line.billed - line.quantity)
        step = line.step_size * steps.get(line.dimension, Fraction(1, 3600))
        assert 0 <= added <= step + Fraction(1, 10000)


@settings(deadline=None, max_examples=60)
@given(_stepped, _session, _cents)
def test_limits_hold(tariff: Tariff, session: Any, bound: Decimal) -> None:
    free = _excl(_price(tariff, *session))
    assert _excl(_price(_limited(tariff, min_price=bound), *session)) == max(bound, free)
    assert _excl(_price(_limited(tariff, max_price=bound), *session)) == min(bound, free)


def _limited(tariff: Tariff, **limits: Decimal) -> Tariff:
    values: dict[str, Any] = {name: Limit(value) for name, value in limits.items()}
    return Tariff(tariff.elements, **values)

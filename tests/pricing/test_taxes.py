"""Taxes: rates of 2.2.1, included taxes of 2.3.0, none in 2.1.1."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ocpi_pricing import Amount, PricingError, TariffLike, price
from tests.pricing.shapes import (
    MONDAY,
    Dimension,
    Tariff,
    amount,
    element,
    hours,
    part,
    period,
    without_incl,
)


class _Bare:
    """An object with nothing but what is given: an older version, which lacks fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def test_version_2_1_1_has_no_vat_and_no_limits() -> None:
    component: Any = _Bare(type="TIME", price=Decimal(2), step_size=300)
    tariff: Any = _Bare(id="1", elements=[_Bare(price_components=[component])])
    old: Any = _Bare(start_date_time=MONDAY, dimensions=[Dimension("TIME", hours(42))])
    end = MONDAY + timedelta(minutes=42)
    cost = price(tariff, [old], start=MONDAY, end=end, time_zone="UTC")
    assert cost.total_cost == without_incl("1.5")


def _taxed(included: str, vat: str | None) -> TariffLike:
    tariff: Any = _Bare(
        id="1",
        elements=[element(part("TIME", "2.10", vat))],
        tax_included=included,
        max_price=_Bare(before_taxes=Decimal(4), after_taxes=None),
    )
    result: TariffLike = tariff
    return result


@pytest.mark.parametrize(
    ("included", "vat", "expected"),
    [
        ("NO", "5", amount("2.10", "2.205")),
        ("YES", "5", amount("2", "2.10")),
        ("N/A", None, amount("2.10", "2.10")),
        ("NO", None, without_incl("2.10")),
        ("YES", None, Amount(None, Decimal("2.10"))),
    ],
)
def test_version_2_3_0_says_whether_taxes_are_included(
    included: str, vat: str | None, expected: Any
) -> None:
    end = MONDAY + timedelta(hours=1)
    periods = [period(MONDAY, TIME="1")]
    cost = price(_taxed(included, vat), periods, start=MONDAY, end=end, time_zone="UTC")
    assert cost.total_cost == expected


def test_a_limit_without_taxes_is_not_held_against_a_total_with_unknown_taxes() -> None:
    start, end = MONDAY, MONDAY + timedelta(hours=3)
    periods = [period(MONDAY, TIME="3")]
    cost = price(_taxed("YES", None), periods, start=start, end=end, time_zone="UTC")
    assert cost.total_cost == Amount(None, Decimal("6.30"))
    assert [one.rule for one in cost.warnings] == ["limit-not-applied"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": MONDAY - timedelta(seconds=1)}, "no session lasts"),
        ({"end": MONDAY.replace(year=2200)}, "no session lasts"),
        ({"start": datetime(1, 1, 1, tzinfo=UTC)}, "end of the calendar"),
        ({"start": MONDAY.replace(tzinfo=None)}, "need a time zone"),
        ({"periods": [period(MONDAY.replace(hour=23))]}, "outside of the session"),
        ({"periods": [period(MONDAY.replace(tzinfo=None))]}, "need a time zone"),
        ({"periods": [period(MONDAY, ENERGY="1e999999999")]}, "not a number"),
        ({"periods": [period(MONDAY, ENERGY="NaN")]}, "not a number"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"time_zone": "../etc"}, "not a time zone"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "periods": [period(MONDAY, ENERGY="1")],
        "start": MONDAY,
        "end": MONDAY + timedelta(hours=1),
        "time_zone": "UTC",
    }
    with pytest.raises(PricingError, match=message):
        price(Tariff([element(part("ENERGY", "1"))]), **{**given, **change})

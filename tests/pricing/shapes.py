"""Tariffs and charging periods for tests of pricing, with no more than pricing asks for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ocpi_pricing import Amount, Cost, price


@dataclass(frozen=True)
class Part:
    type: str
    price: Decimal
    step_size: int = 1
    vat: Decimal | None = None


@dataclass(frozen=True)
class Restrictions:
    start_time: str | None = None
    end_time: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None
    max_current: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: list[str] | None = None
    reservation: str | None = None
    booking: str | None = None


@dataclass(frozen=True)
class Element:
    price_components: list[Part]
    restrictions: Restrictions | None = None


@dataclass(frozen=True)
class Limit:
    excl_vat: Decimal
    incl_vat: Decimal | None = None


@dataclass(frozen=True)
class Tariff:
    elements: list[Element]
    id: str = "T1"
    min_price: Limit | None = None
    max_price: Limit | None = None


@dataclass(frozen=True)
class Dimension:
    type: str
    volume: Decimal


@dataclass(frozen=True)
class Period:
    start_date_time: datetime
    dimensions: list[Dimension]
    tariff_id: str | None = None


MONDAY = datetime(2024, 3, 4, 8, 0, tzinfo=UTC)
"""A Monday without anything special; the zone of these tests is UTC unless they say another."""


def part(kind: str, amount: str, vat: str | None = None, step: int = 1) -> Part:
    return Part(kind, Decimal(amount), step, None if vat is None else Decimal(vat))


def element(*parts: Part, **restrictions: Any) -> Element:
    numbers = ("min_kwh", "max_kwh", "min_current", "max_current", "min_power", "max_power")
    values: dict[str, Any] = {
        name: Decimal(value) if name in numbers else value for name, value in restrictions.items()
    }
    return Element(list(parts), Restrictions(**values) if values else None)


def limit(excl_vat: str, incl_vat: str | None = None) -> Limit:
    return Limit(Decimal(excl_vat), None if incl_vat is None else Decimal(incl_vat))


def amount(excl_vat: str, incl_vat: str | None = None) -> Amount:
    """Return an amount; without VAT, as a price without a rate has it, unless it is given."""
    return Amount(Decimal(excl_vat), Decimal(excl_vat if incl_vat is None else incl_vat))


def excl(cost: Cost) -> Decimal:
    """Return the total without VAT of a cost that has one."""
    total = cost.total_cost.excl_vat
    assert total is not None
    return total


def without_incl(excl_vat: str) -> Amount:
    """Return an amount whose VAT is not known."""
    return Amount(Decimal(excl_vat), None)


def hours(minutes: float | Decimal) -> Decimal:
    """Write minutes the way a CDR does, in hours with four decimals."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.0001"))


def period(at: datetime, tariff_id: str | None = None, **volumes: str | Decimal) -> Period:
    dimensions = [Dimension(kind, Decimal(volume)) for kind, volume in volumes.items()]
    return Period(at, dimensions, tariff_id)


def run(
    tariff: Tariff, at: datetime, *parts: tuple[int, dict[str, str]], zone: str = "UTC"
) -> Cost:
    """Price a session that begins at a moment, given as (minutes, volumes) of its periods.

    TIME, PARKING_TIME and RESERVATION_TIME take "all" for the whole period.
    """
    periods, begin = [], at
    for minutes, volumes in parts:
        full: dict[str, Any] = {
            kind: hours(minutes) if volume == "all" else Decimal(volume)
            for kind, volume in volumes.items()
        }
        periods.append(period(begin, **full))
        begin += timedelta(minutes=minutes)
    return price(tariff, periods, start=at, end=begin, time_zone=zone)


def charging(minutes: int, kwh: str = "0", **more: str) -> tuple[int, dict[str, str]]:
    return minutes, {"TIME": "all", "ENERGY": kwh, **more}


def parking(minutes: int) -> tuple[int, dict[str, str]]:
    return minutes, {"PARKING_TIME": "all"}


def reserving(minutes: int) -> tuple[int, dict[str, str]]:
    return minutes, {"RESERVATION_TIME": "all"}

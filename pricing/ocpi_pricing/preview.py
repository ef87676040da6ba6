"""What a driver would pay by a tariff, and how the cost grows over the time of the session."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction

from ocpi_pricing._cost import Amount, PricingError
from ocpi_pricing._explain import Explanation, explain
from ocpi_pricing._numbers import exact, rounded
from ocpi_pricing._price import price
from ocpi_pricing._shapes import TariffLike

__all__ = ["Plan", "Point", "Preview", "preview"]

_VOLTAGE = Fraction(230)
_LONGEST = 24 * 366
_MICROSECONDS = 3_600_000_000
_POINTS = 48


@dataclass(frozen=True, slots=True)
class Plan:
    """A session that is planned.

    Attributes:
        start: When it begins, with a zone.
        kw: The power, the same all the time.
        hours: For how long the vehicle charges.
        parking_hours: For how long it stays connected afterwards.
    """

    start: datetime
    kw: Decimal
    hours: Decimal
    parking_hours: Decimal = Decimal(0)

    @property
    def total_hours(self) -> Decimal:
        """How long the vehicle is connected."""
        return self.hours + self.parking_hours


@dataclass(frozen=True, slots=True)
class Point:
    """What a session costs that ends after so many hours."""

    hours: Decimal
    cost: Amount


@dataclass(frozen=True, slots=True)
class Preview:
    """What a planned session would cost.

    Attributes:
        plan: The session.
        energy: In kWh.
        explanation: The cost, and how each price was found.
        points: The cost over the duration, from 0 to the end.
    """

    plan: Plan
    energy: Decimal
    explanation: Explanation
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Dimension:
    type: str
    volume: Decimal


@dataclass(frozen=True, slots=True)
class _Period:
    start_date_time: datetime
    dimensions: tuple[_Dimension, ...]


def preview(tariff: TariffLike, plan: Plan, *, time_zone: str | tzinfo) -> Preview:
    """Return what a planned session costs by a tariff.

    Current is taken as power at 230 V, summed over all phases.

    Args:
        tariff: The tariff, of any version.
        plan: The session.
        time_zone: Of the location, as IANA name or object.

    Raises:
        PricingError: The tariff or the plan has no meaning.
    """
    total = _hours(plan.total_hours)
    found = explain(
        tariff, _periods(plan, total), start=plan.start, end=_end(plan, total), time_zone=time_zone
    )
    points = tuple(_points(tariff, plan, total, time_zone))
    return Preview(plan, found.cost.total_energy, found, points)


def _hours(value: Decimal) -> Fraction:
    hours = exact(value)
    if not 0 <= hours <= _LONGEST:
        raise PricingError(f"{value} hours cannot be planned; allowed: 0 to {_LONGEST}")
    return hours


def _end(plan: Plan, hours: Fraction) -> datetime:
    return plan.start + timedelta(microseconds=int(hours * _MICROSECONDS))


def _periods(plan: Plan, until: Fraction) -> list[_Period]:
    """Return the periods of a session that ends after some hours."""
    charging = min(until, exact(plan.hours))
    load = exact(plan.kw)
    current = load * 1000 / _VOLTAGE
    periods = [
        _period(
            plan.start,
            TIME=charging,
            ENERGY=charging * load,
            MIN_POWER=load,
            MAX_POWER=load,
            MIN_CURRENT=current,
            MAX_CURRENT=current,
        )
    ]
    if until > charging:
        periods.append(_period(_end(plan, charging), PARKING_TIME=until - charging))
    return periods if charging else periods[1:]


def _period(start: datetime, **volumes: Fraction) -> _Period:
    dimensions = (_Dimension(kind, rounded(volume)) for kind, volume in volumes.items())
    return _Period(start, tuple(dimensions))


def _points(
    tariff: TariffLike, plan: Plan, total: Fraction, time_zone: str | tzinfo
) -> Iterator[Point]:
    for place in range(_POINTS + 1):
        until = total * place / _POINTS
        cost = price(
            tariff,
            _periods(plan, until),
            start=plan.start,
            end=_end(plan, until),
            time_zone=time_zone,
        )
        yield Point(rounded(until), cost.total_cost)

"""Charging periods, cut into stretches in which no restriction of the tariff changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ocpi_pricing._clock import Span
from ocpi_pricing._numbers import ZERO, exact, hours, optional, plain
from ocpi_pricing._restrictions import Bounds, Moment
from ocpi_pricing._tariff import Rates
from ocpi_pricing.cost import PricingError
from ocpi_pricing.shapes import CdrDimensionLike, ChargingPeriodLike
from ocpi_runtime.types import same_ci

__all__ = ["CONSUMED", "Period", "Stretch", "Timeline", "read_timeline"]

CONSUMED = ("RESERVATION_TIME", "ENERGY", "TIME", "PARKING_TIME")
"""The dimensions that can be billed, in the order in which a period uses them."""

_IN_HOURS = frozenset({"RESERVATION_TIME", "TIME", "PARKING_TIME"})


@dataclass(frozen=True, slots=True)
class Period:
    """A charging period.

    Attributes:
        index: Its place in what was given, None if nothing was.
        begin: Seconds from the start of the session.
        end: Likewise.
        energy: kWh of the session before it.
        volumes: What it measured, by dimension.
        ours: Whether the tariff is the one of this period; None if it has no tariff.
    """

    index: int | None
    begin: Fraction
    end: Fraction
    energy: Fraction
    volumes: dict[str, Fraction]
    ours: bool | None

    @property
    def only_reserves(self) -> bool:
        """Return whether the session has not begun yet."""
        used = (self.volumes.get(kind) for kind in CONSUMED[1:])
        return "RESERVATION_TIME" in self.volumes and not any(used)

    @property
    def used(self) -> Fraction:
        """Energy in kWh."""
        return self.volumes.get("ENERGY", ZERO)

    def load(self, name: str) -> Bounds:
        """Return the lowest and the highest current or power, as far as known."""
        low, mean, high = (self.volumes.get(f"{which}{name}") for which in ("MIN_", "", "MAX_"))
        stated = [value for value in (low, mean, high) if value is not None]
        if not stated:
            derived = self._derived(name)
            return derived, derived
        return stated[0], stated[-1]

    def _derived(self, name: str) -> Fraction | None:
        charging = self.volumes.get("TIME", ZERO)
        if not self.used and not charging:
            return ZERO
        length = charging or (self.end - self.begin) / 3600
        return (
            self.used / length if name == "POWER" and "ENERGY" in self.volumes and length else None
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a period; ``share`` of its volumes belong to it."""

    period: Period
    begin: Fraction
    end: Fraction
    share: Fraction
    moment: Moment


@dataclass(frozen=True, slots=True)
class Timeline:
    """The periods of a session in their order.

    Attributes:
        span: The session with a reservation before it.
        periods: At least one.
        origin: Where the session itself begins, in seconds; None for a reservation alone.
    """

    span: Span
    periods: tuple[Period, ...]
    origin: Fraction | None

    def total(self, kind: str) -> Fraction:
        """Sum a dimension up over the whole session."""
        return sum((period.volumes.get(kind, ZERO) for period in self.periods), ZERO)

    def stretches(self, rates: Rates) -> Iterator[Stretch]:
        """Cut the periods where a restriction of the tariff may begin or cease to match."""
        times, energies = self._times(rates), _energies(rates)
        for period in self.periods:
            cuts = sorted({ZERO, Fraction(1), *_cuts(period, times, energies)})
            for begin, end in pairwise(cuts):
                yield self._stretch(period, begin, end)

    def _times(self, rates: Rates) -> list[Fraction]:
        marks: set[int] = set()
        ages: set[Fraction] = set()
        for component in rates.components:
            restrictions = component.restrictions
            marks |= restrictions.marks()
            begin = ZERO if restrictions.reservation else self.origin or ZERO
            ages |= {begin + limit for limit in restrictions.duration if limit is not None}
        return sorted({*self.span.marks(marks), *ages})

    def _stretch(self, period: Period, begin: Fraction, end: Fraction) -> Stretch:
        # The restrictions are asked in the middle, where rounding to microseconds does no harm.
        middle, length = (begin + end) / 2, period.end - period.begin
        seconds = period.begin + middle * length
        moment = Moment(
            local=self.span.local(seconds),
            energy=period.energy + middle * period.used,
            session_age=seconds - (self.origin or ZERO),
            reservation_age=seconds,
            current=period.load("CURRENT"),
            power=period.load("POWER"),
        )
        first, last = period.begin + begin * length, period.begin + end * length
        return Stretch(period, first, last, end - begin, moment)


def _energies(rates: Rates) -> list[Fraction]:
    limits = (limit for part in rates.components for limit in part.restrictions.energy)
    return sorted({limit for limit in limits if limit is not None})


def _cuts(period: Period, times: list[Fraction], energies: list[Fraction]) -> Iterator[Fraction]:
    for time in times[bisect_right(times, period.begin) : bisect_left(times, period.end)]:
        yield (time - period.begin) / (period.end - period.begin)
    low, high = sorted((period.energy, period.energy + period.used))
    for energy in energies[bisect_right(energies, low) : bisect_left(energies, high)]:
        yield (energy - period.energy) / period.used


def read_timeline(source: Sequence[ChargingPeriodLike], span: Span, tariff_id: str) -> Timeline:
    """Put the periods of a session in order.

    Raises:
        PricingError: A period begins outside of the session.
    """
    periods = tuple(_periods(source, span, tariff_id))
    begun = (period.begin for period in periods if not period.only_reserves)
    return Timeline(span, periods, next(begun, None))


def _periods(source: Sequence[ChargingPeriodLike], span: Span, tariff_id: str) -> Iterator[Period]:
    end = span.seconds(span.end)
    if not source:
        yield Period(None, ZERO, end, ZERO, {}, ours=True)
    begins = [_begin(period, span, end) for period in source]
    order = sorted(range(len(source)), key=begins.__getitem__)
    ends = [*(begins[index] for index in order[1:]), end]
    ours, energy = _owned(source, tariff_id), ZERO
    for index, until in zip(order, ends, strict=False):
        volumes = _volumes(source[index].dimensions)
        yield Period(index, begins[index], until, energy, volumes, ours[index])
        energy += volumes.get("ENERGY", ZERO)


def _begin(period: ChargingPeriodLike, span: Span, end: Fraction) -> Fraction:
    if period.start_date_time.tzinfo is None:
        raise PricingError("charging periods need a time zone")
    begin = span.seconds(period.start_date_time)
    if not ZERO <= begin <= end:
        raise PricingError(f"the period of {period.start_date_time} is outside of the session")
    return begin


def _owned(source: Sequence[ChargingPeriodLike], tariff_id: str) -> list[bool | None]:
    names = [optional(period, "tariff_id") for period in source]
    if all(name is None for name in names):
        return [True] * len(names)
    return [None if name is None else same_ci(name, tariff_id) for name in names]


def _volumes(dimensions: Iterable[CdrDimensionLike]) -> dict[str, Fraction]:
    volumes: dict[str, Fraction] = {}
    for dimension in dimensions:
        kind = plain(dimension.type)
        value = hours(dimension.volume) if kind in _IN_HOURS else exact(dimension.volume)
        volumes[kind] = volumes.get(kind, ZERO) + value if kind in CONSUMED else value
    return volumes

"""Charging periods, cut into stretches in which no restriction of the tariff changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from ocpi_pricing._clock import Span
from ocpi_pricing._conditions import Bounds
from ocpi_pricing._numbers import ZERO, sum_exact
from ocpi_pricing._periods import Period, read_periods
from ocpi_pricing._tariff import Rates
from ocpi_pricing.cost import PriceWarning
from ocpi_pricing.shapes import ChargingPeriodLike

__all__ = ["Stretch", "Timeline", "read_timeline"]

_START, _WHOLE = ZERO, Fraction(1)
_SECOND = 10**6


@dataclass(frozen=True)
class Stretch:
    """A part of a period; ``share`` of its volumes belong to it.

    Restrictions look at its middle, where rounding to microseconds does no harm.

    Attributes:
        span: The session.
        origin: Microseconds after which it began, after a reservation.
        period: The period that it is a part of.
        first: Where it begins, as a part of the period.
        last: Where it ends, likewise.
    """

    span: Span
    origin: int
    period: Period
    first: Fraction
    last: Fraction

    @property
    def share(self) -> Fraction:
        """The part of the period that it is."""
        return self.last - self.first

    @cached_property
    def begin(self) -> int:
        """Microseconds from the start."""
        return self._micros(self.first)

    @cached_property
    def end(self) -> int:
        """Microseconds from the start."""
        return self._micros(self.last)

    @cached_property
    def local(self) -> datetime:
        """The clock at the location."""
        return self.span.local(self._middle)

    @cached_property
    def _middle(self) -> int:
        if self.is_whole:
            return self.period.begin + self.period.length // 2
        return self._micros((self.first + self.last) / 2)

    @property
    def is_whole(self) -> bool:
        """Return whether its period was not cut."""
        return self.first is _START and self.last is _WHOLE

    def _micros(self, part: Fraction) -> int:
        period = self.period
        if part is _START:
            return period.begin
        return period.end if part is _WHOLE else period.begin + int(part * period.length)

    def measured(self, name: str, *, reservation: bool) -> Bounds:
        """Return the lowest and the highest kwh, duration, current or power, as far as known."""
        if name == "duration":
            value = Fraction(self._middle - (0 if reservation else self.origin), _SECOND)
        elif name == "kwh":
            value = self.period.energy + (self.first + self.last) / 2 * self.period.used
        else:
            return self.period.load(name.upper())
        return value, value


@dataclass(frozen=True, slots=True)
class Timeline:
    """The periods of a session in their order.

    Attributes:
        span: The session with a reservation before it.
        periods: At least one.
        origin: Where the session itself begins, in microseconds; None for a reservation alone.
    """

    span: Span
    periods: tuple[Period, ...]
    origin: int | None

    def total(self, kind: str) -> Fraction:
        """Sum a dimension up over the whole session."""
        return sum_exact(period.volumes.get(kind, ZERO) for period in self.periods)

    def stretches(self, rates: Rates) -> Iterator[Stretch]:
        """Cut the periods where a restriction of the tariff may begin or cease to match."""
        times, energies = self._times(rates), _energies(rates)
        for period in self.periods:
            inner = sorted({*_cuts(period, times, energies)})
            for first, last in pairwise([_START, *inner, _WHOLE]):
                yield Stretch(self.span, self.origin or 0, period, first, last)

    def _times(self, rates: Rates) -> list[Fraction | int]:
        marks: set[int] = set()
        ages: set[Fraction | int] = set()
        for restrictions in rates.restrictions:
            marks |= restrictions.marks()
            begin = 0 if restrictions.reservation else self.origin or 0
            limits = restrictions.bounds("duration")
            ages |= {begin + limit * _SECOND for limit in limits if limit is not None}
        return sorted({*self.span.marks(marks), *ages})


def _energies(rates: Rates) -> list[Fraction]:
    limits = (limit for one in rates.restrictions for limit in one.bounds("kwh"))
    return sorted({limit for limit in limits if limit is not None})


def _cuts(
    period: Period, times: list[Fraction | int], energies: list[Fraction]
) -> Iterator[Fraction]:
    for time in times[bisect_right(times, period.begin) : bisect_left(times, period.end)]:
        yield Fraction(time - period.begin) / period.length
    if energies:
        low, high = sorted((period.energy, period.energy + period.used))
        for energy in energies[bisect_right(energies, low) : bisect_left(energies, high)]:
            yield (energy - period.energy) / period.used


def read_timeline(
    source: Sequence[ChargingPeriodLike], span: Span, tariff_id: str, warnings: list[PriceWarning]
) -> Timeline:
    """Put the periods of a session in order.

    Raises:
        PricingError: A period begins outside of the session.
    """
    periods = read_periods(source, span, tariff_id, warnings)
    begun = (period.begin for period in periods if not period.only_reserves)
    return Timeline(span, periods, next(begun, None))

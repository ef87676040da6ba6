"""Charging periods, cut into stretches in which no restriction of the tariff changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from ocpi_pricing._cost import PriceWarning
from ocpi_pricing._numbers import ZERO, sum_exact
from ocpi_pricing._sessions.clock import Span
from ocpi_pricing._sessions.periods import Period, read_periods
from ocpi_pricing._shapes import ChargingPeriodLike
from ocpi_pricing._tariffs.conditions import Bounds
from ocpi_pricing._tariffs.tariff import Rates

__all__ = ["Stretch", "Timeline", "read_timeline"]

_START, _WHOLE = ZERO, Fraction(1)
_SECOND = 10**6


@dataclass(slots=True, eq=False)
class Stretch:
    """A part of a period; ``share`` of its volumes belong to it.

    Restrictions look at its middle, where rounding to microseconds does no harm.

    Attributes:
        span: The session.
        origin: Microseconds after which it began, after a reservation.
        period: The period that it is a part of.
        first: Where it begins, as a part of the period.
        last: Where it ends, likewise.
        begin: Where it begins, in microseconds from the start.
        end: Where it ends, likewise.
    """

    span: Span
    origin: int
    period: Period
    first: Fraction
    last: Fraction
    begin: int = field(init=False)
    end: int = field(init=False)
    _middle: int = field(init=False)
    _local: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        period = self.period
        if self.is_whole:
            self.begin, self.end = period.begin, period.end
            self._middle = period.begin + period.length // 2
        else:
            middle = (self.first + self.last) / 2
            self.begin, self._middle, self.end = map(self._micros, (self.first, middle, self.last))

    def _micros(self, part: Fraction) -> int:
        period = self.period
        return period.end if part is _WHOLE else period.begin + int(part * period.length)

    @property
    def share(self) -> Fraction:
        """The part of the period that it is."""
        return self.last - self.first

    @property
    def is_whole(self) -> bool:
        """Return whether its period was not cut."""
        return self.first is _START and self.last is _WHOLE

    @property
    def local(self) -> datetime:
        """The clock at the location."""
        if self._local is None:
            self._local = self.span.local(self._middle)
        return self._local

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """The clock at the location at begin and end."""
        return self.span.local(self.begin), self.span.local(self.end)

    def spread(self, name: str, *, reservation: bool) -> Bounds:
        """Return kwh or duration at begin and end, or the bounds of current or power."""
        if name == "duration":
            origin = 0 if reservation else self.origin
            return Fraction(self.begin - origin, _SECOND), Fraction(self.end - origin, _SECOND)
        if name == "kwh":
            used = self.period.used
            return self.period.energy + self.first * used, self.period.energy + self.last * used
        return self.period.load(name.upper())

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
        times, energies = self._times(rates), rates.energies
        for period in self.periods:
            inner = {*_cuts(period, times, energies)}
            if not inner:
                yield Stretch(self.span, self.origin or 0, period, _START, _WHOLE)
                continue
            for first, last in pairwise([_START, *sorted(inner), _WHOLE]):
                yield Stretch(self.span, self.origin or 0, period, first, last)

    def _times(self, rates: Rates) -> list[Fraction | int]:
        origin = self.origin or 0
        ages = {age if reserved else age + origin for age, reserved in rates.ages}
        return sorted({*self.span.marks(rates.marks), *ages})


def _cuts(
    period: Period, times: list[Fraction | int], energies: Sequence[Fraction]
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

"""The single conditions of which restrictions consist, each with what it says when it fails."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol, TypeAlias

from ocpi_pricing._numbers import rounded

__all__ = ["DAY", "DAYS", "Bounds", "Condition", "Dates", "Range", "State", "Times", "Weekdays"]

Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
"""The lowest value, which belongs to it, and the one above, which does not."""

DAY = 24 * 60
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_UNITS = {"kwh": "kWh", "duration": "s", "current": "A", "power": "kW"}


class State(Protocol):
    """What conditions look at: a part of a session in which none of them changes."""

    @property
    def local(self) -> datetime:
        """The clock at the location, in the middle of the part."""

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """The clock at the location when the part begins and when it ends."""

    def measured(self, name: str, *, reservation: bool) -> Bounds:
        """Return the lowest and the highest kwh, duration, current or power, as far as known.

        What grows is that of the middle of the part.
        """

    def spread(self, name: str, *, reservation: bool) -> Bounds:
        """Return the same from the begin to the end of the part."""


class Condition(Protocol):
    """One condition of an element."""

    def holds(self, state: State) -> bool:
        """Return whether it is met."""

    def failure(self, state: State) -> str:
        """Return what it asks for and what is the case instead."""


@dataclass(frozen=True, slots=True)
class Times:
    """A span of the day: from and until, in minutes."""

    begin: int
    end: int

    def holds(self, state: State) -> bool:
        """Return whether the clock is in the span, which may go over midnight."""
        minute = state.local.hour * 60 + state.local.minute
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    def failure(self, state: State) -> str:
        """Return the span and the time of the part."""
        begin, end = state.ends
        wanted = f"{_clock(self.begin)} to {_clock(self.end)}"
        return f"it is {begin:%H:%M} to {end:%H:%M}, not {wanted}"


@dataclass(frozen=True, slots=True)
class Dates:
    """The first day, and the day after the last."""

    first: date | None
    after: date | None

    def holds(self, state: State) -> bool:
        """Return whether the day is one of them."""
        day = state.local.date()
        return (self.first is None or self.first <= day) and (
            self.after is None or day < self.after
        )

    def failure(self, state: State) -> str:
        """Return the limits and the date."""
        limits = [f"from {self.first}"] * bool(self.first) + [f"before {self.after}"] * bool(
            self.after
        )
        return f"it is {state.local.date()}, not {' and '.join(limits)}"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Names of days."""

    days: frozenset[str]

    def holds(self, state: State) -> bool:
        """Return whether today is one of them."""
        return DAYS[state.local.weekday()] in self.days

    def failure(self, state: State) -> str:
        """Return the days and today."""
        wanted = [day for day in DAYS if day in self.days]
        return f"it is {DAYS[state.local.weekday()]}, not {', '.join(wanted)}"


@dataclass(frozen=True, slots=True)
class Range:
    """Limits of energy, duration, current or power."""

    name: str
    bounds: Bounds
    reservation: bool

    def holds(self, state: State) -> bool:
        """Return whether the value, or the lowest and the highest, is within the limits."""
        least, above = self.bounds
        lowest, highest = state.measured(self.name, reservation=self.reservation)
        if least is not None and (lowest is None or lowest < least):
            return False
        return above is None or (highest is not None and highest < above)

    def failure(self, state: State) -> str:
        """Return the limits and the value."""
        least, above = self.bounds
        unit = _UNITS[self.name]
        lowest, highest = state.measured(self.name, reservation=self.reservation)
        spread = state.spread(self.name, reservation=self.reservation)
        if least is not None and (lowest is None or lowest < least):
            return f"min_{self.name} is {_short(least)} {unit}, {_now(lowest, spread, unit)}"
        return f"max_{self.name} is {_short(above)} {unit}, {_now(highest, spread, unit)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _now(value: Fraction | None, spread: Bounds, unit: str) -> str:
    if value is None:
        return "and the value is not known"
    low, high = spread
    if low is None or high is None or low == high:
        return f"and it is {_short(value)} {unit}"
    return f"and it is {_short(low)} to {_short(high)} {unit}"


def _short(value: Fraction | None) -> str:
    return "none" if value is None else f"{rounded(value).normalize():f}"

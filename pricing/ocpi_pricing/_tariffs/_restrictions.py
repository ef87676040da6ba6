"""When an element of a tariff applies (TariffRestrictions, mod_tariffs)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ocpi_pricing._cost import PricingError
from ocpi_pricing._numbers import optional, optional_exact, plain
from ocpi_pricing._tariffs.conditions import (
    DAY,
    Bounds,
    Condition,
    Dates,
    Range,
    State,
    Times,
    Weekdays,
)

__all__ = ["Restrictions", "read_restrictions"]


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The conditions of one element; all of them have to hold.

    Attributes:
        times: Of the day; None is any time.
        dates: None is any date.
        days: Of the week; None is any day.
        reservation: What of a reservation or booking the element prices; None is the session.
        ranges: By ``kwh``, ``duration``, ``current`` and ``power``; what is not limited is absent.
        conditions: Those that were given.
    """

    times: Times | None
    dates: Dates | None
    days: Weekdays | None
    reservation: str | None
    ranges: dict[str, Range]
    conditions: tuple[Condition, ...]

    def matches(self, state: State) -> bool:
        """Return whether the element applies."""
        for condition in self.conditions:  # noqa: SIM110 - all() costs a generator each time
            if not condition.holds(state):
                return False
        return True

    def failures(self, state: State) -> list[str]:
        """Return why the element does not apply; empty where it does."""
        return [one.failure(state) for one in self.conditions if not one.holds(state)]

    def bounds(self, name: str) -> Bounds:
        """Return the limits of a quantity."""
        limit = self.ranges.get(name)
        return (None, None) if limit is None else limit.bounds

    @property
    def by_clock(self) -> bool:
        """Return whether time of day, date or weekday decide."""
        return not (self.times is None and self.days is None and self.dates is None)

    def marks(self) -> set[int]:
        """Return the minutes of the day at which the answer may change, midnight included."""
        if not self.by_clock:
            return set()
        times = () if self.times is None else (self.times.begin, self.times.end)
        return {0, *(minute % DAY for minute in times)}


def read_restrictions(source: object, pointer: str = "") -> Restrictions:
    """Read the restrictions of an element, None if it has none.

    Raises:
        PricingError: A time or date that is none.
    """
    value = optional(source, "reservation") or optional(source, "booking")
    reservation = None if value is None else plain(value)
    times, dates = _times(source, pointer), _dates(source, pointer)
    names = frozenset(plain(day) for day in optional(source, "day_of_week") or ())
    days = Weekdays(names) if names else None
    ranges = {one.name: one for one in _ranges(source, pointer, reservation is not None)}
    conditions: list[Condition | None] = [times, dates, days, *ranges.values()]
    given = tuple(one for one in conditions if one is not None)
    return Restrictions(times, dates, days, reservation, ranges, given)


def _ranges(source: object, pointer: str, reservation: bool) -> Iterator[Range]:  # noqa: FBT001 - one caller
    for name in ("kwh", "duration", "current", "power"):
        least = optional_exact(source, pointer, f"min_{name}")
        above = optional_exact(source, pointer, f"max_{name}")
        if least is not None or above is not None:
            yield Range(name, (least, above), reservation)


def _times(source: object, pointer: str) -> Times | None:
    start, end = _text(source, "start_time"), _text(source, "end_time")
    if start is None and end is None:
        return None
    begin = 0 if start is None else _minutes(start, f"{pointer}/start_time")
    return Times(begin, (0 if end is None else _minutes(end, f"{pointer}/end_time")) or DAY)


def _dates(source: object, pointer: str) -> Dates | None:
    first, after = _date(source, "start_date", pointer), _date(source, "end_date", pointer)
    return None if first is None and after is None else Dates(first, after)


def _text(source: object, name: str) -> str | None:
    """Read a text; partners send an empty one for an absent one."""
    value = optional(source, name)
    return value.strip() or None if isinstance(value, str) else None


def _minutes(text: str, pointer: str) -> int:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError:
        hour, minute = -1, 0
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= DAY):  # noqa: PLR2004 # minutes
        raise PricingError(f"{text!r} is not a time of day; write it as 13:30", pointer)
    return hour * 60 + minute


def _date(source: object, name: str, pointer: str) -> date | None:
    text = _text(source, name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise PricingError(
            f"{text!r} is not a date; write it as 2026-12-24", f"{pointer}/{name}"
        ) from None

"""When an element of a tariff applies (TariffRestrictions, mod_tariffs)."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TypeAlias

from ocpi_pricing._numbers import optional, optional_exact, plain
from ocpi_pricing.cost import PricingError

__all__ = ["Bounds", "Moment", "Restrictions", "read_restrictions"]

Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
"""The lowest value, which belongs to it, and the one above, which does not."""

_DAY = 24 * 60
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, slots=True)
class Moment:
    """What restrictions look at.

    Attributes:
        local: The clock at the location.
        energy: kWh of the session so far.
        session_age: Seconds since the session began.
        reservation_age: Seconds since the reservation, or else the session, began.
        current: The lowest and the highest of the period, in ampere.
        power: Likewise, in kW.
    """

    local: datetime
    energy: Fraction
    session_age: Fraction
    reservation_age: Fraction
    current: Bounds
    power: Bounds


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The conditions of one element; all of them have to hold.

    Attributes:
        times: From and until, in minutes of the day; None is any time.
        dates: First day, and the day after the last.
        days: Names of weekdays; empty is any day.
        reservation: What of a reservation the element prices; None is the session.
        energy: In kWh.
        duration: In seconds.
        current: In ampere.
        power: In kW.
    """

    times: tuple[int, int] | None
    dates: tuple[date | None, date | None]
    days: frozenset[str]
    reservation: str | None
    energy: Bounds
    duration: Bounds
    current: Bounds
    power: Bounds

    def matches(self, moment: Moment) -> bool:
        """Return whether the element applies."""
        age = moment.reservation_age if self.reservation else moment.session_age
        return (
            self._in_time(moment.local)
            and self._on_date(moment.local.date())
            and _inside(self.energy, (moment.energy, moment.energy))
            and _inside(self.duration, (age, age))
            and _inside(self.current, moment.current)
            and _inside(self.power, moment.power)
        )

    def marks(self) -> set[int]:
        """Return the minutes of the day at which the answer may change, midnight included."""
        if self.times is None and not self.days and self.dates == (None, None):
            return set()
        return {0, *(minute % _DAY for minute in self.times or ())}

    def _in_time(self, local: datetime) -> bool:
        if self.times is None:
            return True
        begin, end = self.times
        minute = local.hour * 60 + local.minute
        if begin < end:
            return begin <= minute < end
        return minute >= begin or minute < end

    def _on_date(self, day: date) -> bool:
        first, after = self.dates
        return (
            (first is None or first <= day)
            and (after is None or day < after)
            and (not self.days or _DAYS[day.weekday()] in self.days)
        )


def _inside(bounds: Bounds, values: Bounds) -> bool:
    (least, above), (lowest, highest) = bounds, values
    if least is not None and (lowest is None or lowest < least):
        return False
    return above is None or (highest is not None and highest < above)


def read_restrictions(source: object) -> Restrictions:
    """Read the restrictions of an element, None if it has none.

    Raises:
        PricingError: A time or date that is none.
    """
    reservation = optional(source, "reservation")
    return Restrictions(
        times=_times(optional(source, "start_time"), optional(source, "end_time")),
        dates=(_date(optional(source, "start_date")), _date(optional(source, "end_date"))),
        days=frozenset(plain(day) for day in optional(source, "day_of_week") or ()),
        reservation=None if reservation is None else plain(reservation),
        energy=_bounds(source, "kwh"),
        duration=_bounds(source, "duration"),
        current=_bounds(source, "current"),
        power=_bounds(source, "power"),
    )


def _bounds(source: object, name: str) -> Bounds:
    return optional_exact(source, f"min_{name}"), optional_exact(source, f"max_{name}")


def _times(start: str | None, end: str | None) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    begin = 0 if start is None else _minutes(start)
    return begin, (0 if end is None else _minutes(end)) or _DAY


def _minutes(text: str) -> int:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError:
        raise PricingError(f"{text!r} is no time of day") from None
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= _DAY):  # noqa: PLR2004 # minutes
        raise PricingError(f"{text!r} is no time of day")
    return hour * 60 + minute


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise PricingError(f"{text!r} is no date") from None

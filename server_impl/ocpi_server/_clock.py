"""Instants: as aware datetimes for people, as whole microseconds in the store."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = [
    "CLOCK_SLACK",
    "FAR_FUTURE",
    "SECOND",
    "Clock",
    "after",
    "changed_at",
    "from_micros",
    "in_micros",
    "is_dated",
    "is_far_future",
    "is_older",
    "read_micros",
    "to_micros",
    "utc_now",
]

Clock = Callable[[], datetime]
"""Returns the current time, aware and in UTC; tests put their own in its place."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
"""The microseconds of a second, as the store counts."""
CLOCK_SLACK: Final = 60 * SECOND
"""By so much the clocks of processes may differ; what is dated later was written by a clock that
ran ahead."""
_MICROSECOND: Final = timedelta(microseconds=1)
FAR_FUTURE: Final = 86_400_000_000
"""So many microseconds ahead, a day, no change can have happened whatever the clocks say."""
_TICK: Final = timedelta(milliseconds=1)
"""The smallest difference of two DateTimes."""


def utc_now() -> datetime:
    """Read the clock of the machine."""
    return datetime.now(UTC)


def to_micros(instant: datetime) -> int:
    """Count the microseconds since 1970; an instant without zone is UTC."""
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def in_micros(length: timedelta) -> int:
    """Count the microseconds of a length of time."""
    return length // _MICROSECOND


def after(now: datetime, *known: int) -> datetime:
    """Return the instant of a change: now, or later than what is known if the clock went back.

    Args:
        now: The current time.
        known: Instants of the past, in microseconds, such as the last change.
    """
    return max((now, *(from_micros(each) + _TICK for each in known)))


def is_far_future(micros: int, now: int | None = None) -> bool:
    """Return whether a time of change is more than a day ahead: the clock of a partner is wrong.

    Args:
        micros: The time, in microseconds.
        now: The current time; by default that of the machine.
    """
    return micros > (time.time_ns() // 1000 if now is None else now) + FAR_FUTURE


def is_older(new: int, old: int) -> bool:
    """Return whether news are older than what is there, which then stays.

    What is there from the far future would stay for ever; plausible news replace it.
    """
    return new < old and (is_far_future(new) or not is_far_future(old))


def changed_at(value: Any) -> int:
    """Return when an object changed last; for objects of 2.0, which have no last_updated, now."""
    instant = getattr(value, "last_updated", None)
    return to_micros(instant if isinstance(instant, datetime) else utc_now())


def is_dated(value: Any) -> bool:
    """Return whether an object has a last_updated."""
    return isinstance(getattr(value, "last_updated", None), datetime)


def from_micros(micros: int) -> datetime:
    """Make the instant again that :func:`to_micros` counted."""
    return _EPOCH + timedelta(microseconds=micros)


def read_micros(text: str) -> int:
    """Count the microseconds of a DateTime that was checked when it came.

    Raises:
        ValueError: It is not a DateTime.
    """
    return to_micros(datetime.fromisoformat(text))

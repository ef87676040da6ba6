"""Sessions per day, counted from what is stored; pages do not wait for long counts."""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final

from ocpi_server._background import Background
from ocpi_server._clock import SECOND
from ocpi_server.console.charts._bars import Chart, chart
from ocpi_server.store import OWN, Database
from ocpi_server.store.browsing import DAY, DayCount, count_days

__all__ = ["DaysChart", "SessionDays"]

_DAYS: Final = 30
_RECENT: Final = 2
"""Number of days that still change: today, and yesterday, as partners report late."""
_AT_ONCE: Final = 5
"""Number of days that are counted without a pause."""
_PAUSE: Final = 3
"""How often as long as a count the pause after it is: a quarter of a processor counts."""
_RECENT_LIFE: Final = 60 * SECOND
_OLDER_LIFE: Final = 3600 * SECOND
_PATIENCE: Final = 0.02
"""Seconds that a page waits for counts."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DaysChart:
    """Sessions per day.

    Attributes:
        chart: What is known of them.
        complete: Whether all days were counted lately.
    """

    chart: Chart
    complete: bool


@dataclass(frozen=True, slots=True)
class _Counted:
    """Counts of a day.

    Attributes:
        until: How long they are good enough, in microseconds.
        counts: The counts.
    """

    until: int
    counts: tuple[DayCount, ...]


class SessionDays:
    """Counts sessions by the day on which they were changed last, that of their end for most.

    Args:
        database: Where they are kept.
        background: Runs counts that take longer than a page waits.
    """

    def __init__(self, database: Database, background: Background) -> None:
        self._database, self._background = database, background
        self._known: dict[int, _Counted] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self, now: int) -> None:
        """Begin to count what was not counted lately, while the rest of a page is made.

        Args:
            now: The current time, in microseconds.
        """
        if not self._idle.is_set() or not self._due(_days_until(now), now):
            return
        self._idle.clear()
        if not self._background.try_start(self._count(now), "count of sessions", ""):
            self._idle.set()

    async def chart(
        self, now: int, partner: str | None = None, parties: Collection[str] = ()
    ) -> DaysChart:
        """Return the sessions of the last days, own ones below and received ones above.

        Args:
            now: The current time, in microseconds.
            partner: The id of a partner, if only those from it and for it are wanted.
            parties: Its parties: own sessions are for one of them.
        """
        days = _days_until(now)
        self.begin(now)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._idle.wait()
        known = {day: self._known[day].counts for day in days if day in self._known}
        if partner is not None:
            known = {day: _only(counts, partner, parties) for day, counts in known.items()}
        drawn = chart([_bar(day, known.get(day)) for day in days])
        return DaysChart(drawn, not self._due(days, now))

    def _due(self, days: Iterable[int], now: int) -> list[int]:
        """Return the days that were not counted lately."""
        return [day for day in days if day not in self._known or self._known[day].until <= now]

    async def _count(self, now: int) -> None:
        """Count the days that were not counted lately, the latest first."""
        try:
            days = _days_until(now)
            due = self._due(days, now)[::-1]
            pause = 0.0
            for start in range(0, len(due), _AT_ONCE):
                await asyncio.sleep(pause)
                begun = perf_counter()
                await self._count_some(due[start : start + _AT_ONCE], now)
                pause = (perf_counter() - begun) * _PAUSE
            self._known = {day: self._known[day] for day in days}
        finally:
            self._idle.set()

    async def _count_some(self, days: Collection[int], now: int) -> None:
        first, last, today = min(days), max(days), now // DAY
        found = await count_days(self._database, "sessions", first, last + 1)
        for day in range(first, last + 1):
            life = _RECENT_LIFE if day > today - _RECENT else _OLDER_LIFE
            counts = tuple(each for each in found if each.day == day)
            self._known[day] = _Counted(now + life, counts)


def _days_until(now: int) -> range:
    today = now // DAY
    return range(today - _DAYS + 1, today + 1)


def _only(
    counts: Iterable[DayCount], partner: str, parties: Collection[str]
) -> tuple[DayCount, ...]:
    """Return what was counted of the sessions from a partner, and of those for its parties."""
    return tuple(
        each
        for each in counts
        if (each.audience in parties if each.source == OWN else each.source == partner)
    )


def _bar(day: int, counts: Iterable[DayCount] | None) -> tuple[int, int, str]:
    date = f"{_EPOCH + timedelta(days=day):%Y-%m-%d}"
    if counts is None:
        return 0, 0, f"{date}: not counted yet"
    own = received = 0
    for each in counts:
        if each.source == OWN:
            own += each.number
        else:
            received += each.number
    return own, received, f"{date}: {own} own, {received} received"

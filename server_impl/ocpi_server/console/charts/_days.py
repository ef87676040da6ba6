"""Sessions per day, counted from what is stored; counts are kept for a while."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ocpi_server._clock import SECOND
from ocpi_server.console.charts._bars import Chart, chart
from ocpi_server.store import OWN, Database
from ocpi_server.store.browsing import DAY, DayCount, count_days

__all__ = ["SessionDays"]

_DAYS: Final = 30
_RECENT: Final = 2
"""Number of days that still change: today, and yesterday, as partners report late."""
_RECENT_LIFE: Final = 60 * SECOND
_OLDER_LIFE: Final = 3600 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Counts of some days.

    Attributes:
        first: The number of the first day.
        until: How long they are good enough, in microseconds.
        counts: The counts.
    """

    first: int
    until: int
    counts: tuple[DayCount, ...]


class SessionDays:
    """Counts sessions by the day on which they were changed last, that of their end for most.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._older = self._recent = _Counted(0, 0, ())

    async def chart(
        self, now: int, partner: str | None = None, parties: Collection[str] = ()
    ) -> Chart:
        """Return the sessions of the last days, own ones below and received ones above.

        Args:
            now: The current time, in microseconds.
            partner: The id of a partner, if only those from it and for it are wanted.
            parties: Its parties: own sessions are for one of them.
        """
        today = now // DAY
        first, recent = today - _DAYS + 1, today - _RECENT + 1
        self._older = await self._counted(self._older, now, (first, recent), _OLDER_LIFE)
        self._recent = await self._counted(self._recent, now, (recent, today + 1), _RECENT_LIFE)
        known = [*self._older.counts, *self._recent.counts]
        if partner is not None:
            known = [each for each in known if _is_of(each, partner, parties)]
        return chart(list(_values(known, first)))

    async def _counted(
        self, known: _Counted, now: int, days: tuple[int, int], life: int
    ) -> _Counted:
        if known.first == days[0] and now < known.until:
            return known
        counts = await count_days(self._database, "sessions", *days)
        return _Counted(days[0], now + life, tuple(counts))


def _is_of(counted: DayCount, partner: str, parties: Collection[str]) -> bool:
    if counted.source != OWN:
        return counted.source == partner
    return counted.audience in parties


def _values(counts: Iterable[DayCount], first: int) -> Iterable[tuple[int, int, str]]:
    own: Counter[int] = Counter()
    received: Counter[int] = Counter()
    for each in counts:
        (own if each.source == OWN else received)[each.day] += each.number
    for day in range(first, first + _DAYS):
        label = f"{_EPOCH + timedelta(days=day):%Y-%m-%d}: {own[day]} own, {received[day]} received"
        yield own[day], received[day], label

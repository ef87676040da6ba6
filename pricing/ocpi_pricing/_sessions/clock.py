"""The clock at a location: when it shows a time of day, and when it is put forward or back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ocpi_pricing._cost import PricingError

__all__ = ["Span", "read_span"]

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=36525)  # CDRs without a known start have 1970; no session is longer
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A session from start to end in UTC, and the zone of its location."""

    start: datetime
    end: datetime
    zone: tzinfo

    @property
    def length(self) -> int:
        """The length of the session in microseconds."""
        return (self.end - self.start) // _MICROSECOND

    def micros(self, moment: datetime) -> int:
        """Count the microseconds from the start to a moment."""
        return (moment - self.start) // _MICROSECOND

    def moment(self, micros: int) -> datetime:
        """Return the moment so many microseconds after the start, in UTC."""
        return self.start + timedelta(microseconds=micros)

    def local(self, micros: int) -> datetime:
        """Return what the clock of the location shows then."""
        return self.moment(micros).astimezone(self.zone)

    def marks(self, minutes: Iterable[int]) -> list[int]:
        """Return, in microseconds, when the clock shows one of these minutes of the day.

        The moments at which the clock is put forward or back are among them.
        """
        marks = sorted(minutes)
        changes = list(self._changes()) if marks else []
        if not changes:
            return list(self._regular(marks))
        found = {*self._shown(marks), *changes}
        return sorted(self.micros(moment) for moment in found if self.start < moment < self.end)

    def _regular(self, minutes: list[int]) -> Iterator[int]:
        """Yield when a clock that is not put forward or back shows one of these minutes."""
        begin = self.start.astimezone(self.zone)
        shown = (begin.hour * 60 + begin.minute) * 60 + begin.second
        first, length = shown * 10**6 + begin.microsecond, self.length
        for midnight in range(0, first + length, _DAY // _MICROSECOND):
            for minute in minutes:
                at = midnight + minute * 60 * 10**6 - first
                if 0 < at < length:
                    yield at

    def _shown(self, minutes: list[int]) -> Iterator[datetime]:
        day = self.start.astimezone(self.zone).date()
        while day <= self.end.astimezone(self.zone).date():
            for minute in minutes:
                clock = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
                yield clock.astimezone(UTC)
                yield clock.replace(fold=1).astimezone(UTC)
            day += _DAY

    def _changes(self) -> Iterator[datetime]:
        before = self.start.replace(microsecond=0)
        while before < self.end:
            after = before + _DAY
            if self._offset(before) != self._offset(after):
                yield self._change(before, after)
            before = after

    def _change(self, before: datetime, after: datetime) -> datetime:
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
            if self._offset(middle) == self._offset(before):
                before = middle
            else:
                after = middle
        return after

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()


def read_span(start: datetime, end: datetime, time_zone: str | tzinfo) -> Span:
    """Check when and where a session was.

    Raises:
        PricingError: No such zone, times without a zone, or an end before the start.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise PricingError("start and end need a time zone; OCPI means UTC where there is none")
    if start.year <= MINYEAR or end.year >= MAXYEAR:
        raise PricingError(f"{start} or {end} is at the end of the calendar; correct it")
    try:
        zone = ZoneInfo(time_zone) if isinstance(time_zone, str) else time_zone
    except (ZoneInfoNotFoundError, ValueError):
        raise PricingError(
            f"{time_zone!r} is not a time zone; name one of IANA, such as Europe/Amsterdam"
        ) from None
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    if not timedelta(0) <= last - first <= _LONGEST:
        raise PricingError(f"no session lasts from {start} to {end}; correct one of them")
    return Span(first, last, zone)

"""The restrictions of an element, as far as they can be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ocpi_pricing._tariffs.conditions import DAY, DAYS
from ocpi_pricing.lint._findings import Findings, Json, number_of

__all__ = ["Limits", "read_limits"]

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_END_OF_DAY = "24:00"
_NUMBERS = ("kwh", "duration", "current", "power")


@dataclass(frozen=True, slots=True)
class Limits:
    """Restrictions.

    Attributes:
        days: Of the week, from 0 for Monday; None for all.
        spans: Of the day, in minutes; none for all of it, two where it goes over midnight.
        dates: The first one, and the one after the last.
        ranges: By kwh, duration, current and power.
        purpose: What of a reservation or booking is priced; None is the session.
    """

    days: frozenset[int] | None = None
    spans: tuple[tuple[int, int], ...] = ()
    dates: tuple[date | None, date | None] = (None, None)
    ranges: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    purpose: str | None = None

    @property
    def is_possible(self) -> bool:
        """Return whether no lower limit is above its upper one."""
        first, after = self.dates
        if first is not None and after is not None and first >= after:
            return False
        return not any(
            least is not None and above is not None and least >= above
            for least, above in self.ranges.values()
        )


def read_limits(source: Json, at: str, findings: Findings) -> Limits:
    """Read the restrictions of an element; what cannot be read limits nothing.

    Args:
        source: As in the tariff.
        at: JSON pointer to them.
        findings: Takes what is wrong with them.
    """
    if not isinstance(source, dict):
        return Limits()
    names = source.get("day_of_week")
    days = {DAYS.index(day) for day in names if day in DAYS} if isinstance(names, list) else None
    purpose = source.get("reservation") or source.get("booking")
    return Limits(
        days=frozenset(days) if days else None,
        spans=_spans(source, at, findings),
        dates=_dates(source, at, findings),
        ranges=_ranges(source, at, findings),
        purpose=purpose if isinstance(purpose, str) else None,
    )


def _spans(source: Json, at: str, findings: Findings) -> tuple[tuple[int, int], ...]:
    given = [name for name in ("start_time", "end_time") if _text(source, name)]
    if not given:
        return ()
    start, end = (_minute(source, name, at, findings) for name in ("start_time", "end_time"))
    first, last = (start or 0) % DAY, end or DAY
    if len(given) > 1 and first and first == last:
        why = f"start_time and end_time are both {source['start_time']}; read as the whole day"
        findings.add("times-equal", f"{at}/end_time", source["end_time"], why)
        return ()
    return ((first, last),) if first < last else ((0, last), (first, DAY))


def _text(source: Json, name: str) -> str:
    value = source.get(name)
    return value.strip() if isinstance(value, str) else ""


def _minute(source: Json, name: str, at: str, findings: Findings) -> int | None:
    text = _text(source, name)
    if _TIME.fullmatch(text):
        return int(text[:2]) * 60 + int(text[3:])
    if text:
        why = f"{text!r} is not a time of day"
        findings.add("time-format", f"{at}/{name}", source[name], why)
    return DAY if text == _END_OF_DAY else None


def _dates(source: Json, at: str, findings: Findings) -> tuple[date | None, date | None]:
    first, after = (_date(source, name, at, findings) for name in ("start_date", "end_date"))
    if first and after and first >= after:
        why = f"it is not after start_date, {first}; the end is exclusive"
        findings.add("range", f"{at}/end_date", source["end_date"], why)
    return first, after


def _date(source: Json, name: str, at: str, findings: Findings) -> date | None:
    text = _text(source, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        findings.add("date-format", f"{at}/{name}", source[name], f"{text!r} is not a date")
        return None


def _ranges(
    source: Json, at: str, findings: Findings
) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    found = {}
    for name in _NUMBERS:
        least, above = (number_of(source.get(f"{which}_{name}")) for which in ("min", "max"))
        if least is None and above is None:
            continue
        found[name] = (least, above)
        if least is not None and above is not None and least >= above:
            why = f"it is not above min_{name}, {least}; the upper limit is exclusive"
            findings.add("range", f"{at}/max_{name}", source[f"max_{name}"], why)
        elif above is not None and above <= 0:
            why = "nothing is below it"
            findings.add("range", f"{at}/max_{name}", source[f"max_{name}"], why)
    return found

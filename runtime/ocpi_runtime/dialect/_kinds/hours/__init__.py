"""Opening hours as texts, and below the names of days."""

import re
from collections.abc import Iterator
from typing import Any, Final

from ocpi_runtime.dialect._kinds.hours.days import day_of
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["FORMS", "RULES", "days_of", "each_day"]

RULES: Final = (
    Rule(
        "hours-text",
        "lenient",
        "Opening times as text, such as Mo-Fr 08:00-18:00; Sa 09:00-12:00, or below the names of "
        "days become regular hours, and hours of several days one item for each.",
        "locations: Hours",
    ),
)

_LONGEST: Final = 200
_WEEK: Final = 7
_DAYS: Final = re.compile(r"([A-Za-z]{2,10})\.?(?:\s*[-\u2013]\s*([A-Za-z]{2,10})\.?)?\Z")
_HOURS: Final = re.compile(r"([0-9]{1,2}[:.][0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}[:.][0-9]{2})\Z")
_RULE: Final = re.compile(r"([A-Za-z ,.\u2013-]{2,60}?)[: ]\s*([0-9][0-9:., \u2013-]{4,80})\Z")
_ENDS: Final = (
    ("period_begin", "period_end"), ("open", "close"), ("from", "to"), ("start", "end"),
    ("begin", "end"), ("opens", "closes"),
)  # fmt: skip


def _hours(part: Part, value: Any) -> Any:
    """Return opening times of a text or of days with hours."""
    if "regular_hours" not in part.properties:
        return None
    try:
        if isinstance(value, str):
            found = [*_of_text(value)]
        elif isinstance(value, dict) and value and all(map(day_of, value)):
            found = [*_of_days(value)]
        else:
            return None
    except ValueError:
        return None
    return {"twentyfourseven": False, "regular_hours": found} if found else None


def _of_text(value: str) -> Iterator[dict[str, Any]]:
    """Yield the hours of a text.

    Raises:
        ValueError: It is in no known form.
    """
    for rule in re.split(r"[;\n]", value[:_LONGEST].strip(" ;")):
        found = _RULE.match(rule.strip())
        if found is None:
            raise ValueError
        for part in found[1].split(","):
            for day in days_of(part.strip(" :.")):
                yield from _periods(day, found[2])


def days_of(text: str) -> Iterator[int]:
    """Yield the numbers of one day or of several, such as Mo-Fr.

    Raises:
        ValueError: These are no days.
    """
    found = _DAYS.match(text)
    first = day_of(found[1]) if found else None
    last = day_of(found[2]) if found and found[2] else first
    if first is None or last is None:
        raise ValueError
    for offset in range((last - first) % _WEEK + 1):
        yield (first + offset - 1) % _WEEK + 1


def _periods(day: int, text: str) -> Iterator[dict[str, Any]]:
    for part in text.split(","):
        found = _HOURS.match(part.strip())
        if found is None:
            raise ValueError
        yield {"weekday": day, "period_begin": found[1], "period_end": found[2]}


def _of_days(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, each in value.items():
        day = day_of(name)
        for hours in each if isinstance(each, list) else [each]:
            if isinstance(hours, str) and day:
                yield from _periods(day, hours)
            elif isinstance(hours, dict):
                begin, end = next((ends for ends in _ENDS if hours.keys() >= {*ends}), ("", ""))
                if not begin:
                    raise ValueError
                yield {"weekday": day, "period_begin": hours[begin], "period_end": hours[end]}
            elif hours is not None:
                raise ValueError


def each_day(items: Part, value: list[Any]) -> Any:
    """Return regular hours with one weekday each; None where each has one."""
    if "weekday" not in items.properties:
        return None
    days = [each.get("weekday") if isinstance(each, dict) else None for each in value]
    if not any(isinstance(each, list) and 1 < len(each) <= _WEEK for each in days):
        return None
    return [
        one
        for each, of_one in zip(value, days, strict=True)
        for one in (_one_by_one(each, of_one) if isinstance(of_one, list) else [each])
    ]


def _one_by_one(hours: dict[str, Any], days: list[Any]) -> list[dict[str, Any]]:
    return [{**hours, "weekday": day} for day in days[:_WEEK]]


FORMS: Final = (("hours-text", _hours),)
"""The rule that makes opening times; None where it does not apply."""

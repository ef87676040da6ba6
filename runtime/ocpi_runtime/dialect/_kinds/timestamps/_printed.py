"""Moments as programs print them: by the week, in words, with the day first."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

__all__ = ["printed"]

_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_WEEK: Final = re.compile(
    r"([0-9]{4})-?W([0-9]{2})-?([1-7])([Tt][0-9:.]{5,16}(?:Z|[+-][0-9:]{2,5})?)?\Z"
)
_WORDS: Final = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>[0-9]{1,2}) (?:(?P<year>[0-9]{4}) )?"
    rf"(?P<time>{_TIME})(?: (?:GMT|UTC)(?P<zone>[+-][0-9]{{4}})?)?"
    r"(?: (?P<last>[0-9]{4}))?(?: \([A-Za-z ]{1,40}\))?\Z"
)
_DAY_FIRST: Final = re.compile(
    r"(1[3-9]|2[0-9]|3[01])[./-]([0-9]{1,2})[./-]([0-9]{4})[T ]"
    r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)\Z"
)
_DOTTED: Final = re.compile(
    r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})[T ,]{1,2}([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)\Z"
)
_TWELVE_HOURS: Final = re.compile(
    r"(?:(?P<name>[A-Z][a-z]{2})[a-z]{0,6} (?P<first>[0-9]{1,2}),|(?P<month>0?[1-9]|1[0-2])/"
    r"(?P<day>1[3-9]|2[0-9]|3[01])/) ?(?P<year>[0-9]{4}),? (?P<hour>[0-9]{1,2}):"
    r"(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?[ \u202f](?P<half>[AaPp])[Mm]\Z"
)
_COLON: Final = re.compile(rf"(.{{10}}[T ]{_TIME}):([0-9]{{1,9}}(?:Z|[+-][0-9:]{{2,6}})?)\Z")
_NOON: Final = 12
_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"


def printed(text: str) -> str | None:
    """Return a moment in a form near to DateTime; None where it is in no such form."""
    for pattern, read in _FORMS:
        found = pattern.match(text)
        if found is not None:
            return read(found)
    return None


def _of_week(found: re.Match[str]) -> str | None:
    try:
        day = date.fromisocalendar(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return f"{day.isoformat()}{found[4] or 'T00:00:00Z'}"


def _of_words(found: re.Match[str]) -> str | None:
    at = _MONTHS.find(found["month"])
    year = found["year"] or found["last"]
    if at < 0 or not year:
        return None
    return f"{year}-{at // 3 + 1:02}-{found['day']:0>2}T{found['time']}{found['zone'] or 'Z'}"


def _day_first(found: re.Match[str]) -> str:
    day, month, year, time = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}T{time if time[1] != ':' else '0' + time}"


def _of_twelve(found: re.Match[str]) -> str | None:
    """Return a moment with AM or PM: the month by its name, or before a day above 12."""
    at = 3 * (int(found["month"]) - 1) if found["month"] else _MONTHS.find(found["name"])
    hour = int(found["hour"])
    if at < 0 or at % 3 or not 1 <= hour <= _NOON:
        return None
    hour = hour % _NOON + (_NOON if found["half"] in "Pp" else 0)
    day = f"{found['year']}-{at // 3 + 1:02}-{found['day'] or found['first']:0>2}"
    return f"{day}T{hour:02}:{found['minute']}:{found['second'] or '00'}Z"


def _colon(found: re.Match[str]) -> str:
    return f"{found[1]}.{found[2]}"


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...]] = (
    (_WEEK, _of_week),
    (_WORDS, _of_words),
    (_DAY_FIRST, _day_first),
    (_DOTTED, _day_first),
    (_TWELVE_HOURS, _of_twelve),
    (_COLON, _colon),
)

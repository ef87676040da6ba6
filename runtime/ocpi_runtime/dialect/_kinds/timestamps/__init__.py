"""Timestamps in other forms than DateTime."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

from ocpi_runtime._codec.timestamps import MAX_LENGTH, format_timestamp
from ocpi_runtime.dialect._kinds.timestamps._printed import printed
from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["RULES", "STEPS"]

_SECTION: Final = "types: DateTime"
RULES: Final = (
    Rule(
        "timestamp-epoch",
        "standard",
        "Seconds, or thousandths, millionths or less of them, since 1970 are written as DateTime.",
        _SECTION,
    ),
    Rule(
        "timestamp-form",
        "standard",
        "A moment as ISO 8601 without signs or by its week, as RFC 1123, with a day above 12 "
        "first, or as Go, Java, JavaScript, .NET or MongoDB print it is written as DateTime; a "
        "second 60 is 59, 24:00 is 00:00 of the next day.",
        _SECTION,
    ),
    Rule(
        "timestamp-separator",
        "standard",
        "A space or t between date and time becomes T.",
        _SECTION,
    ),
    Rule(
        "timestamp-seconds",
        "standard",
        "Missing seconds become 00.",
        _SECTION,
    ),
    Rule(
        "timestamp-offset",
        "standard",
        "A moment with an offset, or a zone such as CET, is converted to UTC; the zones Z, UTC and "
        "GMT are written Z.",
        _SECTION,
    ),
    Rule(
        "timestamp-length",
        "standard",
        "A fraction of more than three digits is cut to milliseconds.",
        _SECTION,
    ),
    Rule(
        "timestamp-date",
        "lenient",
        "A date without time is midnight UTC.",
        _SECTION,
    ),
)

_EPOCH: Final = re.compile(r"([0-9]{9,10}(?:[0-9]{3}){0,3})(?:\.[0-9]+)?\Z")
_DOT_NET: Final = re.compile(r"\\?/Date\(([0-9]{12,13})(?:[+-][0-9]{4})?\)\\?/\Z")
_COMPACT: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})[Tt]?([0-9]{2})([0-9]{2})([0-9]{2})(Z?|[+-][0-9]{4})\Z"
)
_SINGLE_DIGITS: Final = re.compile(
    r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[T ]([0-9]{1,2})[:.]([0-9]{1,2})"
    r"(?:[:.]([0-9]{1,2})(?=[^0-9]|\Z))?(.*)\Z"
)
_TAIL: Final = re.compile(
    r"(?:(?<=Z)Z|(?<=Z)[+-]00:?00|(?<=[+-][0-9]{2}:[0-9]{2})Z|(?<=[+-][0-9]{4}) [A-Z]{3,4}|"
    r"\[(?:UTC|GMT|Z)\]|(?<=Z)\[[A-Za-z_/+-]+\]|(?<=[+-][0-9]{2}:[0-9]{2})\[[A-Za-z_/+-]+\]|\.Z?)\Z"
)
_PLAIN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:")
_LONGEST_SECONDS: Final = 10
_RFC_1123: Final = re.compile(r"[A-Z][a-z]{2}, [0-9A-Za-z: ]{18,22} (?:GMT|[+-][0-9]{4})\Z")
_SEPARATED: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ t]+(?=[0-9]{2}:[0-9]{2})")
_NO_SECONDS: Final = re.compile(r"(.{10}T[0-9]{2}:[0-9]{2})(?=(?:Z|[+-].*|\s.*)?\Z)")
_ZONE: Final = re.compile(
    r"(.{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?)\s*(z|utc|gmt|cet|cest|eet|eest|wet|west|[+-][0-9]{2}:?(?:[0-9]{2})?)\Z",
    re.IGNORECASE,
)
_ZEROES: Final = frozenset({"Z", "UTC", "GMT", "WET"})
_ZONES: Final = {
    "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00", "WEST": "+01:00",
}  # fmt: skip
_FRACTION: Final = re.compile(r"(.{10}T[0-9]{2}:[0-9]{2}:[0-9]{2})[.,]([0-9]+)(Z?)\Z")
_DATE: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})\Z")
_LEAP: Final = re.compile(r"(.{10}[Tt ][0-9]{2}:[0-9]{2}:)60(?=[^0-9]|\Z)")
_MIDNIGHT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T24:00(?::00(?:\.0+)?)?Z?\Z")


def _epoch(value: Any) -> Any:
    text = str(value) if isinstance(value, int | float | Decimal | str) else ""
    if isinstance(value, bool) or not _EPOCH.match(text):
        return value
    digits = len(text.partition(".")[0])
    seconds = Decimal(text) / 1000 ** -((_LONGEST_SECONDS - digits) // 3)
    return format_timestamp(datetime.fromtimestamp(float(seconds), UTC))


def _form(value: Any) -> Any:
    text = str(value) if type(value) is int else value if isinstance(value, str) else ""
    text = text.strip(" \"'")
    if (after := printed(text)) is not None:
        return after
    if found := _DOT_NET.match(text):
        return _epoch(found[1])
    text = _LEAP.sub(r"\g<1>59", text, count=1)
    if found := _COMPACT.match(text):
        return "{}-{}-{}T{}:{}:{}{}".format(*found.groups())
    if (found := _SINGLE_DIGITS.match(text)) and not _PLAIN.match(text):
        *day, hour, minute, second, rest = found.groups()
        second = "" if second is None else f":{second:0>2}"
        text = "{}-{:0>2}-{:0>2}".format(*day) + f"T{hour:0>2}:{minute:0>2}{second}{rest}"
    elif _RFC_1123.match(text):
        try:
            return format_timestamp(parsedate_to_datetime(text))
        except ValueError:
            return value
    tail = _TAIL.search(text)
    if tail is not None:
        text = text[: tail.start()] + ("Z" if tail[0] == ".Z" else "")
    return text if text and text != value else value


def _next_day(value: Any) -> Any:
    found = _MIDNIGHT.match(value) if isinstance(value, str) else None
    if found is None:
        return value
    try:
        moment = datetime.fromisoformat(f"{found[1]}T00:00:00+00:00") + timedelta(days=1)
    except (ValueError, OverflowError):
        return value
    return format_timestamp(moment)


def _separator(value: Any) -> Any:
    return _SEPARATED.sub(r"\1T", value, count=1) if isinstance(value, str) else value


def _seconds(value: Any) -> Any:
    return _NO_SECONDS.sub(r"\1:00", value, count=1) if isinstance(value, str) else value


def _offset(value: Any) -> Any:
    found = _ZONE.match(value) if isinstance(value, str) else None
    if found is None:
        return value
    zone = _ZONES.get(found[2].upper(), found[2].upper())
    if zone in _ZEROES:
        return f"{found[1]}Z"
    try:
        moment = datetime.fromisoformat(f"{found[1]}{zone}".replace(",", "."))
        return format_timestamp(moment)
    except ValueError:
        return value


def _length(value: Any) -> Any:
    found = _FRACTION.match(value) if isinstance(value, str) else None
    if found is None or (len(value) <= MAX_LENGTH and "," not in value):
        return value
    return f"{found[1]}.{found[2][:3]}{found[3]}"


def _date(value: Any) -> Any:
    found = _DATE.match(value) if isinstance(value, str) else None
    return "{}-{}-{}T00:00:00Z".format(*found.groups()) if found else value


STEPS: Final = (
    Step("timestamp-epoch", _epoch),
    Step("timestamp-form", _next_day),
    Step("timestamp-form", _form),
    Step("timestamp-date", _date),
    Step("timestamp-separator", _separator),
    Step("timestamp-seconds", _seconds),
    Step("timestamp-offset", _offset),
    Step("timestamp-length", _length),
)

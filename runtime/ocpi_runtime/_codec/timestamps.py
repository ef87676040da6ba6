"""Timestamps between the wire and the user (DateTime, types chapter of the specification).

On the wire: RFC 3339 without offsets, at most 25 characters, sent with ``Z``. For the user:
aware datetimes. Text without a zone designator means UTC.
"""

import re
from datetime import UTC, datetime

from msgspec import to_builtins

__all__ = [
    "MAX_LENGTH",
    "TIMESTAMP_PATTERN",
    "TIMESTAMP_PATTERNS",
    "ZONED_PATTERN",
    "format_timestamp",
    "parse_timestamp",
    "timestamp_fault",
]

MAX_LENGTH = 25
_SURELY_TOO_LONG = 200
_MILLISECOND = 1000
_FOURTH_DIGIT = 100
"""Microseconds."""
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
_ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?"
_LEAP_YEAR = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    r"([0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])"
    rf"|{_LEAP_YEAR}-02-29)"
)
TIMESTAMP_PATTERN = f"^{_DATE}{_TIME}Z?$"
"""All timestamps that exist and no others: the calendar is in it, the length is not.

Year 0 is let through, since a pattern for it would cost more than it tells; decoding refuses it.
"""
ZONED_PATTERN = f"^{_DATE}{_TIME}{_ZONE}$"
"""The same, and timestamps with an offset: OCPI 2.0 has them."""
TIMESTAMP_PATTERNS = frozenset({TIMESTAMP_PATTERN, ZONED_PATTERN})

_EXISTING = re.compile(TIMESTAMP_PATTERN[:-1] + r"\Z")
_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?\Z")
_OFFSET = re.compile(r".*[+-][0-9]{2}:?[0-9]{2}\Z")
_OFFSET_BEHIND = re.compile(r"(?<=[0-9])[+-]([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def format_timestamp(instant: datetime) -> str:
    """Write an instant as DateTime: in UTC, with ``Z``, in at most 25 characters.

    Fractions are cut to milliseconds, or to four digits where the fourth says something.

    Raises:
        ValueError: The datetime is naive, so that nobody knows which instant it is.
    """
    if instant.tzinfo is not UTC:
        instant = _in_utc(instant)
    # msgspec takes a fifth of the time, and knows no subclasses.
    text: str = to_builtins(instant) if type(instant) is datetime else instant.isoformat()
    micros = instant.microsecond
    if micros % _MILLISECOND >= _FOURTH_DIGIT:
        return f"{text[:24]}Z"
    return f"{text[:23]}Z" if micros >= _MILLISECOND else f"{text[:19]}Z"


def _in_utc(instant: datetime) -> datetime:
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError(
            f"The datetime {instant.isoformat()} is without time zone; use an aware one, "
            "such as datetime.now(UTC)."
        )
    if not offset:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(
            f"The datetime {instant.isoformat()} cannot be represented in UTC."
        ) from None


def parse_timestamp(text: str, *, zoned: bool = False) -> datetime:
    """Read DateTime from text outside of JSON, such as a query parameter. The result is in UTC.

    Args:
        text: What was sent.
        zoned: Whether it may carry an offset.

    Raises:
        ValueError: It is no DateTime; the message continues a sentence that names the field.
    """
    fault = timestamp_fault(text, zoned=zoned)
    if fault:
        raise ValueError(fault)
    try:
        instant = datetime.fromisoformat(text.removesuffix("Z"))
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("has a year that is not supported") from None


def timestamp_fault(text: str, *, zoned: bool) -> str:
    """Describe what is wrong with a text that should be a DateTime, as the rest of a sentence.

    Args:
        text: What was sent.
        zoned: Whether it may carry an offset.

    Returns:
        An empty text if nothing is.
    """
    if len(text) > _SURELY_TOO_LONG:
        return f"is {len(text)} characters long, at most {MAX_LENGTH} are allowed in a timestamp"
    if zoned:
        text = _OFFSET_BEHIND.sub("", text)
    if not _EXISTING.match(text):
        return _form_fault(text, zoned=zoned)
    if len(text) > MAX_LENGTH:
        return f"is {len(text)} characters long, at most {MAX_LENGTH} are allowed in a timestamp"
    return ""


def _form_fault(text: str, *, zoned: bool) -> str:
    if _SHAPE.match(text):
        return "is not an existing date and time"
    if not zoned and _OFFSET.match(text) and "T" in text:
        return "carries an offset; timestamps are in UTC and end with Z"
    return "is not a timestamp of the form 2024-06-29T20:39:09Z"

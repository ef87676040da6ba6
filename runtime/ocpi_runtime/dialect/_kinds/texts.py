"""Characters that are not allowed in texts, and texts that are too long."""

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["ASCII_PATTERN", "BLANKS", "RULES", "is_identifier", "steps"]

_SECTION: Final = "types: CiString and string"
RULES: Final = (
    Rule(
        "blanks",
        "standard",
        "Blanks at the ends of a value that cannot be read with them are removed.",
        _SECTION,
    ),
    Rule(
        "control-characters",
        "standard",
        "Control characters and line breaks become spaces; characters without width go.",
        _SECTION,
    ),
    Rule(
        "non-ascii",
        "lenient",
        "Letters beyond ASCII become those below them where ASCII is expected.",
        _SECTION,
    ),
    Rule(
        "text-length",
        "lenient",
        "A text that is too long is cut.",
        _SECTION,
    ),
    Rule(
        "id-length",
        "lenient",
        "An identifier that is too long is cut and ends with a hash, so that it stays unique.",
        _SECTION,
    ),
    Rule(
        "image-type",
        "standard",
        "A media type such as image/png becomes the type of the image, png.",
        "locations: Image",
    ),
    Rule(
        "date-form",
        "standard",
        "A day such as 2026/1/5, 20260105, or one with a time of midnight is written as "
        "2026-01-05.",
        "tariffs: TariffRestrictions",
    ),
    Rule(
        "time-of-day",
        "standard",
        "A time of day such as 8.00, 0800, 8:00:00, 8h or 8:00 PM is written as 08:00; 24:00 "
        "becomes 23:59.",
        "locations: RegularHours",
    ),
)

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_NO_WIDTH: Final = re.compile("[\u200b-\u200f\u2060\ufeff]+")
ASCII_PATTERN: Final = r"^[\x20-\x7E]*$"
_TIME_PATTERN: Final = ":[0-5][0-9]$"
_TIME: Final = re.compile(
    r"T?([0-9]{1,2})[:.hH]([0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?([AaPp])\.?[Mm]\.?)?\Z"
)
_HOUR: Final = re.compile(r"([0-9]{1,2})()(?: ?[hH]| ?([AaPp])\.?[Mm]\.?)?\Z")
_DIGITS: Final = re.compile(r"([0-9]{1,2})([0-9]{2})()\Z")
_DATE_PATTERN: Final = "^([12][0-9]{3})-"
_DATE: Final = re.compile(
    r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0{1,9})?)?Z?)?\Z"
)
_MEDIA_TYPE: Final = re.compile(r"\s*\.?(?:image/)?([A-Za-z]{3,4})(?:\+xml)?\s*\Z")
_LETTERS: Final = str.maketrans({
    "\u0131": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "ð": "d",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2019": "'",
})  # fmt: skip
_IMAGE_TYPE: Final = 4
_HASH: Final = 8
_SHORTEST_CUT: Final = 8
"""What is cut shorter says something else: a floor, the type of an image."""
_SHORTEST_ID: Final = 20


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


BLANKS: Final = Step("blanks", _stripped)


def steps(part: Part) -> Iterator[Step]:
    """Yield the repairs of a text."""
    yield BLANKS
    yield Step("control-characters", _without_control)
    if part.schema.get("pattern") == ASCII_PATTERN:
        yield Step("non-ascii", _ascii)
    if _TIME_PATTERN in part.schema.get("pattern", ""):
        yield Step("time-of-day", _time_of_day)
        return
    if part.schema.get("pattern", "").startswith(_DATE_PATTERN):
        yield Step("date-form", _date)
        return
    limit = part.max_length
    if (part.field, limit) == ("type", _IMAGE_TYPE):
        yield Step("image-type", _image_type)
    if limit is None or part.name == "URL":
        return
    if is_identifier(part.field):
        if limit >= _SHORTEST_ID:
            yield Step("id-length", lambda value: _shortened(value, limit))
    elif limit >= _SHORTEST_CUT:
        yield Step("text-length", lambda value: _cut(value, limit))


def is_identifier(field: str) -> bool:
    """Return whether a field refers to something by its name."""
    return field in {"id", "uid"} or field.endswith(("_id", "_uid"))


def _without_control(value: Any) -> Any:
    if not isinstance(value, str) or not (_CONTROL.search(value) or _NO_WIDTH.search(value)):
        return value
    return _CONTROL.sub(" ", _NO_WIDTH.sub("", value)).strip()


def _ascii(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    plain = unicodedata.normalize("NFKD", value.translate(_LETTERS))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return letters if letters.isascii() else value


def _image_type(value: Any) -> Any:
    found = _MEDIA_TYPE.match(value) if isinstance(value, str) else None
    return found[1].lower() if found else value


def _cut(value: Any, limit: int) -> Any:
    return value[:limit].rstrip() if isinstance(value, str) and len(value) > limit else value


def _shortened(value: Any, limit: int) -> Any:
    if not isinstance(value, str) or len(value) <= limit:
        return value
    return f"{value[: limit - _HASH - 1]}~{sha256(value.encode()).hexdigest()[:_HASH]}"


def _time_of_day(value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else ""
    found = _TIME.match(text) or _DIGITS.match(text) or _HOUR.match(text)
    if found is None:
        return value
    hour, half = int(found[1]), found[3]
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    time = f"{hour:02}:{found[2] or '00'}"
    return "23:59" if time == "24:00" else time


def _date(value: Any) -> Any:
    found = _DATE.match(value.strip()) if isinstance(value, str) else None
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else value

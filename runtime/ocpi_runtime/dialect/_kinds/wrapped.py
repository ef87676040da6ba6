"""Values inside something else: an envelope, JSON as text, the form of a database."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ocpi_runtime._codec.unreadable import read_exact
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.errors import OcpiError

__all__ = ["NESTED", "RULES", "stored_value"]

RULES: Final = (
    Rule(
        "wrapped",
        "standard",
        "An object or list below the name of its class or field, or in an envelope or page, is "
        "taken out of it.",
        "transport: response format",
    ),
    Rule(
        "json-text",
        "standard",
        "JSON of an object or list that is written as text is read.",
        "transport: JSON",
    ),
    Rule(
        "stored-value",
        "standard",
        "A value as databases and Java write it, such as {$date: ...}, {_seconds: ...} or "
        "[2026, 1, 31, 10, 0], becomes the value.",
        "transport: JSON",
    ),
)

_ENVELOPE: Final = frozenset({"status_code", "status_message", "timestamp"})
_INNER: Final = frozenset({
    "data", "result", "results", "item", "items", "object", "attributes", "properties", "value",
    "values", "node", "embedded", "geo", "location", "position",
})  # fmt: skip
_BESIDE: Final = frozenset({
    "count", "total", "totalcount", "totalelements", "size", "page", "links", "meta", "pageinfo",
    "pagination", "id", "type", "context",
})  # fmt: skip
"""What is beside a list in pages of other protocols, as letters."""
_LONGEST_TEXT: Final = 64 * 1024
_OTHER_THAN_LETTERS: Final = re.compile(r"[^a-z]+")
_STORED: Final = ("$date", "$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal")
_SECONDS: Final = (
    ("_seconds", "_nanoseconds"), ("seconds", "nanos"), ("seconds", "nanoseconds"),
    ("epochSecond", "nano"),
)  # fmt: skip
_JSON_TEXT: Final = re.compile(r'\s*(?:"\s*)?[{\[]')
"""An object or list as text, or as text within text."""
_FIELDS: Final = range(5, 8)
_NANOSECONDS: Final = 7


def _unwrapped(part: Part, value: Any) -> Any:
    """Return the one object or list in an object that has no field of the class."""
    if not isinstance(value, dict) or not value or value.keys() & part.properties.keys():
        return None
    rest = [name for name in value if name not in _ENVELOPE]
    if part.items is not None:
        return _list_in(part.items, value, rest)
    inner = value[rest[0]] if len(rest) == 1 else None
    named = _letters(rest[0]) if rest else ""
    is_inner = named in _INNER or named in _names_of(part)
    is_one = isinstance(inner, dict) or (isinstance(inner, list) and len(inner) == 1)
    return inner if is_inner and is_one and inner else None


def _list_in(items: Part, value: dict[str, Any], names: list[str]) -> Any:
    """Return the one list, or the object that has it, in an object where a list is expected."""
    if value.keys() & items.properties.keys():
        return None
    found = [name for name in names if isinstance(value[name], list)]
    others = [each for each in names if each not in found and _letters(each) not in _BESIDE]
    if len(found) == 1 and not others:
        return value[found[0]]
    inner = value[names[0]] if len(names) == 1 else None
    named = _letters(names[0]) if names else ""
    is_inner = named in _INNER or named in _names_of(items)
    is_object = isinstance(inner, dict) or (isinstance(inner, str) and not items.properties)
    return inner if is_inner and is_object and inner else None


def _names_of(part: Part) -> frozenset[str]:
    """Return the names that an object or list of a class has in others, as letters."""
    own = {_letters(each) for each in (part.name, part.field) if each}
    return frozenset(own | {name.removesuffix("patch") for name in own})


def _letters(name: str) -> str:
    return _OTHER_THAN_LETTERS.sub("", name[:40].lower())


def _parsed(_: Part, value: Any) -> Any:
    is_text = isinstance(value, str) and len(value) <= _LONGEST_TEXT
    if not is_text or not _JSON_TEXT.match(value):
        return None
    try:
        return read_exact(value.encode())
    except (OcpiError, UnicodeEncodeError):
        return None


NESTED: Final[tuple[tuple[str, Callable[[Part, Any], Any]], ...]] = (
    ("json-text", _parsed),
    ("wrapped", _unwrapped),
)
"""The rules that take an object or list out of something; None where one does not apply."""


def stored_value(part: Part, value: Any) -> Any:
    """Return the value that an object or list of a database stands for; None if it is none."""
    if isinstance(value, list):
        return _of_java(value) if part.is_moment else None
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        if name in _STORED:
            return stored_value(part, inner) if isinstance(inner, dict) else inner
    if part.is_moment and value.keys() in ({"_seconds"}, {"seconds"}, {"epochSecond"}):
        return next(iter(value.values()))
    for seconds, nanos in _SECONDS if part.is_moment else ():
        if value.keys() == {seconds, nanos} and _are_integers(value.values()):
            return Decimal(value[seconds]) + Decimal(value[nanos]).scaleb(-9)
    return None


def _of_java(value: list[Any]) -> str | None:
    """Return the moment of year, month, day, hour, minute, second and nanosecond."""
    if len(value) not in _FIELDS or not _are_integers(value):
        return None
    nanos = value[6] if len(value) == _NANOSECONDS else 0
    try:
        return datetime(*value[:6], microsecond=nanos // 1000).isoformat()  # type: ignore[misc] # noqa: DTZ001 - without a zone it is UTC
    except (ValueError, TypeError, OverflowError):
        return None


def _are_integers(values: Any) -> bool:
    return all(type(each) is int and abs(each) < 10**12 for each in values)

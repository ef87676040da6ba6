"""Lists that are written as something else."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from ocpi_runtime.dialect._kinds.hours import days_of
from ocpi_runtime.dialect._kinds.hours.days import DAYS
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["FORMS", "RULES", "joined", "spread"]

_SECTION: Final = "types: cardinality"
RULES: Final = (
    Rule(
        "keyed-items",
        "standard",
        "Objects below their ids, where a list of objects is expected, become the list; one "
        "without id gets that of its place.",
        _SECTION,
    ),
    Rule(
        "listed-text",
        "standard",
        "Values of an enum in one text, with commas, semicolons or bars between them, become "
        "the list, and Mo-Fr the days.",
        _SECTION,
    ),
    Rule(
        "flags",
        "standard",
        "Values of an enum as names with true or false become the list of those with true.",
        _SECTION,
    ),
    Rule(
        "nested-list",
        "standard",
        "Lists in a list, where none are expected, are joined.",
        _SECTION,
    ),
    Rule(
        "texts-by-language",
        "standard",
        "Texts below their languages become the list of display texts.",
        "types: DisplayText",
    ),
)

_SEPARATORS: Final = re.compile(r"[,;|]")
_MOST: Final = 100
_DIGITS: Final = 6
_PAIR: Final = 2
_LONGEST_DAYS: Final = 40
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2}\Z")
_TEXT: Final = frozenset({"language", "text"})


def _keyed(items: Part, value: Any) -> Any:
    """Return objects that are below their ids."""
    is_keyed = (
        isinstance(value, dict)
        and bool(value)
        and "object" in items.types
        and all(isinstance(each, dict) and each for each in value.values())
        and not (value.keys() & items.properties.keys())
        and all(items.properties.keys() & each.keys() for each in value.values())
    )
    if not is_keyed:
        return None
    name = next((each for each in ("uid", "id", "weekday") if each in items.required), None)
    if name is None:
        return [*value.values()]
    return [each if each.get(name) else {**each, name: key} for key, each in value.items()]


def _numbered(items: Part, value: Any) -> Any:
    """Return values that are below the numbers of their places."""
    is_numbered = isinstance(value, dict) and value and "object" not in items.types
    if not is_numbered or not all(name.isdecimal() and len(name) < _DIGITS for name in value):
        return None
    return [value[name] for name in sorted(value, key=int)]


def _by_option(items: Part, value: Any) -> Any:
    """Return objects of a value of an enum and a number that are written as names and numbers."""
    names = sorted(items.required, key=lambda each: not _options_of(items, each))
    if len(names) != _PAIR or items.properties.keys() != set(names) or not isinstance(value, dict):
        return None
    options = _options_of(items, names[0])
    numbers = [isinstance(each, int | float | Decimal | str) for each in value.values()]
    if not value or not {each.upper() for each in value} <= {*options} or not all(numbers):
        return None
    return [{names[0]: key.upper(), names[1]: each} for key, each in value.items()]


def _options_of(part: Part, name: str) -> tuple[str, ...]:
    field = part.field_part(name)
    return field.options if field else ()


def _listed(items: Part, value: Any) -> Any:
    """Return values of an enum that are in one text."""
    if not items.options or not isinstance(value, str) or items.is_valid(value):
        return None
    if "MONDAY" in items.options and "-" in value[:_LONGEST_DAYS]:
        return _days(value)
    if not _SEPARATORS.search(value):
        words = value.split(maxsplit=_MOST)
        return words if len(words) > 1 and all(map(items.is_valid, words)) else None
    found = _SEPARATORS.split(value, _MOST)
    return [each.strip() for each in found if each.strip()] if len(found) <= _MOST else None


def _days(value: str) -> Any:
    try:
        return [DAYS[day - 1] for day in days_of(value[:_LONGEST_DAYS].strip())]
    except ValueError:
        return None


def joined(items: Part, value: list[Any]) -> Any:
    """Return a list without lists in it; None where none are, or lists are due."""
    if "array" in items.types or not any(isinstance(each, list) for each in value):
        return None
    due = dict if "object" in items.types else (str, int, bool)
    inner = [part for each in value if isinstance(each, list) for part in each]
    if not inner or not all(isinstance(each, due) for each in inner) or len(inner) > _MOST:
        return None
    return [part for each in value for part in (each if isinstance(each, list) else [each])]


def spread(items: Part, value: list[Any]) -> Any:
    """Return a list in which each value of an enum is an item; None where each is."""
    found = [_listed(items, each) for each in value]
    if not any(found):
        return None
    return [part for own, each in zip(value, found, strict=True) for part in each or [own]]


def _flags(items: Part, value: Any) -> Any:
    is_flags = isinstance(value, dict) and value and bool(items.options)
    if not is_flags or not all(isinstance(each, bool) for each in value.values()):
        return None
    return [name for name, is_set in value.items() if is_set]


def _by_language(items: Part, value: Any) -> Any:
    is_texts = isinstance(value, dict) and value and items.properties.keys() == _TEXT
    if not is_texts or value.keys() & _TEXT:
        return None
    if not all(_LANGUAGE.match(name) and isinstance(text, str) for name, text in value.items()):
        return None
    return [{"language": name.lower(), "text": text} for name, text in value.items() if text]


FORMS: Final[tuple[tuple[str, Callable[[Part, Any], Any]], ...]] = (
    ("keyed-items", _keyed),
    ("keyed-items", _numbered),
    ("keyed-items", _by_option),
    ("listed-text", _listed),
    ("flags", _flags),
    ("texts-by-language", _by_language),
)
"""The rules that make a list, each with the function that does; None where it does not apply."""

"""Lists that are written as something else."""

import re
from collections.abc import Callable
from typing import Any, Final

from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["FORMS", "RULES"]

_SECTION: Final = "types: cardinality"
RULES: Final = (
    Rule(
        "keyed-items",
        "standard",
        "Objects below their ids, where a list of objects is due, become the list; one without "
        "id gets that of its place.",
        _SECTION,
    ),
    Rule(
        "listed-text",
        "standard",
        "Values of an enum in one text, with commas, semicolons or bars between them, become "
        "the list.",
        _SECTION,
    ),
    Rule(
        "flags",
        "standard",
        "Values of an enum as names with true or false become the list of those with true.",
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
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2}\Z")
_TEXT: Final = frozenset({"language", "text"})


def _keyed(items: Part, value: Any) -> Any:
    """Return objects that stand below their ids."""
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


def _listed(items: Part, value: Any) -> Any:
    if not items.options or not isinstance(value, str) or not _SEPARATORS.search(value):
        return None
    found = _SEPARATORS.split(value, _MOST)
    return [each.strip() for each in found if each.strip()] if len(found) <= _MOST else None


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
    ("listed-text", _listed),
    ("flags", _flags),
    ("texts-by-language", _by_language),
)
"""The rules that make a list, each with the function that does; None where it does not apply."""

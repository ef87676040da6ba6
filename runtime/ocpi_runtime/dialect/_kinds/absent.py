"""Empty values and nulls that stand for an absent field, and lists where one object is expected."""

from typing import Any, Final

from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "is_empty", "is_placeholder"]

_CARDINALITY: Final = "types: cardinality"
RULES: Final = (
    Rule(
        "empty-optional",
        "standard",
        "An empty text, list or object, or null, stands for an absent optional field.",
        _CARDINALITY,
    ),
    Rule(
        "placeholder",
        "lenient",
        "A text such as N/A, null or - that no value of a field can be stands for an absent one.",
        _CARDINALITY,
    ),
    Rule(
        "null-in-list",
        "standard",
        "Nulls in a list, and empty items that cannot be read, are left out.",
        _CARDINALITY,
    ),
    Rule(
        "single-item",
        "standard",
        "One value where a list is expected becomes a list of it.",
        _CARDINALITY,
    ),
    Rule(
        "list-of-one",
        "standard",
        "A list of one value where a value is expected becomes the value.",
        _CARDINALITY,
    ),
)

_PLACEHOLDERS: Final = frozenset({
    "null", "n/a", "na", "none", "nil", "nan", "undefined", "not available", "-", "--", "(null)",
})  # fmt: skip
_LONGEST: Final = 20


def is_placeholder(value: Any) -> bool:
    """Return whether a text says that there is no value."""
    is_short = isinstance(value, str) and len(value) <= _LONGEST
    return is_short and value.strip().lower() in _PLACEHOLDERS


def is_empty(value: Any) -> bool:
    """Return whether a value holds nothing."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return all(each is None or each == "" for each in value)
    return value is None or value == {}

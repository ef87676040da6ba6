"""Empty values and nulls that stand for an absent field, and lists where one object is due."""

from typing import Any, Final

from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "is_empty"]

_CARDINALITY: Final = "types: cardinality"
RULES: Final = (
    Rule(
        "empty-optional",
        "standard",
        "An empty text, list or object, or null, stands for an absent optional field.",
        _CARDINALITY,
    ),
    Rule(
        "null-in-list",
        "standard",
        "Nulls in a list are left out.",
        _CARDINALITY,
    ),
    Rule(
        "single-item",
        "standard",
        "One value where a list is due becomes a list of it.",
        _CARDINALITY,
    ),
    Rule(
        "list-of-one",
        "standard",
        "A list of one value where a value is due becomes the value.",
        _CARDINALITY,
    ),
)


def is_empty(value: Any) -> bool:
    """Return whether a value holds nothing."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return all(each is None for each in value)
    return value is None or value == {}

"""Objects and lists of objects in another form."""

from collections.abc import Callable
from typing import Any, Final

from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "TEXTS", "is_keyed"]

RULES: Final = (
    Rule(
        "keyed-items",
        "standard",
        "Objects below their ids, where a list of objects is due, become the list.",
        "types: cardinality",
    ),
    Rule(
        "text-name",
        "standard",
        "A text where business details are due becomes their name.",
        "locations: BusinessDetails",
    ),
    Rule(
        "text-opening-times",
        "standard",
        "The text 24/7, or true, where opening times are due becomes twentyfourseven.",
        "locations: Hours",
    ),
)

_DETAILS: Final = frozenset({"name", "website", "logo"})
_ALWAYS: Final = frozenset({"24/7", "24x7", "247", "24h", "24 hours", "always", "always open"})


def is_keyed(items: Part, value: Any) -> bool:
    """Return whether an object stands for a list of objects, each below its id."""
    return (
        isinstance(value, dict)
        and bool(value)
        and "object" in items.types
        and all(isinstance(each, dict) and each for each in value.values())
        and not (value.keys() & items.properties.keys())
        and all(items.properties.keys() & each.keys() for each in value.values())
    )


def _name(part: Part, value: Any) -> Any:
    is_name = isinstance(value, str) and value.strip() and part.properties.keys() == _DETAILS
    return {"name": value} if is_name else None


def _opening_times(part: Part, value: Any) -> Any:
    if "twentyfourseven" not in part.properties:
        return None
    is_always = value is True or (isinstance(value, str) and value.strip().lower() in _ALWAYS)
    return {"twentyfourseven": True} if is_always else None


TEXTS: Final[tuple[tuple[str, Callable[[Part, Any], Any]], ...]] = (
    ("text-name", _name),
    ("text-opening-times", _opening_times),
)
"""The rules that make an object, each with the function that does; None where it does not apply."""

"""Objects that are written as something else, and texts that are written as objects."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "TEXTS", "amount", "text_of"]

RULES: Final = (
    Rule(
        "text-name",
        "standard",
        "A text where business details are expected becomes their name.",
        "locations: BusinessDetails",
    ),
    Rule(
        "text-opening-times",
        "standard",
        "The text 24/7, or true, where opening times are expected becomes twentyfourseven.",
        "locations: Hours",
    ),
    Rule(
        "list-opening-times",
        "standard",
        "A list of regular hours where opening times are expected becomes their regular_hours.",
        "locations: Hours",
    ),
    Rule(
        "text-image",
        "standard",
        "The URL of an image where an image is expected becomes its url.",
        "locations: Image",
    ),
    Rule(
        "object-text",
        "standard",
        "A display text, or a text below its language, where a text is expected becomes the text; "
        "of several languages the English one, or the first.",
        "types: DisplayText",
    ),
    Rule(
        "price-form",
        "lenient",
        "A number where a price is expected, as in 2.1.1, is the amount without VAT, and the other "
        "way round; excl_vat and before_taxes are the same.",
        "types: Price",
    ),
)

_AMOUNTS: Final = ("excl_vat", "before_taxes")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,12})?\Z")

_DETAILS: Final = frozenset({"name", "website", "logo"})
_ALWAYS: Final = frozenset({"24/7", "24x7", "247", "24h", "24 hours", "always", "always open"})
_TEXT: Final = frozenset({"language", "text"})
_LANGUAGE: Final = 2
_ENGLISH: Final = frozenset({"en", "EN"})
_HOURS: Final = frozenset({"weekday", "day", "period_begin", "periodBegin"})


def _name(part: Part, value: Any) -> Any:
    is_name = isinstance(value, str) and value.strip() and part.properties.keys() == _DETAILS
    return {"name": value} if is_name else None


def _opening_times(part: Part, value: Any) -> Any:
    if "twentyfourseven" not in part.properties:
        return None
    is_always = value is True or (isinstance(value, str) and value.strip().lower() in _ALWAYS)
    return {"twentyfourseven": True} if is_always else None


def _regular_hours(part: Part, value: Any) -> Any:
    if "regular_hours" not in part.properties or not isinstance(value, list) or not value:
        return None
    is_hours = all(isinstance(each, dict) and _HOURS & each.keys() for each in value)
    return {"twentyfourseven": False, "regular_hours": value} if is_hours else None


def _image(part: Part, value: Any) -> Any:
    is_url = isinstance(value, str) and value.startswith(("https://", "http://"))
    return {"url": value} if is_url and "thumbnail" in part.properties else None


def _price(part: Part, value: Any) -> Any:
    name = next((each for each in _AMOUNTS if each in part.properties), None)
    found = amount(value) if isinstance(value, dict) and name not in value else value
    is_number = isinstance(found, int | Decimal) and not isinstance(found, bool)
    is_amount = is_number or (isinstance(found, str) and bool(_AMOUNT.match(found.strip())))
    return {name: found} if name and is_amount else None


def _display_text(part: Part, value: Any) -> Any:
    is_text = isinstance(value, dict) and len(value) == 1 and part.properties.keys() == _TEXT
    text = text_of(value) if is_text else None
    name = next(iter(value)) if text else ""
    return {"language": name.lower(), "text": text} if len(name) == _LANGUAGE else None


def amount(value: dict[str, Any]) -> Any:
    """Return the amount without VAT of a price; None if it has none."""
    return next((value[name] for name in _AMOUNTS if name in value), None)


TEXTS: Final[tuple[tuple[str, Callable[[Part, Any], Any]], ...]] = (
    ("text-name", _name),
    ("text-opening-times", _opening_times),
    ("list-opening-times", _regular_hours),
    ("text-image", _image),
    ("price-form", _price),
    ("texts-by-language", _display_text),
)
"""The rules that make an object, each with the function that does; None where it does not apply."""


def text_of(value: dict[str, Any] | list[Any]) -> str | None:
    """Return the text of display texts, or of an object with texts below their languages."""
    if isinstance(value, list):
        texts = [each for each in value if isinstance(each, dict) and text_of(each)]
        english = next((each for each in texts if each.get("language") in _ENGLISH), None)
        found = english or (texts[0] if texts else None)
        return text_of(found) if found and len(texts) == len(value) else None
    text = value.get("text") if value.keys() <= _TEXT else None
    by_language = value and all(len(name) == _LANGUAGE and name.isalpha() for name in value)
    if text is None and by_language:
        text = value.get("en") or next(iter(value.values()))
    return text if isinstance(text, str) and text.strip() else None

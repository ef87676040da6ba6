"""Single values that are in an object of their own, such as ``{"value": 230, "unit": "V"}``."""

import re
from decimal import Decimal
from typing import Any, Final

from ocpi_runtime.dialect._kinds.texts import is_identifier
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.types import UNSET

__all__ = ["RULES", "address_of", "value_of"]

RULES: Final = (
    Rule(
        "value-object",
        "lenient",
        "An object that holds one value, such as {value: 230, unit: V}, {name: AVAILABLE} or "
        "{id: T1}, becomes the value.",
        "transport: JSON",
    ),
    Rule(
        "address-parts",
        "lenient",
        "Street and number, or the lines of an address, become one text.",
        "locations: Location",
    ),
)

_MOST_FIELDS: Final = 8
_ANY: Final = ("value", "$value", "#text", "_text", "$t", "_value")
_UNITS: Final = ("unit", "unitofmeasure", "unit_of_measure", "uom")
_MOMENT: Final = (
    *_ANY, "iso", "iso8601", "date", "datetime", "date_time", "dateTime", "timestamp", "time",
)  # fmt: skip
_NUMBER: Final = (*_ANY, "amount", "number")
_ENUM: Final = (*_ANY, "code", "key", "name", "id", "enum", "text", "label")
_IDENTIFIER: Final = (*_ANY, "id", "uid", "uuid", "code")
_TEXT: Final = (*_ANY, "text", "name", "title", "label", "default", "content")
_CURRENCY: Final = (*_ANY, "code", "iso", "alpha3")
_COUNTRY: Final = (*_ANY, "alpha3", "alpha_3", "iso3", "iso", "code", "alpha2", "alpha_2", "iso2")
_ZONES: Final = frozenset({"UTC", "Z", "GMT", "+00:00", "+0000"})
_OFFSET: Final = re.compile(r"[+-][0-9]{2}:?[0-9]{2}\Z")
_PLAIN: Final = (str, int, float, Decimal)
_STREET: Final = ("street", "street_name", "streetName", "road", "address", "address1", "line1")
_HOUSE: Final = ("house_number", "houseNumber", "number", "street_number", "streetNumber")


def value_of(part: Part, value: dict[str, Any]) -> Any:
    """Return the single value that an object holds; UNSET where it holds none, or several."""
    if not value or len(value) > _MOST_FIELDS:
        return UNSET
    names = [*_names(part), part.field, f"{part.field[:1].upper()}{part.field[1:]}"]
    found = [value[name] for name in names if isinstance(value.get(name), (*_PLAIN, dict, list))]
    if len(value) == 1 and not part.field:
        found += value.values()
    if part.options:
        found = [each for each in found if part.is_valid(each)] or found
    if not found:
        return UNSET
    if part.types & {"number", "integer"}:
        return _with_unit(value, found[0])
    return _with_zone(value, found[0]) if part.is_moment else found[0]


def _names(part: Part) -> tuple[str, ...]:
    if part.options:
        return _ENUM
    if part.is_moment:
        return _MOMENT
    if "string" not in part.types:
        return _NUMBER
    if part.field in {"country", "country_code"}:
        return _COUNTRY
    if part.field == "currency":
        return _CURRENCY
    return _IDENTIFIER if not part.field or is_identifier(part.field) else _TEXT


def _with_unit(value: dict[str, Any], found: Any) -> Any:
    unit = next((value[name] for name in _UNITS if isinstance(value.get(name), str)), "")
    return f"{found} {unit}" if unit and isinstance(found, _PLAIN) else found


def _with_zone(value: dict[str, Any], found: Any) -> Any:
    """Return a moment with the zone beside it, as PHP prints both."""
    zone = value.get("timezone")
    if not isinstance(found, str) or not isinstance(zone, str):
        return found
    known = zone if _OFFSET.match(zone) else "Z" if zone.upper() in _ZONES else ""
    return f"{found.removesuffix('.000000')}{known}" if known else UNSET


def address_of(part: Part, value: Any) -> Any:
    """Return the text of an address that is written in parts; UNSET where it is none."""
    if part.field != "address":
        return UNSET
    if isinstance(value, dict):
        parts = [_first(value, _STREET), _first(value, _HOUSE)]
        return " ".join(each for each in parts if each) if parts[0] else UNSET
    lines = [each.strip() for each in value if isinstance(each, str) and each.strip()]
    return ", ".join(lines) if lines and len(lines) == len(value) else UNSET


def _first(value: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (value[name] for name in names if isinstance(value.get(name), str | int))
    return next((str(each).strip() for each in found if not isinstance(each, bool)), "")

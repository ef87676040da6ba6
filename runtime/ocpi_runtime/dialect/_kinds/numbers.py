"""Numbers, booleans and texts in the type of one another."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from ocpi_runtime.dialect._kinds.hours.days import day_of
from ocpi_runtime.dialect._rule import Rule, Step

__all__ = [
    "AMOUNT",
    "BOOLEAN",
    "INTEGER",
    "NUMBER",
    "RULES",
    "TEXT",
    "WEEKDAY",
    "is_amount",
    "unit",
]

_SECTION: Final = "types: number, int and string"
RULES: Final = (
    Rule(
        "number-text",
        "standard",
        "A number that is written as text becomes a number.",
        _SECTION,
    ),
    Rule(
        "number-unit",
        "standard",
        "A unit behind a number is removed: 230 V is 230, 22 kW are 22000 W, 3x32A is 32; a "
        "duration such as PT1H or 01:00:00 becomes seconds.",
        _SECTION,
    ),
    Rule(
        "number-currency",
        "lenient",
        "A currency beside an amount, and /kWh or /h behind it, is removed.",
        _SECTION,
    ),
    Rule(
        "text-number",
        "standard",
        "A text that is written as a number becomes a text.",
        _SECTION,
    ),
    Rule(
        "integer-point",
        "standard",
        "A whole number with a decimal point loses it: 32.0 is 32.",
        _SECTION,
    ),
    Rule(
        "integer-fraction",
        "lenient",
        "A number with a fraction is rounded where an integer is expected.",
        _SECTION,
    ),
    Rule(
        "boolean-text",
        "standard",
        "The texts true and false, yes and no, on and off, 1 and 0 become booleans.",
        _SECTION,
    ),
    Rule(
        "weekday",
        "lenient",
        "A weekday of 0, or by its name, becomes a number from 1 to 7.",
        "locations: RegularHours",
    ),
)

_NUMBER: Final = re.compile(
    r"\s*[~≈]?([+-]?[0-9]{1,30})(?:[.,]([0-9]{1,30}))?([eE][+-]?[0-9]{1,2})?\s*\Z"
)
_WITH_UNIT: Final = re.compile(
    r"\s*(?:[~≈]\s*)?([1-3] ?[xX] ?)?([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*([A-Za-z%]{1,7})\s*\Z"
)
_UNITS: Final[tuple[tuple[str, Mapping[str, int | Decimal]], ...]] = (
    ("voltage", {"v": 1, "volt": 1, "volts": 1, "vac": 1, "vdc": 1, "kv": 1000}),
    ("amperage", {"a": 1, "amp": 1, "amps": 1, "ampere": 1, "amperes": 1}),
    ("power", {"w": 1, "watt": 1, "watts": 1, "kw": 1000, "mw": 1_000_000}),
    ("percentage", {"%": 1}),
    ("kwh", {"kwh": 1, "wh": Decimal("0.001"), "mwh": 1000}),
    ("total_energy", {"kwh": 1, "wh": Decimal("0.001"), "mwh": 1000}),
    ("current", {"a": 1, "amp": 1, "amps": 1}),
    ("duration", {"s": 1, "sec": 1, "min": 60, "h": 3600}),
)
"""Units by a part of the name of the field; each with its factor."""
_ISO_DURATION: Final = re.compile(
    r"PT(?=[0-9])(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?\Z"
)
_CLOCK: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])\Z")
_LONGEST_DURATION: Final = 30
_AMOUNTS: Final = frozenset({
    "price", "excl_vat", "incl_vat", "before_taxes", "after_taxes", "amount",
})  # fmt: skip
_LONGEST_AMOUNT: Final = 40
_WITH_CURRENCY: Final = re.compile(
    r"(?:[€$£]|[A-Z]{3})? ?(-?[0-9]{1,12}(?:[.,][0-9]{1,12})?) ?(?:[€$£]|[A-Z]{3})?"
    r"(?: ?/ ?(?:kWh|h))?\Z"
)
_PERCENT: Final[Mapping[str, int | Decimal]] = {"%": 1}
_TRUE: Final = frozenset({"true", "1", "1.0", "yes", "y", "t", "on", "ja", "oui", "24/7"})
_FALSE: Final = frozenset({"false", "0", "0.0", "no", "n", "f", "off", "nein", "nee", "non"})
_MOST_DIGITS: Final = 100


def _number(value: Any) -> Any:
    found = _NUMBER.match(value) if isinstance(value, str) else None
    if found is None:
        return value
    if found[2] is None and found[3] is None:
        return int(found[1])
    return Decimal(f"{found[1]}.{found[2] or 0}{found[3] or ''}")


def unit(field: str) -> Step:
    """Return the repair for a number with the unit of its field."""
    factors = _PERCENT if field == "vat" else {}
    if "cost" not in field:
        factors = next((found for name, found in _UNITS if name in field), factors)

    def apply(value: Any) -> Any:
        if "duration" in field and (seconds := _seconds(value)) is not None:
            return seconds
        found = _WITH_UNIT.match(value) if isinstance(value, str) else None
        factor = factors.get(found[3].lower()) if found else None
        if found is None or factor is None or (found[1] and "amperage" not in field):
            return value
        number = Decimal(found[2].replace(",", ".")) * factor
        return int(number) if number == number.to_integral_value() else number

    return Step("number-unit", apply)


def _seconds(value: Any) -> int | None:
    """Return the seconds of a duration of ISO 8601, or of hours, minutes and seconds."""
    text = value.strip() if isinstance(value, str) and len(value) <= _LONGEST_DURATION else ""
    found = _ISO_DURATION.match(text) or _CLOCK.match(text)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _amount(value: Any) -> Any:
    is_short = isinstance(value, str) and len(value) <= _LONGEST_AMOUNT
    found = _WITH_CURRENCY.match(value.strip()) if is_short else None
    return Decimal(found[1].replace(",", ".")) if found else value


def is_amount(field: str) -> bool:
    """Return whether a field is an amount of money."""
    return field in _AMOUNTS or "cost" in field


def _without_point(value: Any) -> Any:
    if isinstance(value, float | Decimal) and value == int(value):
        return int(value)
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, float | Decimal):
        return int(Decimal(value).to_integral_value(ROUND_HALF_UP))
    return value


def _text(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    number = Decimal(str(_without_point(value)))
    # 1e-99999999 would become a hundred million digits.
    return format(number, "f") if abs(number.adjusted()) <= _MOST_DIGITS else value


def _boolean(value: Any) -> Any:
    text = str(value).strip().lower() if isinstance(value, str | int | Decimal) else ""
    return text in _TRUE if text in _TRUE | _FALSE else value


def _weekday(value: Any) -> Any:
    if isinstance(value, str):
        return day_of(value) or value
    return 7 if value == 0 and not isinstance(value, bool) else value


NUMBER: Final = (Step("number-text", _number),)
INTEGER: Final = (
    Step("number-text", _number),
    Step("integer-point", _without_point),
    Step("integer-fraction", _rounded),
)
WEEKDAY: Final = (Step("weekday", _weekday),)
AMOUNT: Final = (Step("number-currency", _amount),)
BOOLEAN: Final = (Step("boolean-text", _boolean),)
TEXT: Final = (Step("text-number", _text),)

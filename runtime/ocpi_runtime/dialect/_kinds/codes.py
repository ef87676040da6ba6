"""Codes of countries and languages in another form."""

import re
from typing import Any, Final

from ocpi_runtime.dialect import _places
from ocpi_runtime.dialect._part import Part
from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["RULES", "is_country_field", "proper_country", "step"]

RULES: Final = (
    Rule(
        "country-code",
        "standard",
        "A country in lower case, by its English name, or with two letters for three and "
        "the other way round, becomes the code that is due.",
        "locations: Location",
    ),
    Rule(
        "language-code",
        "standard",
        "A language tag such as en-US becomes its language, en.",
        "types: DisplayText",
    ),
)

_TAG: Final = re.compile(r"([A-Za-z]{2})[-_][A-Za-z0-9_-]+\Z")
_ALPHA_2: Final = 2
_ALPHA_3: Final = 3


def is_country_field(part: Part) -> bool:
    """Return whether a field holds the code of a country."""
    return (part.field, part.max_length) in {("country", _ALPHA_3), ("country_code", _ALPHA_2)}


def step(part: Part) -> Step | None:
    """Return the repair of a field that holds a code."""
    if is_country_field(part):
        return Step("country-code", lambda value: proper_country(value, part.max_length))
    if part.field == "language":
        return Step("language-code", _language)
    return None


def proper_country(value: Any, length: int | None) -> Any:
    """Return the code of a country in its proper form; the same value if it names none."""
    found = _places.country(value) if isinstance(value, str) else None
    if found is None:
        return value
    return found.alpha3 if length == _ALPHA_3 else found.alpha2


def _language(value: Any) -> Any:
    found = _TAG.match(value.strip()) if isinstance(value, str) else None
    return found[1].lower() if found else value

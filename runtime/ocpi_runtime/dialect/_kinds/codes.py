"""Codes of countries and languages in another form."""

import re
from collections.abc import Iterator
from typing import Any, Final

from ocpi_runtime.dialect._repairing import places as _places
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["RULES", "is_country_field", "proper_country", "proper_currency", "steps"]

RULES: Final = (
    Rule(
        "country-code",
        "standard",
        "A country in lower case, by its name or number, or with two letters for three and "
        "the other way round, becomes the code that is expected.",
        "locations: Location",
    ),
    Rule(
        "party-code",
        "standard",
        "Of country and party in one text, such as NL*ABC, the part that is expected is taken.",
        "credentials: CredentialsRole",
    ),
    Rule(
        "currency-code",
        "standard",
        "A currency in lower case, by its sign or its name, such as € or Euro, becomes its code.",
        "tariffs: Tariff",
    ),
    Rule(
        "language-code",
        "standard",
        "A language tag such as en-US, a code of three letters or a name becomes its language.",
        "types: DisplayText",
    ),
)

_TAG: Final = re.compile(r"([A-Za-z]{2})[-_][A-Za-z0-9_-]+\Z")
_PARTY: Final = re.compile(r"([A-Za-z]{2})[*-]([A-Za-z0-9]{3})\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_CURRENCIES: Final = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP"}
_LONGEST_NAME: Final = 60
_ALPHA_2: Final = 2
_ALPHA_3: Final = 3
_LANGUAGES: Final = {
    "bul": "bg", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl", "ell": "el",
    "eng": "en", "est": "et", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gre": "el",
    "heb": "he", "hrv": "hr", "hun": "hu", "ita": "it", "lav": "lv", "lit": "lt", "nld": "nl",
    "nor": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk",
    "slo": "sk", "slv": "sl", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk",
    "danish": "da", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "italian": "it", "norwegian": "no", "polish": "pl", "portuguese": "pt", "spanish": "es",
    "swedish": "sv", "deutsch": "de", "nederlands": "nl", "francais": "fr", "español": "es",
    "français": "fr", "italiano": "it",
}  # fmt: skip


def is_country_field(part: Part) -> bool:
    """Return whether a field holds the code of a country."""
    return (part.field, part.max_length) in {("country", _ALPHA_3), ("country_code", _ALPHA_2)}


def steps(part: Part) -> Iterator[Step]:
    """Yield the repairs of a field that holds a code."""
    if part.field == "country_code":
        yield Step("party-code", lambda value: _of_party(value, 1))
    if is_country_field(part):
        yield Step("country-code", lambda value: proper_country(value, part.max_length))
    if part.field == "currency":
        yield Step("currency-code", proper_currency)
    if part.field == "language":
        yield Step("language-code", _language)
    if part.field == "party_id":
        yield Step("party-code", lambda value: _of_party(value, 2))


def proper_country(value: Any, length: int | None) -> Any:
    """Return the code of a country in its proper form; the same value if it names none."""
    is_name = isinstance(value, str) and len(value) <= _LONGEST_NAME
    found = _places.country(value) if is_name else None
    if found is None:
        return value
    return found.alpha3 if length == _ALPHA_3 else found.alpha2


def proper_currency(value: Any) -> Any:
    """Return the code of a currency in its proper form; the same value if it names none."""
    text = value.strip().upper() if isinstance(value, str) and len(value) <= _LONGEST_NAME else ""
    return text if _CURRENCY.match(text) else _CURRENCIES.get(text, value)


def _language(value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else ""
    found = _TAG.match(text)
    return found[1].lower() if found else _LANGUAGES.get(text.lower(), value)


def _of_party(value: Any, group: int) -> Any:
    found = _PARTY.match(value.strip()) if isinstance(value, str) else None
    return found[group].upper() if found else value

"""Checks of fields that several classes have."""

from functools import cache
from typing import Any, Final

from ocpi_conformance.validation.semantics._context import Context, Json
from ocpi_conformance.validation.semantics._geography import (
    alpha2_codes,
    alpha3_codes,
    alpha3_of,
    is_within,
)

__all__ = ["check_coordinates", "check_country", "check_country_code", "check_currency",
           "check_id", "check_last_updated", "check_order"]  # fmt: skip

_ALPHA2: Final = 2


@cache
def _currencies() -> frozenset[str]:
    from iso4217 import Currency  # noqa: PLC0415 - only where it is needed

    return frozenset(one.value for one in Currency)


def check_country_code(value: Json, at: str, context: Context) -> None:
    """Warn where the country of a party is unknown."""
    code = value.get("country_code")
    if isinstance(code, str) and code.upper() not in alpha2_codes():
        text = f"{code!r} is not a country code of two letters (ISO 3166-1 alpha-2)"
        context.warn("country-code", f"{at}/country_code", text, code)


def check_country(value: Json, at: str, context: Context) -> None:
    """Warn where the country of a place is not a code of three letters that exists."""
    country = value.get("country")
    if not isinstance(country, str) or country in alpha3_codes():
        return
    meant = alpha3_of(country)
    near = f"; {meant} is meant" if meant else ""
    kind = "has two letters" if len(country) == _ALPHA2 else "is not known"
    text = f"{country!r} {kind}, but must be a code of three letters (ISO 3166-1 alpha-3){near}"
    context.warn("country", f"{at}/country", text, country)


def check_currency(value: Json, at: str, context: Context) -> None:
    """Warn where a currency does not exist."""
    currency = value.get("currency")
    if isinstance(currency, str) and currency not in _currencies():
        context.warn("currency", f"{at}/currency", f"{currency!r} is not in ISO 4217", currency)


def check_last_updated(value: Json, at: str, context: Context) -> None:
    """Warn where an object was changed in the future."""
    moment = value.get("last_updated")
    if moment is not None and context.is_future(moment):
        text = f"{moment} is in the future: updates before that moment are ignored"
        context.warn("last-updated-future", f"{at}/last_updated", text, moment)


def check_order(value: Json, at: str, context: Context, first: str, last: str) -> None:
    """Warn where something ends before it begins."""
    begin, end = value.get(first), value.get(last)
    if begin is not None and end is not None and context.is_before(end, begin):
        context.warn("period", f"{at}/{last}", f"{end} is before {first}, {begin}", end)


def check_id(value: Json, at: str, context: Context, kind: str, name: str = "id") -> None:
    """Warn where an object comes twice."""
    uid = value.get(name)
    if not isinstance(uid, str):
        return
    owner = (str(value.get("country_code", "")).upper(), str(value.get("party_id", "")).upper())
    if not context.is_new(kind, *owner, uid.upper()):
        text = f"{kind} {uid} comes twice; ids are compared without case"
        context.warn("id-twice", f"{at}/{name}", text, uid)


def check_coordinates(value: Json, at: str, context: Context, country: str) -> None:
    """Warn where coordinates are 0,0, swapped, or outside of a country (alpha-3)."""
    place = value.get("coordinates")
    if not isinstance(place, dict):
        return
    try:
        latitude, longitude = float(place["latitude"]), float(place["longitude"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return
    if is_within(country, latitude, longitude):
        return
    pointer = f"{at}/coordinates"
    if latitude == longitude == 0:
        context.warn("coordinates-zero", pointer, "are 0,0, in the Atlantic Ocean", place)
    elif is_within(country, longitude, latitude):
        text = f"latitude {latitude} and longitude {longitude} are swapped: {country} is elsewhere"
        context.warn("coordinates-swapped", pointer, text, place)
    elif is_within(country, latitude, longitude) is False:
        text = f"latitude {latitude}, longitude {longitude} is outside of {country}"
        context.warn("coordinates-country", pointer, text, place)


def country_of(value: Json) -> Any:
    """Return the country of a place as a code of three letters; empty if it is not known."""
    country = value.get("country")
    if not isinstance(country, str):
        return ""
    return country if country in alpha3_codes() else alpha3_of(country)

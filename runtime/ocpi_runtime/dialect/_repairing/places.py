"""Countries and time zones of the world, as far as the packages for them are installed.

They come with ``ocpi-runtime[dialect]``: iso3166, tzdata and tzfpy.
"""

from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any, Final, Protocol

__all__ = ["Country", "country", "country_of_zone", "zone_at", "zone_of_country"]

_OTHER_NAMES: Final = {
    name: code
    for code, names in {
        "AUT": "ÖSTERREICH", "BEL": "BELGIE|BELGIË|BELGIQUE", "CHE": "SCHWEIZ|SUISSE|SVIZZERA",
        "CZE": "CZECH REPUBLIC|ČESKO|CESKO", "DEU": "DEUTSCHLAND", "DNK": "DANMARK",
        "ESP": "ESPAÑA", "EST": "EESTI", "FIN": "SUOMI", "FRA": "LA FRANCE",
        "GBR": "UK|UNITED KINGDOM|GREAT BRITAIN|ENGLAND|SCOTLAND|WALES|NORTHERN IRELAND",
        "GRC": "HELLAS", "HRV": "HRVATSKA", "HUN": "MAGYARORSZÁG", "IRL": "ÉIRE", "ITA": "ITALIA",
        "KOR": "SOUTH KOREA|KOREA", "LTU": "LIETUVA", "LVA": "LATVIJA", "MDA": "MOLDOVA",
        "NLD": "THE NETHERLANDS|NEDERLAND|HOLLAND", "NOR": "NORGE", "POL": "POLSKA",
        "ROU": "ROMÂNIA", "RUS": "RUSSIA", "SVK": "SLOVENSKO", "SVN": "SLOVENIJA",
        "SWE": "SVERIGE", "TUR": "TURKEY", "TWN": "TAIWAN", "UKR": "УКРАЇНА",
        "USA": "UNITED STATES|UNITED STATES OF AMERICA", "VNM": "VIETNAM",
    }.items()
    for name in names.split("|")
}  # fmt: skip


class Country(Protocol):
    """A country of ISO 3166."""

    alpha2: str
    alpha3: str


@lru_cache(maxsize=1024)
def country(text: str) -> Country | None:
    """Find a country by a code of two or three letters, its number or its name, in any case."""
    known = _module("iso3166")
    key = text.strip().upper()
    if known is None or not key:
        return None
    key = _OTHER_NAMES.get(key, key)
    tables = (
        "countries_by_alpha2", "countries_by_alpha3", "countries_by_name", "countries_by_numeric",
    )  # fmt: skip
    found: Country | None = next(
        (table[key] for table in (vars(known)[name] for name in tables) if key in table), None
    )
    return found


@lru_cache(maxsize=4096)
def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the time zone of a place on land; None elsewhere, or where tzfpy is not installed."""
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees of a globe
    finder = _module("tzfpy") if on_earth else None
    name: str = finder.get_tz(longitude, latitude) if finder else ""
    return name if name and not name.startswith("Etc/") else None


def zone_of_country(code: str) -> str | None:
    """Return the time zone of a country of two letters that has one only."""
    zones = [name for name, country_code in _zones().items() if country_code == code]
    return zones[0] if len(zones) == 1 else None


def country_of_zone(name: str) -> Country | None:
    """Return the country of a time zone."""
    code = _zones().get(name)
    return country(code) if code else None


@cache
def _zones() -> dict[str, str]:
    """Read the countries of all time zones from the database of IANA."""
    if _module("tzdata") is None:
        return {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


@cache
def _module(name: str) -> ModuleType | Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None

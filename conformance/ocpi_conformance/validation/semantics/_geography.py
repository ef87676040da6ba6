"""Where countries are: boxes around their parts, from Natural Earth (public domain), 1:50m."""

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

__all__ = ["alpha2_codes", "alpha3_codes", "alpha3_of", "is_within"]

Box: TypeAlias = tuple[float, float, float, float]
_MARGIN: Final = 0.3
"""Degrees: the coast of the map is coarse, and some chargers stand on piers."""
_PARTS: Final = {
    "CHN": ("HKG", "MAC", "TWN"),
    "DNK": ("FRO", "GRL"),
    "FIN": ("ALA",),
    "FRA": ("GLP", "MTQ", "GUF", "REU", "MYT", "BLM", "MAF", "SPM", "NCL", "PYF"),
    "GBR": ("GGY", "JEY", "IMN", "GIB"),
    "ISR": ("PSE",),
    "NLD": ("ABW", "CUW", "SXM", "BES"),
    "NOR": ("SJM",),
    "RUS": ("UKR",),
    "SRB": ("XKX",),
    "USA": ("PRI", "VIR", "GUM", "MNP", "ASM"),
}
"""Territories that have a code of their own and are often given that of another country."""


@cache
def _boxes() -> dict[str, list[Box]]:
    text = (files(__package__) / "country_boxes.csv").read_text(encoding="utf-8")
    own: defaultdict[str, list[Box]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        west, south, east, north = (float(row[side]) for side in ("west", "south", "east", "north"))
        box = (west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)
        own[row["country"]].append(box)
    return {
        code: [box for part in (code, *_PARTS.get(code, ())) for box in own.get(part, ())]
        for code in own
    }


def is_within(country: str, latitude: float, longitude: float) -> bool | None:
    """Return whether a position can be in a country (alpha-3); None where that is not known."""
    boxes = _boxes().get(country)
    if boxes is None:
        return None
    for west, south, east, north in boxes:
        if south <= latitude <= north and west <= longitude <= east:
            return True
    return False


@cache
def alpha2_codes() -> frozenset[str]:
    """Return the country codes of two letters (ISO 3166-1, and XK)."""
    from iso3166 import countries_by_alpha2  # noqa: PLC0415 - only where it is needed

    return frozenset(countries_by_alpha2)


@cache
def alpha3_codes() -> frozenset[str]:
    """Return the country codes of three letters (ISO 3166-1, and XKX)."""
    from iso3166 import countries_by_alpha3  # noqa: PLC0415 - only where it is needed

    return frozenset(countries_by_alpha3)


@cache
def alpha3_of(text: str) -> str:
    """Return the code of three letters of a country by any code or name; empty if unknown."""
    from iso3166 import countries  # noqa: PLC0415 - only where it is needed

    found = countries.get(text, None)
    return found.alpha3 if found is not None else ""

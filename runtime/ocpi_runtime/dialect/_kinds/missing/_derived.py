"""Required fields of places and images that follow from what is beside them."""

import re
from decimal import Decimal
from typing import Any, Final

from ocpi_runtime.dialect._repairing import places as _places
from ocpi_runtime.dialect._repairs import Filler, Gap
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.types import UNSET

__all__ = ["FILLERS", "RULES"]

RULES: Final = (
    Rule(
        "missing-coordinates",
        "lenient",
        "Absent coordinates are latitude and longitude beside them, those of a GeoJSON point, "
        "or those of the first EVSE that has any.",
        "locations: GeoLocation",
    ),
    Rule(
        "coordinates-pair",
        "lenient",
        "Two numbers in a text or list are coordinates where only one order of them lies in the "
        "country of the object.",
        "locations: GeoLocation",
    ),
    Rule(
        "missing-image-type",
        "lenient",
        "An absent type of an image is the ending of its URL.",
        "locations: Image",
    ),
)

_GEO_JSON: Final = {"longitude": 0, "latitude": 1}
_COORDINATE_NAMES: Final = {
    "latitude": ("latitude", "lat", "Latitude", "Lat"),
    "longitude": ("longitude", "lng", "lon", "long", "Longitude", "Lng", "Lon"),
}
_PLAIN: Final = (str, int, float, Decimal)
_SEPARATORS: Final = re.compile(r"[,; ]+")
_WKT: Final = re.compile(r"\s*(?:SRID=[0-9]{1,6};)?POINT ?\(([0-9. -]{3,60})\)\s*\Z", re.IGNORECASE)
_LONGEST_PAIR: Final = 60
_LONGEST_URL: Final = 255
_ENDING: Final = re.compile(r"\.(png|jpg|jpeg|gif|svg|webp)(?:[?#].*)?\Z", re.IGNORECASE)


def _coordinates(gap: Gap) -> Any:
    if gap.name in _GEO_JSON:
        return _of_point(gap.value, _GEO_JSON[gap.name])
    if gap.name != "coordinates" or isinstance(gap.value.get(gap.name), dict):
        return UNSET
    place = {name: _adjacent(gap.value, names) for name, names in _COORDINATE_NAMES.items()}
    if all(place.values()):
        return place
    evses = gap.value.get("evses")
    found = (
        each.get("coordinates")
        for each in (evses if isinstance(evses, list) else ())
        if isinstance(each, dict)
    )
    return next((dict(each) for each in found if isinstance(each, dict)), UNSET)


def _adjacent(value: dict[str, Any], names: tuple[str, ...]) -> str:
    """Return the first of some fields that has a text or number."""
    found = (value[name] for name in names if isinstance(value.get(name), _PLAIN))
    return next((str(each) for each in found if str(each).strip()), "")


def _pair(gap: Gap) -> Any:
    """Return the one order of two numbers that lies in the country."""
    pair = _without_wkt(gap.value.get(gap.name))
    if gap.name != "coordinates" or not isinstance(pair, str | list):
        return UNSET
    stated = _places.country(str(gap.value.get("country"))[:_LONGEST_PAIR])
    texts = _SEPARATORS.split(pair.strip()[:_LONGEST_PAIR]) if isinstance(pair, str) else pair
    try:
        first, second = (Decimal(str(each)) for each in texts if isinstance(each, _PLAIN))
        inside = [each for each in ((first, second), (second, first)) if _is_in(stated, *each)]
    except (ValueError, ArithmeticError):
        return UNSET
    if len(inside) != 1:
        return UNSET
    return dict(zip(_COORDINATE_NAMES, map(str, inside[0]), strict=True))


def _without_wkt(pair: Any) -> Any:
    found = _WKT.match(pair) if isinstance(pair, str) else None
    return found[1] if found else pair


def _is_in(country: _places.Country | None, latitude: Decimal, longitude: Decimal) -> bool:
    """Return whether a place lies in a country.

    Raises:
        ValueError: A number is a signaling NaN.
    """
    zone = _places.zone_at(float(latitude), float(longitude)) if country else None
    known = _places.country_of_zone(zone) if zone else None
    return known is not None and known == country


def _of_point(value: dict[str, Any], index: int) -> Any:
    place = value.get("coordinates")
    is_point = value.get("type") == "Point" and isinstance(place, list) and len(place) > 1
    return str(place[index]) if is_point and place else UNSET


def _image_type(gap: Gap) -> Any:
    found = _ENDING.search(str(gap.value.get("url"))[:_LONGEST_URL])
    is_image = gap.name == "type" and "thumbnail" in gap.part.properties
    return found[1].lower() if is_image and found else UNSET


FILLERS: Final[tuple[tuple[str, Filler], ...]] = (
    ("coordinates-pair", _pair),
    ("missing-coordinates", _coordinates),
    ("missing-image-type", _image_type),
)

"""Required fields of places and images that follow from what stands beside them."""

import re
from typing import Any, Final

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
        "missing-image-type",
        "lenient",
        "An absent type of an image is the ending of its URL.",
        "locations: Image",
    ),
)

_GEO_JSON: Final = {"longitude": 0, "latitude": 1}
_LONGEST_URL: Final = 255
_ENDING: Final = re.compile(r"\.(png|jpg|jpeg|gif|svg|webp)(?:[?#].*)?\Z", re.IGNORECASE)


def _coordinates(gap: Gap) -> Any:
    if gap.name in _GEO_JSON:
        return _of_point(gap.value, _GEO_JSON[gap.name])
    if gap.name != "coordinates" or isinstance(gap.value.get(gap.name), dict):
        return UNSET
    place = {name: str(gap.value[name]) for name in _GEO_JSON if gap.value.get(name)}
    if len(place) == len(_GEO_JSON):
        return place
    evses = gap.value.get("evses")
    found = (
        each.get("coordinates")
        for each in (evses if isinstance(evses, list) else ())
        if isinstance(each, dict)
    )
    return next((dict(each) for each in found if isinstance(each, dict)), UNSET)


def _of_point(value: dict[str, Any], index: int) -> Any:
    place = value.get("coordinates")
    is_point = value.get("type") == "Point" and isinstance(place, list) and len(place) > 1
    return str(place[index]) if is_point and place else UNSET


def _image_type(gap: Gap) -> Any:
    found = _ENDING.search(str(gap.value.get("url"))[:_LONGEST_URL])
    is_image = gap.name == "type" and "thumbnail" in gap.part.properties
    return found[1].lower() if is_image and found else UNSET


FILLERS: Final[tuple[tuple[str, Filler], ...]] = (
    ("missing-coordinates", _coordinates),
    ("missing-image-type", _image_type),
)

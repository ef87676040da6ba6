"""Required fields that are absent, or unusable, and can be known from something else."""

from typing import Any, Final, TypeAlias

from ocpi_runtime.dialect._kinds.absent import is_empty, is_placeholder
from ocpi_runtime.dialect._kinds.codes import proper_country
from ocpi_runtime.dialect._kinds.enums import stand_in
from ocpi_runtime.dialect._kinds.missing import _connectors as connectors
from ocpi_runtime.dialect._kinds.missing import _derived as derived
from ocpi_runtime.dialect._repairing import places as _places
from ocpi_runtime.dialect._repairs import Filler, Gap
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.types import UNSET

__all__ = ["FILLERS", "RULES"]

_LOCATION: Final = "locations: Location"
RULES: Final = (
    Rule(
        "missing-default",
        "standard",
        "An absent required field gets the default of the dialect.",
        "types: cardinality",
    ),
    Rule(
        "missing-owner",
        "standard",
        "Absent country_code and party_id are those of the partner.",
        _LOCATION,
    ),
    Rule(
        "missing-publish",
        "lenient",
        "A location without publish is taken as published.",
        _LOCATION,
    ),
    Rule(
        "missing-last-updated",
        "lenient",
        "A last_updated that is absent, or no moment, is that of the object around it, the "
        "newest in it, or the time of the answer.",
        "types: DateTime",
    ),
    Rule(
        "missing-evse-uid",
        "lenient",
        "An EVSE without uid gets its evse_id.",
        "locations: EVSE",
    ),
    Rule(
        "missing-time-zone",
        "lenient",
        "An absent time zone follows from the coordinates, or from a country that has one only.",
        _LOCATION,
    ),
    Rule(
        "missing-country",
        "lenient",
        "A country that is absent, or no code, follows from the coordinates.",
        _LOCATION,
    ),
    Rule(
        "missing-opening-hours",
        "lenient",
        "Absent twentyfourseven is false where regular hours are given, else true.",
        "locations: Hours",
    ),
    Rule(
        "missing-enum",
        "lenient",
        "An absent required enum value is OTHER or UNKNOWN where the enum has one.",
        "types: enum",
    ),
    Rule(
        "missing-text",
        "lenient",
        "An absent address, city or postal code is #NA.",
        "types: string",
    ),
    *derived.RULES,
    *connectors.RULES,
)

Object: TypeAlias = dict[str, Any]

_ALPHA_3: Final = 3
_NOT_AVAILABLE: Final = "#NA"
_BY_DEFAULT: Final = frozenset({"country", "time_zone"})
"""Fields whose value gives way to a default where it cannot be read."""
_TEXTS: Final = frozenset({"address", "city", "postal_code"})


def _default(gap: Gap) -> Any:
    defaults = gap.repairs.dialect.defaults
    before = gap.value.get(gap.name)
    if not (is_empty(before) or is_placeholder(before)) and gap.name not in _BY_DEFAULT:
        return UNSET
    return defaults.get(f"{gap.part.name}.{gap.name}", defaults.get(gap.name, UNSET))


def _owner(gap: Gap) -> Any:
    own = not gap.repairs.parents or {"id", "last_updated"} <= gap.part.properties.keys()
    known = {
        "country_code": gap.repairs.dialect.country_code,
        "party_id": gap.repairs.dialect.party_id,
    }.get(gap.name)
    return known if own and known else UNSET


def _publish(gap: Gap) -> Any:
    return True if gap.name == "publish" else UNSET


def _last_updated(gap: Gap) -> Any:
    if gap.name != "last_updated":
        return UNSET
    moment = gap.part.field_part(gap.name)
    above = [parent.get(gap.name) for parent in reversed(gap.repairs.parents)]
    below = sorted(_moments(gap.value), reverse=True)
    candidates = [*above, *below, gap.repairs.now]
    return next((each for each in candidates if moment and each and moment.is_valid(each)), UNSET)


def _moments(value: Any) -> list[str]:
    """List the last_updated of all objects in an object."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = value.get("last_updated") if isinstance(value, dict) else None
    found = [own] if isinstance(own, str) else []
    return found + [
        each for part in parts if isinstance(part, dict | list) for each in _moments(part)
    ]


def _evse_uid(gap: Gap) -> Any:
    known = gap.value.get("evse_id")
    return known if gap.name == "uid" and isinstance(known, str) and known.strip() else UNSET


def _time_zone(gap: Gap) -> Any:
    if gap.name != "time_zone":
        return UNSET
    country = proper_country(gap.value.get("country"), _ALPHA_3)
    is_code = isinstance(country, str) and len(country) == _ALPHA_3
    known = _places.country(country) if is_code else None
    return _zone(gap.value) or (_places.zone_of_country(known.alpha2) if known else None) or UNSET


def _country(gap: Gap) -> Any:
    if gap.name != "country":
        return UNSET
    zone = _zone(gap.value)
    known = _places.country_of_zone(zone) if zone else None
    return known.alpha3 if known else UNSET


def _zone(value: Object) -> str | None:
    place = value.get("coordinates")
    try:
        latitude, longitude = float(place["latitude"]), float(place["longitude"])  # type: ignore[index]
    except (TypeError, ValueError, KeyError):
        return None
    return _places.zone_at(latitude, longitude) if latitude or longitude else None


def _opening_hours(gap: Gap) -> Any:
    is_whole = gap.value.keys() <= gap.part.properties.keys()
    return (
        not gap.value.get("regular_hours") if gap.name == "twentyfourseven" and is_whole else UNSET
    )


def _other_enum(gap: Gap) -> Any:
    field = gap.part.field_part(gap.name)
    return (stand_in(field.options) if field else None) or UNSET


def _text(gap: Gap) -> Any:
    field = gap.part.field_part(gap.name)
    is_text = gap.name in _TEXTS and field is not None and field.types == {"string"}
    return _NOT_AVAILABLE if is_text and "coordinates" in gap.part.properties else UNSET


FILLERS: Final[tuple[tuple[str, Filler], ...]] = (
    ("missing-default", _default),
    ("missing-owner", _owner),
    ("missing-publish", _publish),
    ("missing-last-updated", _last_updated),
    *derived.FILLERS,
    *connectors.FILLERS,
    ("missing-evse-uid", _evse_uid),
    ("missing-time-zone", _time_zone),
    ("missing-country", _country),
    ("missing-opening-hours", _opening_hours),
    ("missing-enum", _other_enum),
    ("missing-text", _text),
)
"""The rules in the order in which they are tried."""

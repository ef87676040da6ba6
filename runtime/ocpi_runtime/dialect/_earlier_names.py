"""Fields of the newest edition of a version by the names and in the places of an earlier one."""

from typing import Any, Final

from ocpi_runtime.dialect._repairing.part import Part

__all__ = ["in_earlier_form"]

_NAMES: Final = {
    "start_date_time": "start_from",
    "end_date_time": "end_before",
    "tariff_ids": "tariff_id",
    "rfid_auth_required": "RFID_auth_required",
    "timeslot_increment": "step_size",
    "access_information": "access_methods",
    "method": "location_access",
    "policy": "bookable",
    "connector_format": "format",
    "min_parking_space_length": "parking_space_length",
    "min_parking_space_width": "parking_space_width",
}
_OPTION: Final = "booking_option"
_OPTIONS: Final = ("bookable_parking_option", "bookable_parking_options")
_OF_PARENT: Final = ("evse_uid", "connector_id", "parking_id")


def in_earlier_form(part: Part, value: dict[str, Any]) -> dict[str, str]:
    """Rename and move the fields of an object, in place, that an earlier edition has elsewhere.

    Args:
        part: The class in the earlier edition.
        value: The object.

    Returns:
        The names in the newest edition, by the names in the earlier one.
    """
    if part.name == "":
        return {}
    renamed = _out_of_option(part, value)
    for name in [each for each in value if each not in part.properties]:
        earlier = _NAMES.get(name, "")
        if earlier in part.properties and earlier not in value:
            value[earlier] = value.pop(name)
            renamed[earlier] = name
    for name, each in value.items():
        field = part.field_part(name)
        if field is not None and field.types == {"array"} and isinstance(each, dict):
            value[name] = [each]
    return renamed


def _out_of_option(part: Part, value: dict[str, Any]) -> dict[str, str]:
    """Divide what is to be booked into the EVSE and the kind of parking space."""
    option = value.get(_OPTION)
    if _OPTION in part.properties or not isinstance(option, dict):
        return {}
    rest = dict(option)
    moved = [name for name in _OF_PARENT if name in rest and name in part.properties]
    value |= {name: rest.pop(name) for name in moved if name not in value}
    place = next((name for name in _OPTIONS if name in part.properties), None)
    if place is None and rest:
        return {}
    del value[_OPTION]
    if place is not None and rest:
        value[place] = rest
        return {place: _OPTION} | dict.fromkeys(moved, _OPTION)
    return dict.fromkeys(moved, _OPTION)

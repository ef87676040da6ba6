"""Locations name no owner; all of them are public."""

from typing import Any, Final

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.optional import items, present
from ocpi_bridge._steps.shared.owners import leave_owner
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP

_DECIMALS: Final = 6


@STEP.rule(old.Location, new.Location)
def _location(conversion: ObjectConversion[old.Location]) -> None:
    source = conversion.source
    leave_owner(conversion, conversion.context.cpo)
    conversion.mark_used("publish")
    if not source.publish:
        reason = "a location that is not public cannot be represented in OCPI 2.1.1"
        conversion.lose("publish", reason)
    if present(source.postal_code) is None:
        conversion.assume("postal_code", "", "the location has no postal code")
    _type(conversion)


def _type(conversion: ObjectConversion[old.Location]) -> None:
    """An absent type is UNKNOWN before 2.2."""
    kind = present(conversion.source.parking_type)
    if kind is None:
        reason = "the kind of parking is not known"
        conversion.assume("type", new.LocationType.UNKNOWN, reason)
    elif kind in new.LocationType.__members__:
        conversion.put("type", new.LocationType(kind), of="parking_type")
    else:
        conversion.put("type", new.LocationType.OTHER, of="parking_type")
        reason = f"{kind} cannot be represented in OCPI 2.1.1; OTHER is used"
        conversion.lose("parking_type", reason)


@STEP.rule(old.Connector, new.Connector)
def _connector(conversion: ObjectConversion[old.Connector]) -> None:
    conversion.carry("voltage", of="max_voltage")
    conversion.carry("amperage", of="max_amperage")
    for index, tariff in enumerate(items(conversion.source.tariff_ids)):
        if index:
            reason = "more than one tariff of a connector cannot be represented in OCPI 2.1.1"
            conversion.lose_below(("tariff_ids", index), reason)
        else:
            conversion.set_from("tariff_id", tariff, ("tariff_ids", 0))
    conversion.mark_used("tariff_ids")


def _coordinates(conversion: ObjectConversion[Any]) -> None:
    """Cut or fill coordinates to six decimals."""
    for name in ("latitude", "longitude"):
        text = getattr(conversion.source, name)
        fit = _six_decimals(text)
        conversion.put(name, fit, of=name)
        if text[len(fit) :].strip("0"):
            conversion.lose(name, "more than six decimals cannot be represented in OCPI 2.1.1")


STEP.rule(old.GeoLocation, new.GeoLocation)(_coordinates)
STEP.rule(old.AdditionalGeoLocation, new.AdditionalGeoLocation)(_coordinates)


def _six_decimals(text: str) -> str:
    if text == NOT_AVAILABLE:
        return text
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals[:_DECIMALS].ljust(_DECIMALS, '0')}"


@STEP.rule(old.EnvironmentalImpact, new.EnvironmentalImpact)
def _environmental_impact(conversion: ObjectConversion[old.EnvironmentalImpact]) -> None:
    conversion.carry("source", of="category")

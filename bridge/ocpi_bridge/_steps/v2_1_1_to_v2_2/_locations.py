"""Locations: they name their owner, and whether they are public."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import name_owner
from ocpi_bridge._steps.shared.time_zones import ZONES
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Location, new.Location)
def _location(conversion: ObjectConversion[old.Location]) -> None:
    name_owner(conversion, conversion.context.cpo, "cpo")
    conversion.assume("publish", value=True, reason="before OCPI 2.2 every location is public")
    _parking_type(conversion)
    _time_zone(conversion)
    if conversion.source.postal_code == "":
        conversion.mark_used("postal_code")  # left out where there is none, from 2.2 on


def _parking_type(conversion: ObjectConversion[old.Location]) -> None:
    """From 2.2 on an absent field means UNKNOWN."""
    kind = conversion.source.type
    conversion.mark_used("type")
    if kind == old.LocationType.OTHER:
        conversion.lose("type", "OTHER as a kind of parking cannot be represented in OCPI 2.2")
    elif kind != old.LocationType.UNKNOWN:
        conversion.put("parking_type", new.ParkingType(kind), of="type")


def _time_zone(conversion: ObjectConversion[old.Location]) -> None:
    if present(conversion.source.time_zone) is not None:
        return
    zone = ZONES.get(conversion.source.country.upper())
    if zone is not None:
        conversion.assume("time_zone", zone, "the only time zone of the country")
    else:
        zone = conversion.required(conversion.context.time_zone, "time_zone", "time_zone")
        conversion.put("time_zone", zone)


@STEP.rule(old.Connector, new.Connector)
def _connector(conversion: ObjectConversion[old.Connector]) -> None:
    conversion.carry("max_voltage", of="voltage")
    conversion.carry("max_amperage", of="amperage")
    tariff = present(conversion.source.tariff_id)
    if tariff is not None:
        conversion.put("tariff_ids", [conversion.text("tariff_ids", tariff, ("tariff_id",))])
        conversion.move(("tariff_ids", 0), ("tariff_id",))
    conversion.mark_used("tariff_id")


@STEP.rule(old.Hours, new.Hours)
def _hours(conversion: ObjectConversion[old.Hours]) -> None:
    """The other one of the choice answers it: who has weekly hours is not always open."""
    if present(conversion.source.twentyfourseven) is None:
        reason = "a location with weekly hours is not always open"
        conversion.assume("twentyfourseven", value=False, reason=reason)


@STEP.rule(old.EnvironmentalImpact, new.EnvironmentalImpact)
def _environmental_impact(conversion: ObjectConversion[old.EnvironmentalImpact]) -> None:
    conversion.carry("category", of="source")

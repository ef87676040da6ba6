"""Locations: they name their owner, and whether they are public."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._owners import name_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._present import present
from ocpi_bridge._time_zones import ZONES
from ocpi_bridge.steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Location, new.Location)
def _location(passage: Passage[old.Location]) -> None:
    name_owner(passage, passage.context.cpo, "cpo")
    passage.assume("publish", value=True, reason="before OCPI 2.2 every location is public")
    _parking_type(passage)
    _time_zone(passage)
    if passage.source.postal_code == "":
        passage.spend("postal_code")  # left out where there is none, from 2.2 on


def _parking_type(passage: Passage[old.Location]) -> None:
    """UNKNOWN is said by silence from 2.2 on."""
    kind = passage.source.type
    passage.spend("type")
    if kind == old.LocationType.OTHER:
        passage.lose("type", "OCPI 2.2 has no kind of parking for others")
    elif kind != old.LocationType.UNKNOWN:
        passage.put("parking_type", new.ParkingType(kind), of="type")


def _time_zone(passage: Passage[old.Location]) -> None:
    if present(passage.source.time_zone) is not None:
        return
    zone = ZONES.get(passage.source.country.upper())
    if zone is not None:
        passage.assume("time_zone", zone, "the only time zone of the country")
    else:
        zone = passage.given(passage.context.time_zone, "time_zone", "time_zone")
        passage.put("time_zone", zone)


@STEP.rule(old.Connector, new.Connector)
def _connector(passage: Passage[old.Connector]) -> None:
    passage.carry("max_voltage", of="voltage")
    passage.carry("max_amperage", of="amperage")
    tariff = present(passage.source.tariff_id)
    if tariff is not None:
        passage.put("tariff_ids", [passage.text("tariff_ids", tariff, ("tariff_id",))])
        passage.move(("tariff_ids", 0), ("tariff_id",))
    passage.spend("tariff_id")


@STEP.rule(old.Hours, new.Hours)
def _hours(passage: Passage[old.Hours]) -> None:
    """The other one of the choice answers it: who has weekly hours is not always open."""
    if present(passage.source.twentyfourseven) is None:
        reason = "a location with weekly hours is not always open"
        passage.assume("twentyfourseven", value=False, reason=reason)


@STEP.rule(old.EnvironmentalImpact, new.EnvironmentalImpact)
def _environmental_impact(passage: Passage[old.EnvironmentalImpact]) -> None:
    passage.carry("category", of="source")

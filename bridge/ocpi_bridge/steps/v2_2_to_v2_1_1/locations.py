"""Locations name no owner; all of them are public."""

from typing import Any, Final

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._owners import leave_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._present import items, present
from ocpi_bridge._text import NOT_AVAILABLE
from ocpi_bridge.steps.v2_2_to_v2_1_1._step import STEP

_DECIMALS: Final = 6


@STEP.rule(old.Location, new.Location)
def _location(passage: Passage[old.Location]) -> None:
    source = passage.source
    leave_owner(passage, passage.context.cpo)
    passage.spend("publish")
    if not source.publish:
        reason = "OCPI 2.1.1 knows public locations only; this one must not be shown to everybody"
        passage.lose("publish", reason)
    if present(source.postal_code) is None:
        passage.assume("postal_code", "", "the location has no postal code")
    _type(passage)


def _type(passage: Passage[old.Location]) -> None:
    """Silence is UNKNOWN before 2.2."""
    kind = present(passage.source.parking_type)
    if kind is None:
        reason = "the kind of parking is not known"
        passage.assume("type", new.LocationType.UNKNOWN, reason)
    elif kind in new.LocationType.__members__:
        passage.put("type", new.LocationType(kind), of="parking_type")
    else:
        passage.put("type", new.LocationType.OTHER, of="parking_type")
        reason = f"{kind} is not known in OCPI 2.1.1; OTHER stands in for it"
        passage.lose("parking_type", reason)


@STEP.rule(old.Connector, new.Connector)
def _connector(passage: Passage[old.Connector]) -> None:
    passage.carry("voltage", of="max_voltage")
    passage.carry("amperage", of="max_amperage")
    for index, tariff in enumerate(items(passage.source.tariff_ids)):
        if index:
            reason = "OCPI 2.1.1 has one tariff for a connector"
            passage.lose_below(("tariff_ids", index), reason)
        else:
            passage.say("tariff_id", tariff, ("tariff_ids", 0))
    passage.spend("tariff_ids")


def _coordinates(passage: Passage[Any]) -> None:
    """Cut or fill coordinates to six decimals."""
    for name in ("latitude", "longitude"):
        text = getattr(passage.source, name)
        fit = _six_decimals(text)
        passage.put(name, fit, of=name)
        if text[len(fit) :].strip("0"):
            passage.lose(name, "OCPI 2.1.1 has six decimals")


STEP.rule(old.GeoLocation, new.GeoLocation)(_coordinates)
STEP.rule(old.AdditionalGeoLocation, new.AdditionalGeoLocation)(_coordinates)


def _six_decimals(text: str) -> str:
    if text == NOT_AVAILABLE:
        return text
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals[:_DECIMALS].ljust(_DECIMALS, '0')}"


@STEP.rule(old.EnvironmentalImpact, new.EnvironmentalImpact)
def _environmental_impact(passage: Passage[old.EnvironmentalImpact]) -> None:
    passage.carry("source", of="category")

"""Locations: connectors lose a status of their own."""

from typing import Any, Final

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.v2_0_to_v2_1_1._common import STEP, date_of_context, hold_to_clock

_DECIMALS: Final = 6

STEP.rule(old.Location, new.Location)(date_of_context)
STEP.rule(old.EVSE, new.EVSE)(date_of_context)


@STEP.rule(old.Connector, new.Connector)
def _connector(conversion: ObjectConversion[old.Connector]) -> None:
    """Leave the status to the EVSE; it is lost only where it differs."""
    date_of_context(conversion)
    parent = conversion.parent
    above = parent.source.status if parent else conversion.context.evse_status
    if above == conversion.source.status:
        conversion.covered_by_parent("status")
    else:
        reason = "a status for each connector cannot be represented in OCPI 2.1.1"
        conversion.lose("status", reason)


def _coordinates(conversion: ObjectConversion[Any]) -> None:
    """Fill coordinates up to six decimals."""
    for name in ("latitude", "longitude"):
        text = getattr(conversion.source, name)
        conversion.put(name, _six_decimals(text), of=name)


STEP.rule(old.GeoLocation, new.GeoLocation)(_coordinates)
STEP.rule(old.AdditionalGeoLocation, new.AdditionalGeoLocation)(_coordinates)


def _six_decimals(text: str) -> str:
    decimals = text.partition(".")[2]
    return text if text == NOT_AVAILABLE else text + "0" * (_DECIMALS - len(decimals))


@STEP.rule(old.RegularHours, new.RegularHours)
def _regular_hours(conversion: ObjectConversion[old.RegularHours]) -> None:
    hold_to_clock(conversion, "period_begin", "period_end")

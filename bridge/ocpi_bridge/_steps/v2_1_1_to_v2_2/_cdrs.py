"""CDRs hold no more of their location than where it is."""

from typing import Any

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.cdr_places import OF_CONNECTOR, OF_LOCATION
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import name_owner
from ocpi_bridge._steps.shared.periods import carry_periods
from ocpi_bridge._steps.v2_1_1_to_v2_2._charging import (
    FIRST_CONNECTOR,
    FIRST_EVSE,
    carry_cost,
    leave_location,
    name_token,
    report_choice,
    used_place,
)
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.CDR, new.CDR)
def _cdr(conversion: ObjectConversion[old.CDR]) -> None:
    name_owner(conversion, conversion.context.cpo, "cpo")
    conversion.carry("end_date_time", of="stop_date_time")
    name_token(conversion)
    carry_cost(conversion)
    _cdr_location(conversion)
    carry_periods(conversion, new.ChargingPeriod, new.CdrDimension, new.CdrDimensionType)


def _cdr_location(conversion: ObjectConversion[old.CDR]) -> None:
    location = conversion.source.location
    used = used_place(location)
    if used is None:
        reason = "a location without an EVSE with a connector cannot be represented in OCPI 2.2"
        raise conversion.not_representable(reason, "location")
    place = "cdr_location"
    parts = _parts(location, *used)
    conversion.put(place, conversion.build(new.CdrLocation, (place,), parts))
    if present(used[0].evse_id) is None:
        conversion.note((place, "evse_id"), "the EVSE has no eMI3 identifier")
    report_choice(conversion, (place, "evse_uid"), (place, "connector_id"))
    kept = {"uid", "evse_id"}
    leave_location(conversion, location, {*OF_LOCATION}, kept, {*OF_CONNECTOR.values()})


def _parts(
    location: old.Location, evse: old.EVSE, connector: old.Connector
) -> dict[str, tuple[Any, Path]]:
    """Gather the location fields of a CDR, and where in the CDR that is."""
    evse_id = present(evse.evse_id)
    return {
        **{name: (getattr(location, name), ("location", name)) for name in OF_LOCATION},
        "evse_uid": (evse.uid, (*FIRST_EVSE, "uid")),
        "evse_id": (NOT_AVAILABLE if evse_id is None else evse_id, (*FIRST_EVSE, "evse_id")),
        **{
            name: (getattr(connector, origin), (*FIRST_CONNECTOR, origin))
            for name, origin in OF_CONNECTOR.items()
        },
    }

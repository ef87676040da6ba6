"""Sessions hold their location, which comes from the context."""

from msgspec import UNSET
from msgspec.structs import replace

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.owners import leave_owner
from ocpi_bridge._steps.v2_2_to_v2_1_1._charging import (
    CONNECTOR,
    EVSE,
    carry_cost,
    known_location,
    name_contract,
    narrowed,
)
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.Session, new.Session)
def _session(conversion: ObjectConversion[old.Session]) -> None:
    leave_owner(conversion, conversion.context.cpo)
    conversion.carry("start_datetime", of="start_date_time")
    conversion.carry("end_datetime", of="end_date_time")
    name_contract(conversion)
    carry_cost(conversion)
    _session_location(conversion)


def _session_location(conversion: ObjectConversion[old.Session]) -> None:
    source = conversion.source
    known = known_location(conversion, source.location_id)
    location = conversion.required(known, "location", "location")
    evses = narrowed(location, source.evse_uid, source.connector_id)
    conversion.put("location", replace(location, evses=evses or UNSET))
    conversion.move(("location", "id"), ("location_id",))
    conversion.mark_used("location_id", "evse_uid", "connector_id")
    if evses:
        _report_place(conversion)
        return
    for name in ("evse_uid", "connector_id"):
        if getattr(source, name) != NOT_AVAILABLE:
            conversion.lose(name, "the location in the context does not have it")


def _report_place(conversion: ObjectConversion[old.Session]) -> None:
    conversion.move((*EVSE, "uid"), ("evse_uid",))
    if conversion.source.connector_id == NOT_AVAILABLE:
        conversion.note((*EVSE, "connectors"), "the session does not name the connector")
    else:
        conversion.move((*CONNECTOR, "id"), ("connector_id",))

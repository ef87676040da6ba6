"""Sessions refer to their location instead of holding it."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.owners import name_owner
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


@STEP.rule(old.Session, new.Session)
def _session(conversion: ObjectConversion[old.Session]) -> None:
    name_owner(conversion, conversion.context.cpo, "cpo")
    conversion.carry("start_date_time", of="start_datetime")
    conversion.carry("end_date_time", of="end_datetime")
    name_token(conversion)
    carry_cost(conversion)
    _session_location(conversion)


def _session_location(conversion: ObjectConversion[old.Session]) -> None:
    location = conversion.source.location
    conversion.set_from("location_id", location.id, ("location", "id"))
    used = used_place(location)
    if used:
        evse, connector = used
        conversion.set_from("evse_uid", evse.uid, (*FIRST_EVSE, "uid"))
        conversion.set_from("connector_id", connector.id, (*FIRST_CONNECTOR, "id"))
        report_choice(conversion, ("evse_uid",), ("connector_id",))
    else:
        for name in ("evse_uid", "connector_id"):
            conversion.assume(name, NOT_AVAILABLE, "the location of the session has no EVSE")
    leave_location(conversion, location, {"id"}, {"uid"}, {"id"})

"""Sessions refer to their location instead of holding it."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._owners import name_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._text import NOT_AVAILABLE
from ocpi_bridge.steps.v2_1_1_to_v2_2._charging import (
    FIRST_CONNECTOR,
    FIRST_EVSE,
    carry_cost,
    leave_location,
    name_token,
    tell_choice,
    used_place,
)
from ocpi_bridge.steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Session, new.Session)
def _session(passage: Passage[old.Session]) -> None:
    name_owner(passage, passage.context.cpo, "cpo")
    passage.carry("start_date_time", of="start_datetime")
    passage.carry("end_date_time", of="end_datetime")
    name_token(passage)
    carry_cost(passage)
    _session_location(passage)


def _session_location(passage: Passage[old.Session]) -> None:
    location = passage.source.location
    passage.say("location_id", location.id, ("location", "id"))
    used = used_place(location)
    if used:
        evse, connector = used
        passage.say("evse_uid", evse.uid, (*FIRST_EVSE, "uid"))
        passage.say("connector_id", connector.id, (*FIRST_CONNECTOR, "id"))
        tell_choice(passage, ("evse_uid",), ("connector_id",))
    else:
        for name in ("evse_uid", "connector_id"):
            passage.assume(name, NOT_AVAILABLE, "the location of the session has no EVSE")
    leave_location(passage, location, {"id"}, {"uid"}, {"id"})

"""Sessions hold their location, which comes from the context."""

from msgspec import UNSET
from msgspec.structs import replace

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._owners import leave_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._text import NOT_AVAILABLE
from ocpi_bridge.steps.v2_2_to_v2_1_1._charging import (
    CONNECTOR,
    EVSE,
    carry_cost,
    known_location,
    name_contract,
    narrowed,
)
from ocpi_bridge.steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.Session, new.Session)
def _session(passage: Passage[old.Session]) -> None:
    leave_owner(passage, passage.context.cpo)
    passage.carry("start_datetime", of="start_date_time")
    passage.carry("end_datetime", of="end_date_time")
    name_contract(passage)
    carry_cost(passage)
    _session_location(passage)


def _session_location(passage: Passage[old.Session]) -> None:
    source = passage.source
    known = known_location(passage, source.location_id)
    location = passage.given(known, "location", "location")
    evses = narrowed(location, source.evse_uid, source.connector_id)
    passage.put("location", replace(location, evses=evses or UNSET))
    passage.move(("location", "id"), ("location_id",))
    passage.spend("location_id", "evse_uid", "connector_id")
    if evses:
        _tell_place(passage)
        return
    for name in ("evse_uid", "connector_id"):
        if getattr(source, name) != NOT_AVAILABLE:
            passage.lose(name, "the location in the context does not have it")


def _tell_place(passage: Passage[old.Session]) -> None:
    passage.move((*EVSE, "uid"), ("evse_uid",))
    if passage.source.connector_id == NOT_AVAILABLE:
        passage.note((*EVSE, "connectors"), "which one it is, the session does not tell")
    else:
        passage.move((*CONNECTOR, "id"), ("connector_id",))

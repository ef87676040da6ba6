"""CDRs hold a location, made of what they say of it; there are no credit CDRs."""

from typing import Any

from msgspec.structs import asdict

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.cdr_places import OF_CONNECTOR, OF_LOCATION
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import leave_owner
from ocpi_bridge._steps.shared.periods import carry_periods
from ocpi_bridge._steps.v2_2_to_v2_1_1._charging import (
    CONNECTOR,
    EVSE,
    carry_cost,
    known_location,
    name_contract,
    narrowed,
)
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.CDR, new.CDR)
def _cdr(conversion: ObjectConversion[old.CDR]) -> None:
    if present(conversion.source.credit):
        reason = "a credit CDR cannot be represented in OCPI 2.1.1; it would be one more bill"
        raise conversion.not_representable(reason, "credit")
    leave_owner(conversion, conversion.context.cpo)
    conversion.carry("stop_date_time", of="end_date_time")
    name_contract(conversion)
    carry_cost(conversion)
    _cdr_location(conversion)
    carry_periods(conversion, new.ChargingPeriod, new.CdrDimension, new.CdrDimensionType)


def _cdr_location(conversion: ObjectConversion[old.CDR]) -> None:
    """Make a location of the fields of the CDR; the rest is the context's, if it has it."""
    known = known_location(conversion, conversion.source.cdr_location.id)
    evse = _cdr_evse(conversion, known)
    at = {name: ("cdr_location", name) for name in OF_LOCATION}
    rest: dict[str, Any] = asdict(known) if known else {"type": new.LocationType.UNKNOWN}
    if not known:
        rest["last_updated"] = conversion.source.last_updated
        conversion.note(("location", "type"), "a CDR does not contain the kind of parking")
        conversion.note(("location", "last_updated"), "when the CDR was last updated")
    rest["evses"] = [evse]
    conversion.put("location", _built(conversion, new.Location, ("location",), at, rest))
    conversion.mark_used("cdr_location")


def _cdr_evse(conversion: ObjectConversion[old.CDR], known: new.Location | None) -> new.EVSE:
    place = conversion.source.cdr_location
    found = narrowed(known, place.evse_uid, place.connector_id) if known else []
    at = {"uid": ("cdr_location", "evse_uid")}
    if place.evse_id != NOT_AVAILABLE:
        at["evse_id"] = ("cdr_location", "evse_id")
    rest: dict[str, Any] = asdict(found[0]) if found else {"status": new.Status.UNKNOWN}
    one = found[0].connectors if found and place.connector_id != NOT_AVAILABLE else []
    rest["connectors"] = [_cdr_connector(conversion, one[0] if one else None)]
    if not found:
        rest["last_updated"] = conversion.source.last_updated
        conversion.note((*EVSE, "status"), "a CDR does not contain the status of the EVSE")
        conversion.note((*EVSE, "last_updated"), "when the CDR was last updated")
    evse: new.EVSE = _built(conversion, new.EVSE, EVSE, at, rest)
    return evse


def _cdr_connector(
    conversion: ObjectConversion[old.CDR], known: new.Connector | None
) -> new.Connector:
    at = {name: ("cdr_location", origin) for origin, name in OF_CONNECTOR.items()}
    rest: dict[str, Any] = asdict(known) if known else {"voltage": 0, "amperage": 0}
    if not known:
        rest["last_updated"] = conversion.source.last_updated
        conversion.note(
            (*CONNECTOR, "voltage"), "a CDR does not contain the voltage; 0 is not known"
        )
        conversion.note(
            (*CONNECTOR, "amperage"), "a CDR does not contain the current; 0 is not known"
        )
        conversion.note((*CONNECTOR, "last_updated"), "when the CDR was last updated")
    connector: new.Connector = _built(conversion, new.Connector, CONNECTOR, at, rest)
    return connector


def _built(
    conversion: ObjectConversion[old.CDR],
    kind: type[Any],
    to: Path,
    at: dict[str, tuple[str, str]],
    rest: dict[str, Any],
) -> Any:
    """Build a part of the location: the fields of the CDR, and the rest."""
    place = conversion.source.cdr_location
    parts = {name: (getattr(place, origin[1]), origin) for name, origin in at.items()}
    others = {name: value for name, value in rest.items() if name not in parts}
    return conversion.build(kind, to, parts, **others)

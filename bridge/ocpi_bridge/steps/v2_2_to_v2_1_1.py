"""From 2.2 to 2.1.1.

Objects name no owner; it is lost unless the context says the same. Sessions and CDRs hold their
location, which comes from the context, and the contract instead of the token. There are no
charging profiles, no preferences and no reservations that can be cancelled or billed.
"""

import re
from hashlib import sha256
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import asdict, replace

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._around import checked_same, in_context
from ocpi_bridge._connectors import NEAREST
from ocpi_bridge._owners import emsp_of, leave_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._paths import Path
from ocpi_bridge._periods import carry_periods
from ocpi_bridge._present import items, present
from ocpi_bridge._step import ANYTHING_ELSE, Step
from ocpi_bridge._text import NOT_AVAILABLE, same_id
from ocpi_runtime.types import same_ci

__all__ = ["STEP"]

STEP: Final = Step("2.2", "2.1.1")
STEP.stand_ins[new.ConnectorType] = NEAREST
STEP.stand_ins[new.TokenType] = {ANYTHING_ELSE: "OTHER"}
STEP.stand_ins[new.AuthMethod] = {"COMMAND": "AUTH_REQUEST"}
STEP.stand_ins[new.SessionStatus] = {"RESERVATION": "PENDING"}
STEP.stand_ins[new.CommandResponseType] = {ANYTHING_ELSE: "REJECTED"}

_DECIMALS: Final = 6
_NUMBER: Final = re.compile(r"(?:0|-?[1-9][0-9]*)\Z")
_EVSE: Final = ("location", "evses", 0)
_CONNECTOR: Final = (*_EVSE, "connectors", 0)


# --- Locations


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


# --- Tokens


@STEP.rule(old.Token, new.Token)
def _token(passage: Passage[old.Token]) -> None:
    leave_owner(passage, emsp_of(passage.context))
    passage.carry("auth_id", of="contract_id")


def _auth_id(passage: Passage[Any]) -> None:
    """Keep the contract. Which token of it that was is lost, unless the context has the token."""
    token, context = passage.source.cdr_token, passage.context
    passage.spend("cdr_token")
    passage.say("auth_id", token.contract_id, ("cdr_token", "contract_id"))
    known = in_context(context.token, old.Token, context)
    if known is None or not same_id(known.contract_id, token.contract_id):
        passage.leave(token, ("cdr_token",), "contract_id")
        return
    for name in ("uid", "type"):
        if not same_ci(getattr(token, name), getattr(known, name)):
            passage.lose_below(("cdr_token", name), "OCPI 2.1.1 knows the contract only")


# --- Sessions and CDRs


@STEP.rule(old.Session, new.Session)
def _session(passage: Passage[old.Session]) -> None:
    leave_owner(passage, passage.context.cpo)
    passage.carry("start_datetime", of="start_date_time")
    passage.carry("end_datetime", of="end_date_time")
    _auth_id(passage)
    _total_cost(passage)
    _session_location(passage)


def _total_cost(passage: Passage[Any]) -> None:
    cost = present(passage.source.total_cost)
    passage.spend("total_cost")
    if cost is not None:
        passage.put("total_cost", cost.excl_vat)
        passage.move(("total_cost",), ("total_cost", "excl_vat"))
        passage.leave(cost, ("total_cost",), "excl_vat")


def _known_location(passage: Passage[Any], location_id: str) -> new.Location | None:
    """Give the location of the context, if it is the one that is asked for."""
    known = in_context(passage.context.location, new.Location, passage.context)
    if known is not None:
        checked_same("the location", location_id, known.id)
    return known


def _session_location(passage: Passage[old.Session]) -> None:
    source = passage.source
    known = _known_location(passage, source.location_id)
    location = passage.given(known, "location", "location")
    evses = _narrowed(location, source.evse_uid, source.connector_id)
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
    passage.move((*_EVSE, "uid"), ("evse_uid",))
    if passage.source.connector_id == NOT_AVAILABLE:
        passage.note((*_EVSE, "connectors"), "which one it is, the session does not tell")
    else:
        passage.move((*_CONNECTOR, "id"), ("connector_id",))


def _narrowed(location: new.Location, evse_uid: str, connector_id: str) -> list[new.EVSE]:
    """Leave one EVSE and one connector of a location: those of a session.

    All connectors stay where it is not known yet which one it is, as in reservations.
    """
    for evse in items(location.evses):
        if same_id(evse.uid, evse_uid):
            if connector_id == NOT_AVAILABLE:
                return [evse]
            found = [each for each in evse.connectors if same_id(each.id, connector_id)]
            return [replace(evse, connectors=found[:1])] if found else []
    return []


@STEP.rule(old.CDR, new.CDR)
def _cdr(passage: Passage[old.CDR]) -> None:
    if present(passage.source.credit):
        reason = "OCPI 2.1.1 has no credit CDRs, so that it would be one more bill"
        raise passage.inexpressible(reason, "credit")
    leave_owner(passage, passage.context.cpo)
    passage.carry("stop_date_time", of="end_date_time")
    _auth_id(passage)
    _total_cost(passage)
    _cdr_location(passage)
    carry_periods(passage, new.ChargingPeriod, new.CdrDimension, new.CdrDimensionType)


def _cdr_location(passage: Passage[old.CDR]) -> None:
    """Make a location of what the CDR says of it; the rest is the context's, if it has it."""
    known = _known_location(passage, passage.source.cdr_location.id)
    evse = _cdr_evse(passage, known)
    at = {name: ("cdr_location", name) for name in _OF_LOCATION}
    rest: dict[str, Any] = asdict(known) if known else {"type": new.LocationType.UNKNOWN}
    if not known:
        rest["last_updated"] = passage.source.last_updated
        passage.note(("location", "type"), "a CDR does not tell the kind of parking")
        passage.note(("location", "last_updated"), "when the CDR was last updated")
    rest["evses"] = [evse]
    passage.put("location", _built(passage, new.Location, ("location",), at, rest))
    passage.spend("cdr_location")


_OF_LOCATION: Final = ("id", "name", "address", "city", "postal_code", "country", "coordinates")
_OF_CONNECTOR: Final = {
    "id": "connector_id",
    "standard": "connector_standard",
    "format": "connector_format",
    "power_type": "connector_power_type",
}


def _built(
    passage: Passage[old.CDR],
    kind: type[Any],
    to: Path,
    at: dict[str, tuple[str, str]],
    rest: dict[str, Any],
) -> Any:
    """Build a part of the location: what the CDR says of it, and the rest."""
    place = passage.source.cdr_location
    parts = {name: (getattr(place, origin[1]), origin) for name, origin in at.items()}
    others = {name: value for name, value in rest.items() if name not in parts}
    return passage.build(kind, to, parts, **others)


def _cdr_evse(passage: Passage[old.CDR], known: new.Location | None) -> new.EVSE:
    place = passage.source.cdr_location
    found = _narrowed(known, place.evse_uid, place.connector_id) if known else []
    at = {"uid": ("cdr_location", "evse_uid")}
    if place.evse_id != NOT_AVAILABLE:
        at["evse_id"] = ("cdr_location", "evse_id")
    rest: dict[str, Any] = asdict(found[0]) if found else {"status": new.Status.UNKNOWN}
    one = found[0].connectors if found and place.connector_id != NOT_AVAILABLE else []
    rest["connectors"] = [_cdr_connector(passage, one[0] if one else None)]
    if not found:
        rest["last_updated"] = passage.source.last_updated
        passage.note((*_EVSE, "status"), "a CDR does not tell the status of the EVSE")
        passage.note((*_EVSE, "last_updated"), "when the CDR was last updated")
    evse: new.EVSE = _built(passage, new.EVSE, _EVSE, at, rest)
    return evse


def _cdr_connector(passage: Passage[old.CDR], known: new.Connector | None) -> new.Connector:
    at = {name: ("cdr_location", origin) for name, origin in _OF_CONNECTOR.items()}
    rest: dict[str, Any] = asdict(known) if known else {"voltage": 0, "amperage": 0}
    if not known:
        rest["last_updated"] = passage.source.last_updated
        passage.note((*_CONNECTOR, "voltage"), "a CDR does not tell the voltage; 0 is not known")
        passage.note((*_CONNECTOR, "amperage"), "a CDR does not tell the current; 0 is not known")
        passage.note((*_CONNECTOR, "last_updated"), "when the CDR was last updated")
    connector: new.Connector = _built(passage, new.Connector, _CONNECTOR, at, rest)
    return connector


# --- Tariffs


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(passage: Passage[old.Tariff]) -> None:
    leave_owner(passage, passage.context.cpo)


@STEP.rule(old.TariffElement, new.TariffElement)
def _element(passage: Passage[old.TariffElement]) -> None:
    """Without its restrictions an element would apply where it must not."""
    passage.carry("restrictions", strict=True)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(passage: Passage[old.TariffRestrictions]) -> None:
    for name in ("reservation", "min_current", "max_current"):
        if present(getattr(passage.source, name)) is not None:
            reason = f"is restricted by {name}, which OCPI 2.1.1 does not know"
            raise passage.inexpressible(reason, name)


# --- Credentials and commands


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(passage: Passage[old.Credentials]) -> None:
    """Keep one party: that of the role that is asked for, or else the first."""
    roles, wanted = passage.source.roles, passage.context.role
    kept = next((i for i, each in enumerate(roles) if each.role == wanted), 0)
    passage.spend("roles")
    for index, role in enumerate(roles):
        if index != kept:
            passage.lose_below(("roles", index), "OCPI 2.1.1 has one party behind a versions URL")
            continue
        if role.role != wanted:
            passage.lose_below(("roles", index, "role"), "OCPI 2.1.1 names no role")
        for name in ("business_details", "party_id", "country_code"):
            passage.say(name, getattr(role, name), ("roles", index, name))


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(passage: Passage[old.AuthorizationInfo]) -> None:
    """Whoever asked knows the token."""
    known = in_context(passage.context.token, old.Token, passage.context)
    if known == passage.source.token:
        passage.spend("token")


@STEP.rule(old.ReserveNow, new.ReserveNow)
def _reserve_now(passage: Passage[old.ReserveNow]) -> None:
    """Numbers stay the same. Other identifiers become a number that is always the same for them."""
    text = passage.source.reservation_id
    if _NUMBER.match(text):
        passage.put("reservation_id", int(text), of="reservation_id")
        return
    digest = sha256(text.casefold().encode()).digest()
    number = int.from_bytes(digest[:4], "big") >> 1
    passage.put("reservation_id", number, of="reservation_id")
    reason = f"OCPI 2.1.1 has numbers; {number} stands in for it"
    passage.lose("reservation_id", reason)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(passage: Passage[old.CommandResponse]) -> None:
    if passage.source.timeout == passage.context.timeout:
        passage.spend("timeout")


@STEP.rule(old.CommandResult, new.CommandResponse)
def _command_result(passage: Passage[old.CommandResult]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    passage.carry("result")

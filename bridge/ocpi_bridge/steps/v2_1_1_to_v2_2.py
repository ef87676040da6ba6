"""From 2.1.1 to 2.2.

Objects name their owner, which comes from the context. Sessions and CDRs refer to tokens and
locations instead of holding them; costs are prices with and without VAT; credentials list roles.
"""

import re
from datetime import date
from typing import Any, Final

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._around import checked_same, in_context
from ocpi_bridge._owners import emsp_of, name_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._paths import Path
from ocpi_bridge._periods import carry_periods
from ocpi_bridge._present import items, present
from ocpi_bridge._step import Step
from ocpi_bridge._text import NOT_AVAILABLE
from ocpi_bridge._time_zones import ZONES

__all__ = ["STEP"]

STEP: Final = Step("2.1.1", "2.2")
STEP.stand_ins[new.CommandResponseType] = {"TIMEOUT": "REJECTED"}
STEP.stand_ins[new.CommandResultType] = {"UNKNOWN_SESSION": "REJECTED"}

_DATE: Final = re.compile(r"([12][0-9]{3})\D([0-9]{1,2})\D([0-9]{1,2})\Z")
_FIRST_EVSE: Final = ("location", "evses", 0)
_FIRST_CONNECTOR: Final = (*_FIRST_EVSE, "connectors", 0)


# --- Locations


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


# --- Tokens


@STEP.rule(old.Token, new.Token)
def _token(passage: Passage[old.Token]) -> None:
    name_owner(passage, emsp_of(passage.context), "emsp")
    passage.carry("contract_id", of="auth_id")


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(passage: Passage[old.AuthorizationInfo]) -> None:
    context = passage.context
    token = in_context(context.token, new.Token, context)
    passage.put("token", passage.given(token, "token", "token"))


def _cdr_token(passage: Passage[Any]) -> None:
    """Find the token by its contract, which is all that sessions and CDRs had of it."""
    contract = passage.source.auth_id
    passage.spend("auth_id")
    known = in_context(passage.context.token, new.Token, passage.context)
    if known is not None:
        checked_same("the token of contract", contract, known.contract_id)
    parts = {"contract_id": (contract, ("auth_id",))}
    uid = known.uid if known else NOT_AVAILABLE
    kind = known.type if known else new.TokenType.OTHER
    built = passage.build(new.CdrToken, ("cdr_token",), parts, uid=uid, type=kind)
    passage.put("cdr_token", built)
    if known is None:
        reason = "nothing tells which token of the contract it was"
        passage.note(("cdr_token", "uid"), reason)
        passage.note(("cdr_token", "type"), reason)


# --- Sessions and CDRs


@STEP.rule(old.Session, new.Session)
def _session(passage: Passage[old.Session]) -> None:
    name_owner(passage, passage.context.cpo, "cpo")
    passage.carry("start_date_time", of="start_datetime")
    passage.carry("end_date_time", of="end_datetime")
    _cdr_token(passage)
    _total_cost(passage)
    _session_location(passage)


def _total_cost(passage: Passage[Any]) -> None:
    cost = present(passage.source.total_cost)
    if cost is not None:
        passage.put("total_cost", new.Price(excl_vat=cost), of="total_cost")
        passage.move(("total_cost", "excl_vat"), ("total_cost",))
    passage.spend("total_cost")


def _session_location(passage: Passage[old.Session]) -> None:
    location = passage.source.location
    passage.say("location_id", location.id, ("location", "id"))
    used = _used(location)
    if used:
        evse, connector = used
        passage.say("evse_uid", evse.uid, (*_FIRST_EVSE, "uid"))
        passage.say("connector_id", connector.id, (*_FIRST_CONNECTOR, "id"))
        _choice(passage, ("evse_uid",), ("connector_id",))
    else:
        for name in ("evse_uid", "connector_id"):
            passage.assume(name, NOT_AVAILABLE, "the location of the session has no EVSE")
    _leave_location(passage, location, {"id"}, {"uid"}, {"id"})


def _used(location: old.Location) -> tuple[old.EVSE, old.Connector] | None:
    """Find where a session took place: its location should have one EVSE and one connector."""
    for evse in items(location.evses)[:1]:
        for connector in evse.connectors[:1]:
            return evse, connector
    return None


def _choice(passage: Passage[Any], evse: Path, connector: Path) -> None:
    """Say so where a session or CDR has several EVSEs or connectors, against the rule."""
    evses = items(passage.source.location.evses)
    if len(evses) > 1:
        passage.note(evse, "the first one of several")
    if len(evses[0].connectors) > 1:
        passage.note(connector, "the first one of several")


def _leave_location(
    passage: Passage[Any],
    location: old.Location,
    kept: set[str],
    kept_of_evse: set[str],
    kept_of_connector: set[str],
) -> None:
    """Report what a session or CDR does not say any more of its location."""
    passage.spend("location")
    passage.leave(location, ("location",), "evses", *kept)
    evses = items(location.evses)
    for index in range(1, len(evses)):
        reason = "OCPI 2.2 knows one EVSE of a session"
        passage.lose_below(("location", "evses", index), reason)
    for evse in evses[:1]:
        passage.leave(evse, _FIRST_EVSE, "connectors", *kept_of_evse)
        for index, connector in enumerate(evse.connectors):
            if index:
                reason = "OCPI 2.2 knows one connector of a session"
                passage.lose_below((*_FIRST_EVSE, "connectors", index), reason)
            else:
                passage.leave(connector, _FIRST_CONNECTOR, *kept_of_connector)


@STEP.rule(old.CDR, new.CDR)
def _cdr(passage: Passage[old.CDR]) -> None:
    name_owner(passage, passage.context.cpo, "cpo")
    passage.carry("end_date_time", of="stop_date_time")
    _cdr_token(passage)
    _total_cost(passage)
    _cdr_location(passage)
    carry_periods(passage, new.ChargingPeriod, new.CdrDimension, new.CdrDimensionType)


_OF_LOCATION: Final = ("id", "name", "address", "city", "postal_code", "country", "coordinates")
_OF_CONNECTOR: Final = {
    "connector_id": "id",
    "connector_standard": "standard",
    "connector_format": "format",
    "connector_power_type": "power_type",
}


def _cdr_location(passage: Passage[old.CDR]) -> None:
    location = passage.source.location
    used = _used(location)
    if used is None:
        reason = "has no EVSE with a connector, and OCPI 2.2 requires one"
        raise passage.inexpressible(reason, "location")
    evse, connector = used
    parts: dict[str, tuple[Any, Path]]
    parts = {name: (getattr(location, name), ("location", name)) for name in _OF_LOCATION}
    parts["evse_uid"] = (evse.uid, (*_FIRST_EVSE, "uid"))
    for name, origin in _OF_CONNECTOR.items():
        parts[name] = (getattr(connector, origin), (*_FIRST_CONNECTOR, origin))
    evse_id = present(evse.evse_id)
    parts["evse_id"] = (NOT_AVAILABLE if evse_id is None else evse_id, (*_FIRST_EVSE, "evse_id"))
    place = "cdr_location"
    passage.put(place, passage.build(new.CdrLocation, (place,), parts))
    if evse_id is None:
        passage.note((place, "evse_id"), "the EVSE has no eMI3 identifier")
    _choice(passage, (place, "evse_uid"), (place, "connector_id"))
    kept = {"uid", "evse_id"}
    _leave_location(passage, location, {*_OF_LOCATION}, kept, {*_OF_CONNECTOR.values()})


# --- Tariffs


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(passage: Passage[old.Tariff]) -> None:
    name_owner(passage, passage.context.cpo, "cpo")


@STEP.rule(old.TariffElement, new.TariffElement)
def _element(passage: Passage[old.TariffElement]) -> None:
    """Without its restrictions an element would apply where it must not."""
    passage.carry("restrictions", strict=True)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(passage: Passage[old.TariffRestrictions]) -> None:
    for name in ("start_date", "end_date"):
        text = present(getattr(passage.source, name))
        if text is not None and text != NOT_AVAILABLE:
            day = _day(text)
            if day is None:
                raise passage.inexpressible(f"applies on {text!r}, which is no date", name)
            passage.put(name, day, of=name)


def _day(text: str) -> str | None:
    """Write a date as 2.2 wants it; 2.1.1 leaves the form open."""
    match = _DATE.match(text)
    try:
        return date(*map(int, match.groups())).isoformat() if match else None
    except ValueError:
        return None


# --- Credentials and commands


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(passage: Passage[old.Credentials]) -> None:
    role = passage.given(passage.context.role, "role", "roles")
    source, place = passage.source, ("roles", 0)
    names = ("business_details", "party_id", "country_code")
    parts = {name: (getattr(source, name), (name,)) for name in names}
    built = passage.build(new.CredentialsRole, place, parts, role=new.Role(role))
    passage.put("roles", [built])
    passage.spend(*names)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(passage: Passage[old.CommandResponse]) -> None:
    seconds = passage.given(passage.context.timeout, "timeout", "timeout")
    passage.put("timeout", seconds)


@STEP.rule(old.CommandResponse, new.CommandResult)
def _command_result(passage: Passage[old.CommandResponse]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    passage.carry("result")

"""Checks of real-time authorization: which tokens may charge, and where."""

from collections.abc import Iterator
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.check.writing.kinds import kinds_of
from ocpi_conformance.check.writing.pushed import PushedObject, with_steps
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import tokens as rules

_NOT_FOUND: Final = 404
_UNKNOWN, _TOO_LITTLE = 2004, 2002
_TYPES: Final = ("RFID", "APP_USER", "AD_HOC_USER", "OTHER")
_ALLOWED: Final = "ALLOWED"
_CLOSED: Final = {
    "exceptional_openings": [
        {"period_begin": "2020-01-01T00:00:00Z", "period_end": "2020-01-01T01:00:00Z"}
    ]
}
Data = dict[str, Any]


def _authorizes(place: CheckedInterface) -> bool:
    return "post_authorize_token" in place.operations


def _asked(
    place: CheckedInterface,
    uid: str,
    kind: str,
    location: Data | None = None,
    *,
    reachable: bool = True,
) -> CheckedExchange:
    operation = place.operations["post_authorize_token"]
    query = {"type": kind} if kind else None
    sent = place.request(operation, path={"token_uid": uid}, query=query, body=location)
    return place.send(operation, sent, reachable=reachable)


def _info(checked: CheckedExchange) -> Data:
    found = (checked.envelope or {}).get("data")
    good = checked.outcome is Answered.ACCEPTED and isinstance(found, dict)
    return found if good and isinstance(found, dict) else {}


def _location(place: CheckedInterface) -> Data:
    """Return a location that is ours."""
    name = place.writes.name(place.version)
    known = {"location_id": name, "evse_uids": [f"{name}1"]}
    found: Data = place.writes.world(place.version).fitted("LocationReferences", known)
    return found


def _valid(place: CheckedInterface, *, valid: bool) -> Data:
    """Return a token of the list that is valid, or one that is not."""
    for one in place.objects():
        if one.get("valid") is valid and isinstance(one.get("uid"), str):
            return one
    raise Stopped(f"No token of the list has valid: {str(valid).lower()}.")


@check(rules.OWN_TOKEN, rules.LOCATION_ANSWER, rules.TOO_LITTLE, about=_authorizes)
def known_token(place: CheckedInterface) -> Iterator[Outcome]:
    """Authorize a token of the list, with a location of ours and without."""
    token = _valid(place, valid=True)
    uid, kind = token["uid"], str(token.get("type") or "")
    without = _asked(place, uid, kind, reachable=False)
    if without.refused and without.code != _TOO_LITTLE:
        wanted = f"a decision, or OCPI {_TOO_LITTLE}, without a location"
        yield Fault(rules.TOO_LITTLE, wanted, without.summary())
    location = _location(place)
    info = _info(_asked(place, uid, kind, location))
    shown = info.get("token")
    if not info:
        yield NotAsked(rules.OWN_TOKEN, "The request was not accepted.")
    elif not isinstance(shown, dict) or str(shown.get("uid")).lower() != uid.lower():
        got = "no token" if not isinstance(shown, dict) else f"the token {shown.get('uid')}"
        yield Fault(rules.OWN_TOKEN, f"the token {uid}", got, "another token", "/data/token")
    if info.get("allowed") != _ALLOWED:
        yield NotAsked(rules.LOCATION_ANSWER, f"The token is {info.get('allowed')}.")
        return
    yield from _answered(info.get("location"), location)


def _answered(found: Any, location: Data) -> Iterator[Fault]:
    if not isinstance(found, dict):
        wanted = f"the location {location['location_id']}"
        yield Fault(rules.LOCATION_ANSWER, wanted, "no location", pointer="/data/location")
    elif found.get("location_id") != location["location_id"]:
        wanted, got = f"the location {location['location_id']}", str(found.get("location_id"))
        yield Fault(rules.LOCATION_ANSWER, wanted, got, "another location", "/data/location")


@check(rules.INVALID_TOKEN, rules.LOCATION_REFUSED, about=_authorizes)
def invalid_token(place: CheckedInterface) -> Iterator[Outcome]:
    """Authorize a token of the list that is not valid."""
    token = _valid(place, valid=False)
    checked = _asked(place, token["uid"], str(token.get("type") or ""), _location(place))
    info = _info(checked)
    if not info:
        raise Stopped(f"It was answered with {checked.summary()}.")
    if info.get("allowed") == _ALLOWED:
        wanted = "BLOCKED, EXPIRED, NO_CREDIT or NOT_ALLOWED"
        yield Fault(rules.INVALID_TOKEN, wanted, _ALLOWED, pointer="/data/allowed")
        yield NotAsked(rules.LOCATION_REFUSED, "The token is ALLOWED.")
    elif info.get("location") is not None:
        wanted, got = "no location", f"a location, while allowed is {info.get('allowed')}"
        yield Fault(rules.LOCATION_REFUSED, wanted, got, pointer="/data/location")


@check(rules.UNKNOWN_TOKEN, about=_authorizes)
def unknown_token(place: CheckedInterface) -> Iterator[Outcome]:
    """Authorize a token that does not exist."""
    checked = _asked(place, f"{place.party.mark}-NONE", "RFID", reachable=False)
    wrong = (checked.http, checked.code) != (_NOT_FOUND, _UNKNOWN)
    if wrong or (checked.envelope or {}).get("data") is not None:
        wanted = f"HTTP 404 and OCPI {_UNKNOWN}, without data"
        yield Fault(rules.UNKNOWN_TOKEN, wanted, checked.summary())


@check(rules.TYPE, about=_authorizes)
def other_type(place: CheckedInterface) -> Iterator[Outcome]:
    """Authorize a token of the list by another type."""
    token = _valid(place, valid=True)
    taken = {str(one.get("type")) for one in place.objects() if one.get("uid") == token["uid"]}
    kind = next((one for one in _TYPES if one not in taken and _is_known(place, one)), None)
    if kind is None:
        raise Stopped("The token exists with every type.")
    checked = _asked(place, token["uid"], kind, reachable=False)
    if checked.outcome is Answered.ACCEPTED:
        wanted = f"a refusal of {token['uid']} as {kind}"
        yield Fault(rules.TYPE, wanted, checked.summary())


@check(rules.NO_AVAILABILITY, about=_authorizes)
def closed_location(place: CheckedInterface) -> Iterator[Outcome]:
    """Push a location; authorize a token there while it is open, and while it is closed."""
    locations = place.sibling("locations", "receiver")
    if locations is None:
        raise Stopped("The party takes no locations.")
    token = _valid(place, valid=True)
    one = PushedObject(locations, kinds_of(locations)[0])
    decided = []
    for status, open_always in (("AVAILABLE", True), ("OUTOFORDER", False)):
        evses = [{**evse, "status": status} for evse in one.value.get("evses") or ()]
        hours = {"twentyfourseven": open_always} | ({} if open_always else _CLOSED)
        one.probe(one.body({**one.value, "evses": evses, "opening_times": hours}))
        info = _info(_asked(place, token["uid"], str(token.get("type") or ""), _location(place)))
        decided.append(info.get("allowed"))
    before, after = decided
    if before is None:
        raise Stopped("The request was not accepted.")
    if before != after:
        wanted = f"{before}, as while the location was open and the EVSE available"
        yield Fault(rules.NO_AVAILABILITY, wanted, str(after or "a refusal"), "another decision")


def _takes_tokens(place: CheckedInterface) -> bool:
    return "get_stored_token" in place.operations


@check(rules.STORED_TYPE, about=_takes_tokens)
def two_types(place: CheckedInterface) -> Iterator[Outcome]:
    """Put two tokens of one uid, and read each."""
    kind = kinds_of(place)[0]
    one, other = PushedObject(place, kind), PushedObject(place, kind)
    one.value["type"], other.value["type"] = "RFID", "APP_USER"
    one.store()
    other.store()
    yield from with_steps(place, _told_apart(one, other))
    # The first one is what is removed in the end.
    other.store({**other.value, "valid": False})
    one.store()


def _told_apart(one: PushedObject, other: PushedObject) -> Iterator[Outcome]:
    named = [(each.value["type"], each.query(each.kind.get), each) for each in (one, other)]
    for kind, query, each in [*named, ("RFID", {}, one)]:
        sent = each.place.request(each.kind.get, path=each.ids, query=query)
        found = each.place.send(each.kind.get, sent, reachable=True).object
        got = found.get("type") if isinstance(found, dict) else None
        if got != kind:
            wanted = f"the token of type {kind}"
            text = f"one of type {got}" if got else "none"
            yield Fault(rules.STORED_TYPE, wanted, text, "another type", "/data/type")


def _is_known(place: CheckedInterface, kind: str) -> bool:
    """Return whether a version has a type of tokens."""
    schema = place.operations["post_authorize_token"].params["type"]
    return not schema.faults(kind)

"""Checks of commands: their responses, their results, and what must be refused."""

import time
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.check.checks.later._asking import Pending, ask, has_timeout
from ocpi_conformance.check.checks.later._begun import cdr_faults, session_faults
from ocpi_conformance.check.checks.later._bodies import Commands, commands_of, find_session
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import commands as rules

Data = dict[str, Any]
_PAUSE: Final = 0.3
_PAST: Final = "2020-01-01T00:00:00Z"
_LINK_LOCAL: Final = "http://169.254.169.254/result"
_NO_URL: Final = "no-url"
_NONE: Final = "CHK-NONE"


def _is_receiver(place: CheckedInterface) -> bool:
    return place.module == "commands" and place.interface == "receiver"


def _sent(about: Commands, name: str, **changes: Any) -> Pending:
    return ask(about.place, about.operation(name), body=about.body(name, **changes))


def _wrong(about: Commands, name: str, **changes: Any) -> Pending:
    body = about.body(name, **changes)
    return ask(about.place, about.operation(name), body=body, wrong=True)


_RESULTS: Final = (
    rules.RESULT_ARRIVES,
    rules.RESULT_HEADERS,
    rules.RESULT_VALID,
    rules.ONE_RESULT,
    rules.NO_RESULT_IF_REFUSED,
    rules.TIMEOUT,
    rules.TOKEN_NOT_CHECKED,
    rules.TOKEN_IN_SESSION,
    rules.SESSION_START,
    rules.REFERENCE,
    rules.REFERENCE_IN_CDR,
    rules.NOT_SUPPORTED,
)
_OF_SESSION: Final = (rules.SESSION_START, rules.REFERENCE, rules.REFERENCE_IN_CDR)


@check(*_RESULTS, about=_is_receiver)
def start_and_stop(place: CheckedInterface) -> Iterator[Outcome]:
    """Start a session, unlock the connector, and stop the session that began."""
    about, began = commands_of(place), datetime.now(UTC)
    started = _sent(about, "START_SESSION")
    yield from _token_taken(started)
    yield from started.result_faults()
    session = yield from _session(about, started)
    done = [started, _sent(about, "UNLOCK_CONNECTOR")]
    if session is None:
        for rule in _OF_SESSION:
            yield NotAsked(rule, "No session was begun.")
    else:
        yield from session_faults(about, started, session, began)
        done.append(_sent(about, "STOP_SESSION", session_id=str(session.get("id"))))
    for one in done[1:]:
        yield from one.result_faults()
    if session is not None:
        yield from cdr_faults(about, started, str(session.get("id")))
    time.sleep(_PAUSE)
    for one in done:
        yield from _answered(one)
        yield from has_timeout(rules.TIMEOUT, one)
        yield from one.count_faults()
    if not any(one.accepted for one in done):
        for rule in (rules.RESULT_ARRIVES, rules.RESULT_HEADERS, rules.RESULT_VALID):
            yield NotAsked(rule, "No command was accepted.")


def _token_taken(pending: Pending) -> Iterator[Outcome]:
    """Require that a command about a free EVSE is accepted, whatever its token is."""
    if pending.data.get("result") == "NOT_SUPPORTED":
        yield NotAsked(rules.TOKEN_NOT_CHECKED, "The party does not support the command.")
    elif not pending.accepted:
        wanted = "ACCEPTED for a token that was not pushed"
        cause = f"{pending.operation.id} not accepted"
        yield pending.seen(Fault(rules.TOKEN_NOT_CHECKED, wanted, pending.summary(), cause))


def _answered(pending: Pending) -> Iterator[Outcome]:
    """Require a CommandResponse, whether the command is offered or not."""
    if "result" not in pending.data and pending.checked.outcome is not Answered.ACCEPTED:
        wanted, name = "a CommandResponse, such as NOT_SUPPORTED", pending.operation.id
        yield pending.seen(Fault(rules.NOT_SUPPORTED, wanted, pending.summary(), name))


def _session(about: Commands, started: Pending) -> Generator[Outcome, None, Data | None]:
    """Find the session that a command began."""
    if not started.accepted or not started.succeeded():
        yield NotAsked(rules.TOKEN_IN_SESSION, "START_SESSION did not succeed.")
        return None
    try:
        found = find_session(about.place, about.token)
    except Stopped as stop:
        yield NotAsked(rules.TOKEN_IN_SESSION, stop.reason)
        return None
    if found is None:
        wanted = f"a session with the token {about.token['uid']}"
        fault = Fault(rules.TOKEN_IN_SESSION, wanted, "no session has it", "no session")
        yield started.seen(fault)
        return None
    return found


_RESERVATIONS: Final = (
    rules.TOKEN_NOT_CHECKED,
    rules.RESERVATION_REPLACED,
    rules.RESERVATION_SESSION,
)


@check(*_RESERVATIONS, about=_is_receiver)
def reserve_and_cancel(place: CheckedInterface) -> Iterator[Outcome]:
    """Reserve an EVSE twice under one id, and cancel that."""
    about = commands_of(place)
    about.operation("CANCEL_RESERVATION")
    first = _sent(about, "RESERVE_NOW")
    yield from _token_taken(first)
    if not first.accepted or not first.succeeded():
        raise Stopped(f"RESERVE_NOW was not accepted: {first.summary()}.")
    yield from _reserved(about, first)
    again = _sent(about, "RESERVE_NOW")
    if not again.accepted:
        wanted = "ACCEPTED for another reservation of the same id"
        yield again.seen(Fault(rules.RESERVATION_REPLACED, wanted, again.summary()))
    else:
        again.result()
    _sent(about, "CANCEL_RESERVATION").result()


def _reserved(about: Commands, first: Pending) -> Iterator[Outcome]:
    try:
        found = find_session(about.place, about.token)
    except Stopped as stop:
        yield NotAsked(rules.RESERVATION_SESSION, stop.reason)
        return
    if found is None or found.get("status") != "RESERVATION":
        got = "no session" if found is None else f"the status {found.get('status')}"
        wanted = "a session with the status RESERVATION"
        yield first.seen(Fault(rules.RESERVATION_SESSION, wanted, got, "no such session"))


_REFUSED: Final[tuple[tuple[Rule, str, Mapping[str, str | None], str], ...]] = (
    (rules.UNKNOWN_LOCATION, "START_SESSION", {"location_id": _NONE}, "an unknown location"),
    (rules.UNKNOWN_LOCATION, "START_SESSION", {"evse_uid": _NONE}, "an unknown EVSE"),
    (rules.UNKNOWN_LOCATION, "RESERVE_NOW", {"location_id": _NONE}, "an unknown location"),
    (rules.UNKNOWN_LOCATION, "UNLOCK_CONNECTOR", {"evse_uid": _NONE}, "an unknown EVSE"),
    (rules.CONNECTOR_ALONE, "START_SESSION", {"evse_uid": None}, "a connector without EVSE"),
    (rules.EXPIRED, "RESERVE_NOW", {"expiry_date": _PAST}, "an expiry date in the past"),
    (rules.UNKNOWN_RESERVATION, "CANCEL_RESERVATION", {}, "an unknown reservation"),
)


_UNKNOWN_LOCATION: Final = 2003


@check(*dict.fromkeys(one[0] for one in _REFUSED), rules.UNKNOWN_LOCATION_CODE, about=_is_receiver)
def wrong_commands(place: CheckedInterface) -> Iterator[Outcome]:
    """Send commands about what does not exist."""
    about = commands_of(place)
    for rule, name, changes, what in _REFUSED:
        if f"post_{name.lower()}" not in place.operations:
            continue
        pending = _wrong(about, name, **_fitting(about, name, changes))
        yield from pending.refused(rule, what)
        yield from pending.count_faults()
        wrong = pending.checked.refused and pending.checked.code != _UNKNOWN_LOCATION
        if rule is rules.UNKNOWN_LOCATION and wrong:
            wanted = f"OCPI {_UNKNOWN_LOCATION}, or a response that refuses {what}"
            fault = Fault(rules.UNKNOWN_LOCATION_CODE, wanted, pending.summary())
            yield pending.seen(fault)


def _fitting(about: Commands, name: str, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change no field that decides before the one that is meant."""
    body = about.body(name)
    if changes.get("evse_uid") == _NONE and name == "START_SESSION":
        return {**changes, "connector_id": None}
    if name == "CANCEL_RESERVATION" and isinstance(body["reservation_id"], str):
        return {"reservation_id": _NONE}
    return changes


@check(rules.UNKNOWN_SESSION, about=_is_receiver)
def unknown_session(place: CheckedInterface) -> Iterator[Outcome]:
    """Stop a session that does not exist."""
    pending = _wrong(commands_of(place), "STOP_SESSION", session_id=_NONE)
    if pending.data.get("result") not in {"UNKNOWN_SESSION", "NOT_SUPPORTED"}:
        yield pending.seen(
            Fault(rules.UNKNOWN_SESSION, "the result UNKNOWN_SESSION", pending.summary())
        )
    yield from pending.count_faults()


@check(rules.TOKEN_OF_OTHERS, about=_is_receiver)
def token_of_others(place: CheckedInterface) -> Iterator[Outcome]:
    """Start a session with a token of another eMSP."""
    about = commands_of(place)
    other = {**about.token, "country_code": "ZZ", "party_id": "ZZZ"}
    pending = _wrong(about, "START_SESSION", token=other)
    yield from pending.refused(rules.TOKEN_OF_OTHERS, "a token of another eMSP")


@check(rules.CONCURRENT, about=_is_receiver)
def two_at_once(place: CheckedInterface) -> Iterator[Outcome]:
    """Send two commands before the result of the first has come."""
    about = commands_of(place)
    both = [_sent(about, "UNLOCK_CONNECTOR") for _ in range(2)]
    if not all(one.accepted for one in both):
        raise Stopped("UNLOCK_CONNECTOR was not accepted twice.")
    missing = [one for one in both if one.result() is None]
    if missing:
        fault = Fault(rules.CONCURRENT, "a result for each of two commands", "none for one of them")
        yield missing[0].seen(fault)


@check(rules.RESPONSE_URL, about=_is_receiver)
def unsafe_url(place: CheckedInterface) -> Iterator[Outcome]:
    """Have the result sent to an address that is no partner's, and to none."""
    about = commands_of(place)
    operation = about.operation("UNLOCK_CONNECTOR")
    for url in (_LINK_LOCAL, _NO_URL):
        body = about.body("UNLOCK_CONNECTOR", response_url=url)
        checked = place.send(operation, place.request(operation, body=body))
        data = (checked.envelope or {}).get("data")
        if isinstance(data, dict) and data.get("result") == "ACCEPTED":
            wanted, cause = f"a refusal of {url}", "accepted"
            yield Fault(rules.RESPONSE_URL, wanted, checked.summary(), cause)

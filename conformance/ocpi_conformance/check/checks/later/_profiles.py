"""Checks of charging profiles, for a session that a command begins."""

import time
from collections.abc import Iterator
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.check.checks.later._asking import (
    Pending,
    ask,
    has_timeout,
    result_of,
)
from ocpi_conformance.check.checks.later._sessions import begun_session
from ocpi_conformance.check.writing.kinds import kinds_of
from ocpi_conformance.check.writing.pushed import PushedObject
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import commands, profiles

_PAUSE: Final = 0.3
_NONE: Final = "CHK-NONE"
_PROFILE: Final = {
    "charging_rate_unit": "W",
    "charging_profile_period": [{"start_period": 0, "limit": 11000}],
}
_DURATION: Final = {"duration": "900"}


def _is_receiver(place: CheckedInterface) -> bool:
    return place.module == "chargingprofiles" and place.interface == "receiver"


def _asked(place: CheckedInterface, session: str, *, wrong: bool = False) -> Iterator[Pending]:
    """Set a profile, read the active one, and clear it."""
    path = {"session_id": session}
    put = place.operations["put_charging_profile"]
    yield ask(place, put, path=path, body={"charging_profile": _PROFILE}, wrong=wrong)
    yield ask(
        place,
        place.operations["get_active_charging_profile"],
        path=path,
        query=_DURATION,
        wrong=wrong,
    )
    yield ask(place, place.operations["delete_charging_profile"], path=path, wrong=wrong)


_RESULTS: Final = (
    commands.RESULT_ARRIVES,
    commands.RESULT_HEADERS,
    commands.RESULT_VALID,
    commands.ONE_RESULT,
    commands.NO_RESULT_IF_REFUSED,
)


_OF_PROFILES: Final = (
    profiles.TIMEOUT,
    profiles.ACTIVE_RESULT,
    profiles.PERIOD_ORDER,
    profiles.LIMIT_DIGITS,
)


@check(*_RESULTS, *_OF_PROFILES, about=_is_receiver)
def of_a_session(place: CheckedInterface) -> Iterator[Outcome]:
    """Begin a session, control it, and stop it."""
    with begun_session(place) as session:
        yield from _controlled(place, session)


def _controlled(place: CheckedInterface, session: str) -> Iterator[Outcome]:
    done = []
    for one in _asked(place, session):
        done.append(one)
        yield from one.result_faults()
        yield from has_timeout(profiles.TIMEOUT, one)
        if one.operation.method == "GET":
            yield from _active(one)
    time.sleep(_PAUSE)
    for one in done:
        yield from one.count_faults()
    if not any(one.accepted for one in done):
        for rule in _RESULTS[:3]:
            yield NotAsked(rule, "No request was accepted.")


_OF_ACTIVE: Final = (profiles.ACTIVE_RESULT, profiles.PERIOD_ORDER, profiles.LIMIT_DIGITS)


def _active(pending: Pending) -> Iterator[Outcome]:
    sent = pending.result() if pending.accepted else None
    body: Any = {} if sent is None else result_of(sent)
    if sent is None or body.get("result") != "ACCEPTED":
        for rule in _OF_ACTIVE:
            yield NotAsked(rule, "The request had no result that is ACCEPTED.")
    elif not isinstance(body.get("profile"), dict):
        fault = Fault(profiles.ACTIVE_RESULT, "the profile in the result", "no profile")
        yield pending.seen(fault, sent)
        for rule in _OF_ACTIVE[1:]:
            yield NotAsked(rule, "The result has no profile.")
    else:
        for fault in _of_profile(body):
            yield pending.seen(fault, sent)


def _of_profile(body: Any) -> Iterator[Fault]:
    starts = _numbers(body, "start_period")
    if starts != sorted(starts):
        got = f"periods that begin at {', '.join(map(str, starts))}"
        wanted = "periods that begin one after the other"
        yield Fault(profiles.PERIOD_ORDER, wanted, got, "no order")
    fine = [one for one in _numbers(body, "limit") if one != round(one, 1)]
    if fine:
        wanted = "limits of at most one digit behind the point"
        yield Fault(profiles.LIMIT_DIGITS, wanted, f"limit {fine[0]}", "a finer limit")


def _numbers(body: Any, name: str) -> list[float]:
    """Return a number of each period of the profile."""
    profile = body["profile"].get("charging_profile")
    periods = profile.get("charging_profile_period") if isinstance(profile, dict) else None
    found = [one.get(name) for one in periods or () if isinstance(one, dict)]
    return [one for one in found if isinstance(one, int | float)]


def _takes_updates(place: CheckedInterface) -> bool:
    return "put_active_charging_profile" in place.operations


@check(profiles.UPDATE_ANSWER, about=_takes_updates)
def update(place: CheckedInterface) -> Iterator[Outcome]:
    """Push a session, and put its active profile."""
    sessions = place.sibling("sessions", "receiver")
    if sessions is None:
        raise Stopped("The party takes no sessions.")
    one = PushedObject(sessions, kinds_of(sessions)[0])
    one.prepare()
    one.probe(one.body(one.value))
    operation = place.operations["put_active_charging_profile"]
    body = {"start_date_time": place.writes.moment(), "charging_profile": _PROFILE}
    sent = place.request(operation, path={"session_id": one.ids["session_id"]}, body=body)
    # A party may refuse what it did not ask for.
    checked = place.require(place.send(operation, sent))
    if (checked.envelope or {}).get("data") is not None:
        yield Fault(profiles.UPDATE_ANSWER, "an answer without data", "data", pointer="/data")


@check(profiles.UNKNOWN_SESSION, about=_is_receiver)
def of_an_unknown_session(place: CheckedInterface) -> Iterator[Outcome]:
    """Send all requests about a session that does not exist."""
    for one in _asked(place, _NONE, wrong=True):
        refused = one.checked.refused or one.data.get("result") == "UNKNOWN_SESSION"
        if not refused:
            wanted = "the result UNKNOWN_SESSION"
            yield one.seen(Fault(profiles.UNKNOWN_SESSION, wanted, one.summary()))
        yield from one.count_faults()

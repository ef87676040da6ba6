"""Faults of commands and charging profiles: responses, results, and what is not refused."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    is_below,
    module_of,
    parsed,
    success,
    with_body,
)
from tests.conformance.fuzz.injected_faults import INJECTED_FAULTS
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["COMMANDS"]

_LATER = ("commands", "chargingprofiles")


def _responses(change: Callable[[dict[str, Any]], Any], *modules: str) -> Make:
    """Change the response to a command or a request about profiles."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = module_of(asked) in (modules or _LATER) and isinstance(data, dict)
        return answer.with_fields(data=change(data)) if meant and "result" in data else answer

    return answering(spoil)


def _accepts(word: str, *results: str) -> Make:
    """Accept commands that were refused with one of some results, where their body has a word."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        if module_of(asked) not in _LATER or "receiver" not in asked.path:
            return answer
        data = accepted_data(answer)
        result = data.get("result") if isinstance(data, dict) else None
        failed = result in results or (data is None and answer.status != 401)
        if not failed or word not in asked.body.decode(errors="replace") + asked.path:
            return answer
        return success(asked, data={"result": "ACCEPTED", "timeout": 30})

    return answering(spoil)


class _Results(InjectedFault):
    def __init__(self, change: Callable[[ReceivedRequest], list[ReceivedRequest]]) -> None:
        self._change = change

    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        return self._change(result)


def _results(change: Callable[[ReceivedRequest], list[ReceivedRequest]]) -> Make:
    return lambda: _Results(change)


def _bare(result: ReceivedRequest, *names: str) -> ReceivedRequest:
    return replace(result, headers={k: v for k, v in result.headers.items() if k not in names})


def _url_cut(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    """Forget the query of response_url."""
    body = asked.json
    if not isinstance(body, dict) or "response_url" not in body:
        return asked
    return with_body(asked, {**body, "response_url": str(body["response_url"]).partition("%3F")[0]})


class _OneAtATime(InjectedFault):
    """Forgets one of two commands that come at the same time."""

    def __init__(self) -> None:
        self._last, self._forgetting = 0.0, False

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if asked.path.endswith("/UNLOCK_CONNECTOR"):
            now = time.monotonic()
            self._forgetting = now - self._last < 1
            self._last = now
        return asked

    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        forgotten, self._forgetting = self._forgetting, False
        return [] if forgotten else [result]


class _OneReservation(InjectedFault):
    """Refuses a reservation whose id is known."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if not asked.path.endswith("/RESERVE_NOW") or not isinstance(asked.json, dict):
            return asked
        name = str(asked.json.get("reservation_id"))
        if name in self._known and asked.json.get("location_id") != "CHK-NONE":
            return success(asked, data={"result": "REJECTED", "timeout": 30})
        self._known.add(name)
        return asked


def _without_profile(result: ReceivedRequest) -> list[ReceivedRequest]:
    body = result.json
    if not isinstance(body, dict):
        return [result]
    return [with_body(result, {name: one for name, one in body.items() if name != "profile"})]


def _of_profile(change: Callable[[dict[str, Any]], object]) -> Make:
    """Change the profile in results."""

    def changed(result: ReceivedRequest) -> list[ReceivedRequest]:
        body = result.json
        profile = body.get("profile") if isinstance(body, dict) else None
        if not isinstance(profile, dict):
            return [result]
        change(profile["charging_profile"])
        return [with_body(result, body)]

    return _results(changed)


def _reversed(profile: dict[str, Any]) -> None:
    profile["charging_profile_period"] = [
        {"start_period": 600, "limit": 1}, {"start_period": 0, "limit": 1}]  # fmt: skip


def _preferences(asked: ReceivedRequest, answer: Answer, data: str, *, known: bool) -> Answer:
    if not asked.path.endswith("/charging_preferences") or answer.status == 401:
        return answer
    unknown = asked.method == "PUT" and "CHK-NONE" in asked.path
    is_meant = (accepted_data(answer) is not None) if known else unknown
    return success(asked, data=data) if is_meant else answer


def _listed_as(**fields: str) -> Make:
    """Change sessions in lists."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if not is_below(asked, "sessions", "GET") or not isinstance(data, list):
            return answer
        return answer.with_fields(data=[{**one, **fields} for one in data])

    return answering(spoil)


def _other_token(asked: ReceivedRequest) -> ReceivedRequest:
    """Begin sessions with another token than the one of the command."""
    body = asked.json
    if not asked.path.endswith("/START_SESSION") or not isinstance(body, dict):
        return asked
    return with_body(asked, {**body, "token": {**body["token"], "uid": "ANOTHER"}})


def _own_token(asked: ReceivedRequest) -> ReceivedRequest:
    """Take tokens of others for those of the sender."""
    body = asked.json
    if not is_below(asked, "commands") or not isinstance(body, dict) or "token" not in body:
        return asked
    owner = {"country_code": "DE", "party_id": "GST"}
    return with_body(asked, {**body, "token": {**body["token"], **owner}})


def _nameless(_asked: ReceivedRequest, answer: Answer) -> Answer:
    """Refuse unknown locations without naming the reason."""
    unknown = parsed(answer).get("status_code") == 2003
    return answer.with_fields(status_code=2000) if unknown else answer


def _token_checked(*commands: str) -> Make:
    """Refuse commands with tokens that were not pushed."""

    def refuse(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if not is_below(asked, "commands") or not asked.path.endswith(commands):
            return asked
        return success(asked, data={"result": "REJECTED", "timeout": 30})

    return asking(refuse)


class _ProfileRefused(InjectedFault):
    """Refuses profiles and sends their results."""

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = module_of(asked) == "chargingprofiles" and isinstance(data, dict)
        return answer.with_fields(data={**data, "result": "REJECTED"}) if meant else answer


COMMANDS: dict[str, Make] = {
    "command-without-result": INJECTED_FAULTS["no result"].make,
    "command-with-two-results": INJECTED_FAULTS["two results"].make,
    "command-with-strange-result": INJECTED_FAULTS["unknown result"].make,
    "result-without-token": INJECTED_FAULTS["result without token"].make,
    "result-without-ids": _results(lambda one: [_bare(one, "x-request-id", "x-correlation-id")]),
    "result-after-refusal": INJECTED_FAULTS["result of a refusal"].make,
    "result-put": _results(lambda one: [replace(one, method="PUT")]),
    "result-in-a-list": _results(lambda one: [with_body(one, [one.json])]),
    "result-at-url-without-query": asking(_url_cut),
    "response-without-timeout": _responses(lambda one: {"result": one["result"]}),
    "response-timeout-zero": _responses(lambda one: {**one, "timeout": 0}),
    "response-timeout-as-text": _responses(lambda one: {**one, "timeout": "30s"}),
    "response-result-unknown": _responses(lambda one: {**one, "result": "OK"}),
    "response-in-a-list": _responses(lambda one: [one]),
    "response-without-result": _responses(lambda _one: {"timeout": 30}),
    "unknown-location-accepted": _accepts("location_id", "REJECTED", "NOT_SUPPORTED"),
    "unknown-session-accepted": _accepts("STOP_SESSION", "UNKNOWN_SESSION", "REJECTED"),
    "expired-reservation-accepted": _accepts("RESERVE_NOW", "REJECTED"),
    "unknown-reservation-accepted": _accepts("CANCEL_RESERVATION", "REJECTED"),
    "unsafe-response-url-accepted": _accepts("response_url", "REJECTED"),
    "response-url-of-no-form-accepted": _accepts("no-url"),
    "connector-alone-accepted": _accepts("connector_id"),
    "unknown-location-with-2000": answering(_nameless),
    "unknown-evse-accepted": _accepts("evse_uid"),
    "one-command-at-a-time": _OneAtATime,
    "known-reservation-refused": _OneReservation,
    "reservation-as-active-session": _listed_as(status="ACTIVE"),
    "session-of-another-token": asking(_other_token),
    "command-with-foreign-token-accepted": asking(_own_token),
    "active-profile-without-profile": _results(_without_profile),
    "token-of-command-checked": _token_checked("START_SESSION"),
    "token-of-reservation-checked": _token_checked("RESERVE_NOW"),
    "profile-result-after-refusal": _ProfileRefused,
    "profile-result-without-token": INJECTED_FAULTS["result without token"].make,
    "profile-of-unknown-session-accepted": _accepts("chargingprofiles", "UNKNOWN_SESSION"),
    "profile-response-unknown": _responses(lambda one: {**one, "result": "OK"},
                                           "chargingprofiles"),
    "profile-response-in-a-list": _responses(lambda one: [one], "chargingprofiles"),
    "profile-without-unit": _of_profile(lambda one: one.pop("charging_rate_unit")),
    "profile-in-kilowatts": _of_profile(lambda one: one.update(charging_rate_unit="KW")),
    "profile-periods-reversed": _of_profile(_reversed),
    "preferences-answer-unknown": answering(
        lambda asked, answer: _preferences(asked, answer, "MAYBE", known=True)),
    "preferences-of-unknown-session-accepted": answering(
        lambda asked, answer: _preferences(asked, answer, "ACCEPTED", known=False)),
    "profile-without-result": INJECTED_FAULTS["no result"].make,
    "profile-with-two-results": INJECTED_FAULTS["two results"].make,
    "profile-with-strange-result": INJECTED_FAULTS["unknown result"].make,
    "profile-result-at-url-without-query": asking(_url_cut),
    "profile-timeout-zero": _responses(lambda one: {**one, "timeout": 0}, "chargingprofiles"),
}  # fmt: skip

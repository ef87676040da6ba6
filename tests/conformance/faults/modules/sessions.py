"""Faults of sessions that commands begin, of their tokens and profiles, and of registrations."""

from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    changed_query,
    each_object,
    is_below,
    module_of,
    parsed,
    refused,
    with_body,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["SESSIONS"]

Data = dict[str, Any]


def _listed(module: str, **fields: Any) -> Make:
    """Change objects in lists."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if not is_below(asked, module, "GET") or not isinstance(data, list):
            return answer
        return answer.with_fields(data=[{**one, **fields} for one in data])

    return answering(spoil)


def _not_offered(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    offered = not asked.path.endswith("/UNLOCK_CONNECTOR")
    return asked if offered else refused(asked, 200, 3000, "Not implemented")


def _whitelisted(whitelist: str, auth_method: str) -> Make:
    """Have all tokens one whitelist, and all sessions one way of authorization."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if is_below(asked, "tokens", "GET") and isinstance(data, dict):
            return answer.with_fields(data={**data, "whitelist": whitelist})
        if is_below(asked, "sessions", "GET") and isinstance(data, list):
            return answer.with_fields(data=[{**one, "auth_method": auth_method} for one in data])
        return answer

    return answering(spoil)


def _any_type(asked: ReceivedRequest) -> ReceivedRequest:
    """Read stored tokens without the type in the URL."""
    return changed_query(asked, type=None) if is_below(asked, "tokens", "GET") else asked


class _ByAvailability(InjectedFault):
    """Authorizes no token where the EVSE is out of order."""

    def __init__(self) -> None:
        self._out = False

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if is_below(asked, "locations", "PUT"):
            self._out = b'"OUTOFORDER"' in asked.body
        return asked

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = self._out and asked.path.endswith("/authorize") and isinstance(data, dict)
        if not meant:
            return answer
        kept = {name: one for name, one in data.items() if name != "location"}
        return answer.with_fields(data={**kept, "allowed": "NOT_ALLOWED"})


def _update_with_data(asked: ReceivedRequest, answer: Answer) -> Answer:
    done = parsed(answer).get("status_code") == 1000
    meant = module_of(asked) == "chargingprofiles" and "sender" in asked.path and done
    return answer.with_fields(data={"result": "ACCEPTED"}) if meant else answer


class _FineLimits(InjectedFault):
    """Sends limits with two digits behind the point."""

    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        body = result.json
        profile = body.get("profile") if isinstance(body, dict) else None
        if not isinstance(profile, dict):
            return [result]
        for one in profile["charging_profile"]["charging_profile_period"]:
            one["limit"] = 11.25
        return [with_body(result, body)]


class _AnyClient(InjectedFault):
    """Refuses clients without endpoints by another code."""

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        body = asked.json
        bare = isinstance(body, dict) and "/bare/" in str(body.get("url"))
        if not bare or not is_below(asked, "credentials", "POST"):
            return answer
        return refused(asked, 200, 3000, "Internal error")


def _public(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Publish commands at a URL without TLS."""
    data = accepted_data(answer)
    endpoints = data.get("endpoints") if isinstance(data, dict) else None
    if not isinstance(endpoints, list):
        return answer
    changed = [
        {**one, "url": "http://ocpi.example.com/commands"}
        if one.get("identifier") == "commands"
        else one
        for one in endpoints
    ]
    return answer.with_fields(data={**data, "endpoints": changed})


def _one_period(one: Data) -> None:
    """Charge all energy in one period, by the tariff of which another one is half of the price."""
    energy = {"type": "ENERGY", "step_size": 1}
    elements = [
        {"price_components": [{**energy, "price": 1}], "restrictions": {"max_kwh": 1}},
        {"price_components": [{**energy, "price": 0.5}]},
    ]
    tariff = {"id": "T", "currency": one["currency"], "elements": elements}
    one["tariffs"] = [{**(one["tariffs"][0] if one.get("tariffs") else {}), **tariff}]


SESSIONS: dict[str, Make] = {
    "session-without-reference": _listed("sessions", authorization_reference=None),
    "cdr-of-another-reference": _listed("cdrs", authorization_reference="ANOTHER"),
    "session-begun-before-its-command": _listed("sessions", start_date_time="2020-01-01T00:00:00Z"),
    "command-not-offered-as-error": asking(_not_offered),
    "token-type-of-url-ignored": asking(_any_type),
    "authorization-by-availability": _ByAvailability,
    "token-never-whitelisted-not-asked": _whitelisted("NEVER", "WHITELIST"),
    "token-always-whitelisted-asked": _whitelisted("ALWAYS", "AUTH_REQUEST"),
    "profile-update-answered-with-data": answering(_update_with_data),
    "profile-limit-too-fine": _FineLimits,
    "client-without-endpoints-by-3000": _AnyClient,
    "endpoint-without-tls": answering(_public),
    "cdr-in-one-period": each_object("cdrs", _one_period),
}  # fmt: skip

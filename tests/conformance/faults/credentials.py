"""Faults of the registration."""

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
    refused,
    success,
    with_body,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["CREDENTIALS"]


def _object(change: Callable[[dict[str, Any]], Any], *methods: str) -> Make:
    """Change the credentials in answers."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = is_below(asked, "credentials") and isinstance(data, dict)
        if not meant or (methods and asked.method not in methods):
            return answer
        return answer.with_fields(data=change(data))

    return answering(spoil)


def _allowed(method: str) -> Make:
    """Answer a request that the state forbids as if it were right."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        if not is_below(asked, "credentials", method) or answer.status != 405:
            return answer
        return success(asked, data=asked.json)

    return answering(spoil)


def _roles(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Make:
    def changed(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "roles": change(data["roles"])} if "roles" in data else data

    return _object(changed)


class _OldTokensLive(InjectedFault):
    """Keeps tokens alive that a method of credentials replaced."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._dead: set[str] = set()
        self._living = ""

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        used = asked.headers.get("authorization", "")
        if used in self._dead and self._living:
            return replace(asked, headers={**asked.headers, "authorization": self._living})
        return asked

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        used = asked.headers.get("authorization", "")
        if is_below(asked, "credentials", self._method) and accepted_data(answer) is not None:
            self._dead.add(used)
        elif used not in self._dead and accepted_data(answer) is not None:
            self._living = used
        return answer


class _SameToken(InjectedFault):
    """Returns the token again with which it was asked."""

    def __init__(self, method: str) -> None:
        self._method = method

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if not is_below(asked, "credentials", self._method):
            return asked
        return replace(asked, method="GET", body=b"")


class _LocksOut(InjectedFault):
    """Refuses a client after its renewal failed."""

    def __init__(self) -> None:
        self._out: set[str] = set()

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if asked.headers.get("authorization", "") in self._out:
            return refused(asked, 401, 2001, "Unauthorized")
        return asked

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        failed = answer.status != 405 and accepted_data(answer) is None
        if is_below(asked, "credentials", "PUT") and failed:
            self._out.add(asked.headers.get("authorization", ""))
        return answer


def _never_ends(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return success(asked) if is_below(asked, "credentials", "DELETE") else asked


def _trusting(code: int) -> Make:
    """Answer a registration that failed with a code as if it had succeeded."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        failed = parsed(answer).get("status_code") == code
        if not is_below(asked, "credentials") or asked.method not in {"POST", "PUT"} or not failed:
            return answer
        return success(asked, data=asked.json)

    return answering(spoil)


def _nameless_failure(asked: ReceivedRequest, answer: Answer) -> Answer:
    if is_below(asked, "credentials") and parsed(answer).get("status_code") in {3001, 3002, 3003}:
        return answer.with_fields(status_code=2000)
    return answer


def _unread(method: str) -> Make:
    """Answer POST or PUT without reading the client's versions."""

    def at_once(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if not is_below(asked, "credentials", method):
            return asked
        return success(asked, data={**asked.json, "token": "made-without-reading"})

    return asking(at_once)


def _token_b_lost(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    """Call the client with another token than that of its credentials."""
    if not is_below(asked, "credentials") or not isinstance(asked.json, dict):
        return asked
    return with_body(asked, {**asked.json, "token": "another-token"})


def _lists_closed(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    closed = asked.method == "GET" and module_of(asked) not in {"versions", "credentials"}
    return refused(asked, 401, 2000, "Unauthorized") if closed else asked


def _lists_open(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Answer lists whatever the token is."""
    closed = asked.method == "GET" and answer.status == 401
    listed = module_of(asked) not in {"versions", "credentials"}
    return success(asked, data=[]) if closed and listed else answer


def _refusing(method: str) -> Make:
    return asking(
        lambda asked: refused(asked, 200, 2000) if is_below(asked, "credentials", method) else asked
    )


def _unknown(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return refused(asked, 404, 2000) if is_below(asked, "credentials", "GET") else asked


CREDENTIALS: dict[str, Make] = {
    "post-of-a-registered-client": _allowed("POST"),
    "put-of-an-unregistered-client": _allowed("PUT"),
    "delete-of-an-unregistered-client": _allowed("DELETE"),
    "token-a-lives-on": lambda: _OldTokensLive("POST"),
    "old-token-lives-after-put": lambda: _OldTokensLive("PUT"),
    "same-token-after-put": lambda: _SameToken("PUT"),
    "same-token-after-post": lambda: _SameToken("POST"),
    "failed-renewal-locks-out": _LocksOut,
    "delete-ends-nothing": asking(_never_ends),
    "unreachable-client-registered": _trusting(3001),
    "client-without-version-registered": _trusting(3002),
    "failed-registration-without-name": answering(_nameless_failure),
    "post-answered-unread": _unread("POST"),
    "put-answered-unread": _unread("PUT"),
    "client-called-with-another-token": asking(_token_b_lost),
    "token-a-opens-lists": answering(_lists_open),
    "token-c-opens-no-lists": asking(_lists_closed),
    "post-of-credentials-refused": _refusing("POST"),
    "put-of-credentials-refused": _refusing("PUT"),
    "credentials-unknown": asking(_unknown),
    "credentials-empty": _object(lambda _data: None, "GET"),
    "credentials-of-another-token": _object(lambda data: {**data, "token": "another"}, "GET"),
    "credentials-token-with-blanks": _object(lambda data: {**data, "token": "to ken"}, "GET"),
    "credentials-token-too-long": _object(lambda data: {**data, "token": "t" * 65}, "GET"),
    "credentials-of-another-url": _object(
        lambda data: {**data, "url": f"{data['url']}/details"}, "GET"
    ),
    "credentials-without-roles": _roles(lambda _roles: []),
    "credentials-role-twice": _roles(lambda roles: [*roles, roles[0]]),
    "credentials-country-in-three-letters": _roles(
        lambda roles: [{**one, "country_code": "NLD"} for one in roles]
    ),
    "credentials-country-unknown": _roles(
        lambda roles: [{**one, "country_code": "XQ"} for one in roles]
    ),
    "credentials-role-unknown": _roles(lambda roles: [{**one, "role": "MSP"} for one in roles]),
    "credentials-role-without-name": _roles(
        lambda roles: [{**one, "business_details": {}} for one in roles]
    ),
}

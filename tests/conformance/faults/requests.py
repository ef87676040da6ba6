"""Faults of what follows a request: commands, authorizations, CDRs, broken input, hubs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    changed_query,
    is_below,
    parsed,
    refused,
    segments,
    success,
)
from tests.conformance.faults.commands import COMMANDS
from tests.conformance.fuzz.injected_faults import INJECTED_FAULTS
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["REQUESTS"]

_HTML = b"<html><body>Unprocessable Entity</body></html>"


def _authorizations(change: Callable[[dict[str, Any]], Any]) -> Make:
    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = "authorize" in segments(asked) and isinstance(data, dict)
        return answer.with_fields(data=change(data)) if meant else answer

    return answering(spoil)


def _authorized(asked: ReceivedRequest, answer: Answer) -> Answer:
    unknown = "authorize" in segments(asked) and answer.status == 404
    return success(asked, data={"allowed": "ALLOWED"}) if unknown else answer


def _unknown_token(**fields: Any) -> Make:
    """Change the answer about an unknown token."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        if "authorize" not in segments(asked) or answer.status != 404:
            return answer
        changed = replace(answer, status=fields.get("status", 404))
        return changed.with_fields(status_code=fields.get("code", 2004))

    return answering(spoil)


def _any_type(asked: ReceivedRequest) -> ReceivedRequest:
    asks = "authorize" in segments(asked) and "type" in dict(parse_qsl(asked.query))
    return changed_query(asked, type=None) if asks else asked


def _without_location(asked: ReceivedRequest) -> ReceivedRequest:
    """Never look at the location that is asked about."""
    return replace(asked, body=b"") if "authorize" in segments(asked) else asked


def _always_location(asked: ReceivedRequest, answer: Answer) -> Answer:
    data = accepted_data(answer)
    if "authorize" not in segments(asked) or not isinstance(data, dict) or not asked.json:
        return answer
    return answer.with_fields(data={**data, "location": asked.json})


def _without_body(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    """Refuse what has no location, without naming the reason."""
    bare = "authorize" in segments(asked) and not asked.body
    return refused(asked, 200, 2000) if bare else asked


TOKENS: dict[str, Make] = {
    "location-missing-with-2000": asking(_without_body),
    "unknown-token-allowed": answering(_authorized),
    "unknown-token-with-2000": _unknown_token(code=2000),
    "unknown-token-with-200": _unknown_token(status=200),
    "token-of-any-type-allowed": asking(_any_type),
    "authorization-without-token": _authorizations(
        lambda one: {k: v for k, v in one.items() if k != "token"}),
    "authorization-of-another-token": _authorizations(
        lambda one: {**one, "token": {**one.get("token", {}), "uid": "ANOTHER"}}),
    "authorization-unknown-value": _authorizations(lambda one: {**one, "allowed": "YES"}),
    "authorization-always-allowed": _authorizations(lambda one: {**one, "allowed": "ALLOWED"}),
    "authorization-in-a-list": _authorizations(lambda one: [one]),
    "authorization-without-its-location": asking(_without_location),
    "authorization-at-any-location": answering(_always_location),
}  # fmt: skip


def _errors(change: Callable[[ReceivedRequest, Answer], Answer], *, methods: str = "") -> Make:
    """Change what answers a wrong body."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        code = parsed(answer).get("status_code")
        wrong = answer.status in {400, 415} or code == 2001
        meant = wrong and asked.method in (methods or asked.method) and bool(asked.body)
        return change(asked, answer) if meant else answer

    return answering(spoil)


def _status_of(status: int, change: Callable[[ReceivedRequest, Answer], Answer]) -> Make:
    return answering(lambda asked, answer: change(asked, answer)
                     if answer.status == status else answer)  # fmt: skip


def _html(asked: ReceivedRequest, answer: Answer) -> Answer:
    return Answer(422, {"content-type": "text/html"}, _HTML)


def _is_json(asked: ReceivedRequest) -> bool:
    return asked.json is not None


def _big(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return refused(asked, 500, 3000) if len(asked.body) > 100_000 else asked


def _deep(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return (
        refused(asked, 500, 3000)
        if asked.body.count(b"[") + asked.body.count(b"{") > 500
        else asked
    )


def _long_header(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    long = any(len(value) > 2000 for value in asked.headers.values())
    return refused(asked, 500, 3000) if long else asked


def _zipped(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return refused(asked, 500, 3000) if "content-encoding" in asked.headers else asked


def _marked(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    return refused(asked, 500, 3000) if asked.body.startswith(b"\xef\xbb\xbf") else asked


def _other_media(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    kind = asked.headers.get("content-type", "application/json")
    return refused(asked, 500, 3000) if asked.body and "json" not in kind else asked


MALFORMED: dict[str, Make] = {
    "broken-json-accepted": _errors(lambda asked, answer: answer if _is_json(asked)
                                    else success(asked)),
    "broken-json-with-200": _errors(lambda asked, answer: answer if _is_json(asked)
                                    else refused(asked, 200, 2001)),
    "broken-json-with-500": _errors(lambda asked, answer: answer if _is_json(asked)
                                    else refused(asked, 500, 3000)),
    "wrong-body-in-html": _errors(_html),
    "wrong-type-accepted": _errors(lambda asked, answer: success(asked) if _is_json(asked)
                                   else answer),
    "wrong-type-with-400": _errors(lambda asked, answer: replace(answer, status=400)
                                   if _is_json(asked) else answer),
    "wrong-type-with-500": _errors(lambda asked, answer: refused(asked, 500, 3000)
                                   if _is_json(asked) else answer),
    "wrong-type-with-3000": _errors(lambda asked, answer: refused(asked, 200, 3000)
                                    if _is_json(asked) else answer),
    "wrong-method-404": _status_of(405, lambda _asked, answer: replace(answer, status=404)),
    "wrong-method-200": _status_of(405, lambda asked, _answer: success(asked)),
    "wrong-method-500": _status_of(405, lambda _asked, answer: replace(answer, status=500)),
    "wrong-method-in-html": _status_of(405, lambda asked, answer: replace(
        _html(asked, answer), status=405)),
    "allow-missing": _status_of(405, lambda _asked, answer: answer.with_headers(allow=None)),
    "allow-of-everything": _status_of(405, lambda _asked, answer: answer.with_headers(
        allow="GET, PUT, POST, PATCH, DELETE")),
    "unknown-path-200": _status_of(404, lambda asked, answer: success(asked, data=[])
                                   if asked.method == "GET" else answer),
    "unknown-path-of-a-module-200": _status_of(404, lambda asked, answer: success(asked, data=[])
                                               if "/check/check" in asked.path else answer),
    "unknown-path-500": _status_of(404, lambda _asked, answer: replace(answer, status=500)),
    "unknown-path-in-html": _status_of(404, lambda asked, answer: replace(
        _html(asked, answer), status=404)),
    "big-body-fails": asking(_big),
    "deep-json-fails": asking(_deep),
    "long-header-fails": asking(_long_header),
    "zipped-body-fails": asking(_zipped),
    "byte-order-mark-fails": asking(_marked),
    "other-media-type-fails": asking(_other_media),
}  # fmt: skip

CDRS: dict[str, Make] = {
    "cdr-taken-twice": INJECTED_FAULTS["CDR taken twice"].make,
    "cdr-overwritten": INJECTED_FAULTS["last CDR wins"].make,
    "cdr-not-at-its-url": INJECTED_FAULTS["CDR not at its place"].make,
    "cdr-url-of-another-host": INJECTED_FAULTS["CDR at another party"].make,
    "cdr-changed-on-the-way": INJECTED_FAULTS["another CDR"].make,
    "cdr-without-url": answering(lambda _asked, answer: answer.with_headers(location=None)),
}


def _routing(asked: ReceivedRequest, answer: Answer, code: int, other: int | None) -> Answer:
    if parsed(answer).get("status_code") != code:
        return answer
    return success(asked) if other is None else answer.with_fields(status_code=other)


HUB: dict[str, Make] = {
    "hub-knows-everybody": answering(lambda asked, answer: _routing(asked, answer, 4001, None)),
    "hub-unknown-receiver-2000": answering(lambda asked, answer: _routing(asked, answer, 4001,
                                                                          2000)),
    "hub-not-connected-accepted": answering(lambda asked, answer: _routing(asked, answer, 4003,
                                                                           None)),
    "hub-not-connected-as-3000": answering(lambda asked, answer: _routing(asked, answer, 4003,
                                                                          3000)),
    "hub-without-client-infos": asking(lambda asked: refused(asked, 404, 2000)
                                       if is_below(asked, "hubclientinfo") else asked),
}  # fmt: skip

REQUESTS: dict[str, Make] = {**COMMANDS, **TOKENS, **MALFORMED, **CDRS, **HUB}

"""Faults of authorization, headers and envelopes."""

import base64
import json
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
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["MESSAGES"]

_HTML = b"<html><body><h1>Error</h1></body></html>"


def _when(status: int, change: Callable[[ReceivedRequest, Answer], Answer]) -> Make:
    """Change answers of one HTTP status."""
    return answering(lambda asked, answer: change(asked, answer)
                     if answer.status == status else answer)  # fmt: skip


def _html(answer: Answer, status: int) -> Answer:
    return replace(answer, status=status, body=_HTML).with_headers(content_type="text/html")


class _KnowsOne(InjectedFault):
    """Lets requests in whose Authorization header is none, by the last one that was right."""

    def __init__(self, is_trusted: Callable[[str, str], bool]) -> None:
        self._is_trusted = is_trusted
        self._good = ""

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        used = asked.headers.get("authorization", "")
        if used == self._good or not self._good or not self._is_trusted(used, self._good):
            return asked
        return replace(asked, headers={**asked.headers, "authorization": self._good})

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if accepted_data(answer) is not None:
            self._good = asked.headers.get("authorization", "")
        return answer


def _value(header: str) -> str:
    return header.partition(" ")[2]


def _twice(used: str, good: str) -> bool:
    return _value(used) == base64.b64encode(_value(good).encode()).decode()


def _similar(used: str, good: str) -> bool:
    mine, right = _value(used), _value(good)
    return bool(mine) and (mine.lower() == right.lower() or mine.startswith(right[:8])
                           or right.startswith(mine))  # fmt: skip


def _only_plain(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    value = base64.b64encode(_value(asked.headers.get("authorization", "")).encode()).decode()
    return replace(asked, headers={**asked.headers, "authorization": f"Token {value}"})


AUTHORIZATION: dict[str, Make] = {
    "403-for-401": _when(401, lambda _asked, answer: replace(answer, status=403)),
    "403-in-html": _when(401, lambda _asked, answer: _html(answer, 403)),
    "401-in-html": _when(401, lambda _asked, answer: _html(answer, 401)),
    "401-without-body": _when(401, lambda _asked, answer: replace(answer, body=b"")),
    "200-for-401": _when(401, lambda _asked, answer: replace(answer, status=200)),
    "404-for-401": _when(401, lambda _asked, answer: replace(answer, status=404)),
    "500-for-401": _when(401, lambda _asked, answer: replace(answer, status=500)),
    "any-token-opens": lambda: _KnowsOne(lambda used, _good: bool(used)),
    "no-token-opens": lambda: _KnowsOne(lambda used, _good: not used),
    "any-scheme-opens": lambda: _KnowsOne(
        lambda used, good: not used.startswith("Token ") and _value(used) == _value(good)
    ),
    "similar-token-opens": lambda: _KnowsOne(_similar),
    "base64-twice-opens": lambda: _KnowsOne(_twice),
    "base64-not-read": asking(_only_plain),
}


def _lowered(name: str) -> Make:
    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        got = answer.headers.get(name)
        return answer.with_headers(**{name: got.swapcase()}) if got else answer

    return answering(spoil)


def _with_headers(*, only: Callable[[ReceivedRequest, Answer], bool] = lambda *_: True,
            **headers: str | None) -> Make:  # fmt: skip
    return answering(lambda asked, answer: answer.with_headers(**headers)
                     if only(asked, answer) else answer)  # fmt: skip


def _is_error(asked: ReceivedRequest, answer: Answer) -> bool:
    return accepted_data(answer) is None and parsed(answer).get("status_code") != 1000


def _not_turned(asked: ReceivedRequest, answer: Answer) -> Answer:
    parts = ("country-code", "party-id")
    names = [f"ocpi-{way}-{part}" for way in ("from", "to") for part in parts]
    kept = {name: asked.headers[name] for name in names if name in asked.headers}
    return replace(answer, headers={**answer.headers, **kept})


def _routed(asked: ReceivedRequest, answer: Answer) -> Answer:
    if module_of(asked) not in {"versions", "credentials", "hubclientinfo"}:
        return answer
    return answer.with_headers(ocpi_from_country_code="NL", ocpi_from_party_id="HST",
                         ocpi_to_country_code="DE", ocpi_to_party_id="GST")  # fmt: skip


HEADERS: dict[str, Make] = {
    "request-id-missing": _with_headers(x_request_id=None),
    "request-id-of-its-own": _with_headers(x_request_id="mine"),
    "request-id-in-other-case": _lowered("x-request-id"),
    "request-id-missing-in-errors": _with_headers(only=_is_error, x_request_id=None),
    "correlation-id-missing": _with_headers(x_correlation_id=None),
    "correlation-id-of-its-own": _with_headers(x_correlation_id="mine"),
    "content-type-html": _with_headers(content_type="text/html"),
    "content-type-missing": _with_headers(content_type=None),
    "content-type-of-errors": _with_headers(
        only=_is_error, content_type="application/problem+json"
    ),
    "routing-missing": _with_headers(ocpi_from_country_code=None, ocpi_from_party_id=None,
                                     ocpi_to_country_code=None, ocpi_to_party_id=None),
    "routing-of-half": _with_headers(ocpi_to_party_id=None),
    "routing-not-turned": answering(_not_turned),
    "routing-on-configuration": answering(_routed),
}  # fmt: skip


def _with_fields(**fields: Any) -> Make:
    return answering(lambda _asked, answer: answer.with_fields(**fields))


def _fields(change: Callable[[dict[str, Any]], Any],
            only: Callable[[ReceivedRequest, Answer], bool] = lambda *_: True) -> Make:  # fmt: skip
    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        envelope = parsed(answer)
        if not envelope or not only(asked, answer):
            return answer
        return replace(answer, body=json.dumps(change(envelope)).encode())

    return answering(spoil)


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {key: value for key, value in found.items() if key != name}


def _is_read(asked: ReceivedRequest, answer: Answer) -> bool:
    """Return whether an answer is about objects: without versions nobody asks for these."""
    about = asked.method == "GET" and module_of(asked) != "versions"
    return about and accepted_data(answer) is not None


def _is_object(asked: ReceivedRequest, answer: Answer) -> bool:
    return _is_read(asked, answer) and isinstance(accepted_data(answer), dict)


def _is_list(asked: ReceivedRequest, answer: Answer) -> bool:
    return _is_read(asked, answer) and isinstance(accepted_data(answer), list)


def _when_read(change: Callable[[Answer], Answer]) -> Make:
    return answering(lambda asked, answer: change(answer) if _is_read(asked, answer) else answer)


def _unknown_found(asked: ReceivedRequest, answer: Answer) -> Answer:
    if answer.status != 404 or asked.method != "GET" or is_below(asked, "versions"):
        return answer
    return success(asked, data=None)


ENVELOPE: dict[str, Make] = {
    "no-envelope": _fields(lambda found: found.get("data"), _is_read),
    "status-code-as-text": _fields(lambda found: {**found,
                                                  "status_code": str(found["status_code"])}),
    "status-code-of-http": _fields(lambda found: {**found, "status_code": 200}, _is_read),
    "status-code-missing": _fields(_without("status_code")),
    "status-message-missing": _fields(_without("status_message")),
    "status-message-as-number": _with_fields(status_message=1),
    "status-code-custom": _fields(lambda found: {**found, "status_code": 1950}, _is_read),
    "timestamp-missing": _fields(_without("timestamp")),
    "timestamp-with-offset": _with_fields(timestamp="2026-11-02T10:00:00+01:00"),
    "timestamp-of-local-form": _with_fields(timestamp="02.11.2026 10:00"),
    "timestamp-too-long": _with_fields(timestamp="2026-11-02T10:00:00.123456Z"),
    "timestamp-long-ago": _with_fields(timestamp="2015-06-30T21:59:59Z"),
    "timestamp-in-seconds": _with_fields(timestamp=1764500000),
    "object-in-a-list": _fields(lambda found: {**found, "data": [found["data"]]}, _is_object),
    "list-as-an-object": _fields(lambda found: {**found, "data": {"items": found["data"]}},
                                 _is_list),
    "data-missing": _fields(_without("data"), _is_read),
    "list-null": _fields(lambda found: {**found, "data": None}, _is_list),
    "list-in-an-error": _fields(lambda found: {**found, "data": [{"loc": ["body"]}]}, _is_error),
    "3000-for-all": _fields(lambda found: {**_without("data")(found), "status_code": 3000},
                            _is_read),
    "2000-for-all": _fields(lambda found: {**_without("data")(found), "status_code": 2000},
                            _is_read),
    "1000-beside-404": _when(404, lambda _asked, answer: answer.with_fields(status_code=1000)),
    "200-for-unknown-objects": answering(_unknown_found),
    "success-in-html": _when_read(lambda answer: _html(answer, 200)),
    "202-for-success": answering(lambda _asked, answer: replace(answer, status=202)
                                 if answer.status in {200, 201} else answer),
    "body-with-bom": _when_read(lambda answer: replace(answer, body=b"\xef\xbb\xbf" + answer.body)),
    "body-cut-off": _when_read(lambda answer: replace(answer, body=answer.body[:-1])),
}  # fmt: skip

MESSAGES: dict[str, Make] = {**AUTHORIZATION, **HEADERS, **ENVELOPE}

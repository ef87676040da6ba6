"""Requests that no generator makes: broken text, wrong methods, missing tokens."""

import random
from collections.abc import Iterator

import msgspec

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_runtime import headers as names
from ocpi_runtime import token as tokens
from ocpi_runtime.urls import join

__all__ = ["probe_operation", "probe_target"]

_METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE")
_JSON = "application/json"
_IDS = frozenset({names.REQUEST_ID.lower(), names.CORRELATION_ID.lower()})
_BODIES = (
    b"",
    b"{",
    b"nonsense",
    b'{"id": NaN}',
    b'{"id": Infinity}',
    b'{"id": "\xff\xfe"}',
    b'{"id": "1"} {"id": "2"}',
    b'"text"',
    b"null",
    b"[" * 100 + b"]" * 100,
    b'{"id":' * 100 + b"1" + b"}" * 100,
)


def probe_target(session: FuzzSession) -> None:
    """Ask for paths and methods that the bundle does not have."""
    asked: set[str] = set()
    # With a token that was replaced meanwhile, all that is asked for is 401.
    for operation in [one for one in session.operations if one.method == "GET"][:1]:
        session.prepare(operation)
    for operation in session.operations:
        if operation.path in asked:
            continue
        asked.add(operation.path)
        sample = session.sample(operation)
        for method in _METHODS if not session.knowledge.read_only else ():
            if method not in session.answered(operation):
                headers = session.headers(operation)
                sent = SentRequest(method, sample.url, headers)
                _ask(session, operation, sent, Intent.METHOD)
    deepest = max(one.depth for one in session.interfaces)
    for operation in session.operations[:1]:
        url = join(session.target.url, *["fuzz"] * (deepest + 1))
        sent = SentRequest("GET", url, session.headers(operation))
        _ask(session, operation, sent, Intent.PATH)


def probe_operation(session: FuzzSession, operation: Operation, rng: random.Random) -> None:
    """Ask an operation without token, without ids, with broken headers and broken bodies.

    It comes after the generated cases, so that a request that is fine otherwise is known. Where
    the allowance does not suffice for all, those come first that no other request makes up for.

    Args:
        session: Asks.
        operation: What is asked.
        rng: Chooses among the others.
    """
    for sent in [*_undated(operation, session.sample(operation)), *_elsewhere(session, operation)]:
        _ask(session, operation, sent, Intent.CALL)
    more = [(sent, Intent.UNAUTHORIZED) for sent in _unauthorized(session, operation)]
    more += [(sent, Intent.CALL) for sent in _odd(session, operation)]
    rng.shuffle(more)
    for sent, intent in more:
        _ask(session, operation, sent, intent)


def _ask(session: FuzzSession, operation: Operation, sent: SentRequest, intent: Intent) -> None:
    if session.allowance.left:
        session.ask(operation, sent, intent)


def _unauthorized(session: FuzzSession, operation: Operation) -> Iterator[SentRequest]:
    sample = session.sample(operation)
    for value in (
        None,
        "",
        "Token",
        "Bearer fuzz",
        tokens.header_value("fuzz-unknown-token", base64=session.target.token_base64),
    ):
        headers = {**sample.headers, "authorization": value or ""}
        if value is None:
            del headers["authorization"]
        yield SentRequest(sample.method, sample.url, headers, sample.body)


def _elsewhere(session: FuzzSession, operation: Operation) -> Iterator[SentRequest]:
    """Return a request that was accepted, now for another party, with other ids, on other pages."""
    yield from session.moved(operation)
    if operation.paged:
        base = session.sample(operation).url.partition("?")[0]
        for query in ("limit=1", "offset=1&limit=2", "date_from=2000-01-01T00:00:00Z&limit=1"):
            yield SentRequest(operation.method, f"{base}?{query}", session.headers(operation))


def _odd(session: FuzzSession, operation: Operation) -> Iterator[SentRequest]:
    sample = session.sample(operation)
    if operation.ids and operation.method == "GET":
        bare = {k: v for k, v in sample.headers.items() if k not in _IDS}
        yield SentRequest(sample.method, sample.url, bare, sample.body)
    if operation.body is None:
        return
    for body in _BODIES:
        headers = {**session.headers(operation), "content-type": _JSON}
        yield SentRequest(sample.method, sample.url, headers, body)
    if sample.body is None:
        return
    plain = {**sample.headers, **session.headers(operation), "content-type": "text/plain"}
    yield SentRequest(sample.method, sample.url, plain, sample.body)


def _undated(operation: Operation, sample: SentRequest) -> Iterator[SentRequest]:
    """Return a PATCH without the last_updated that every PATCH must have."""
    if operation.method != "PATCH" or sample.body is None:
        return
    body = msgspec.json.decode(sample.body)
    if body.pop("last_updated", None) is not None:
        undated = msgspec.json.encode(body)
        yield SentRequest(sample.method, sample.url, sample.headers, undated)

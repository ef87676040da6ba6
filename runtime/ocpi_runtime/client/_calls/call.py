"""One call: send a request, again if it is worth it, and call the hooks what happened."""

import logging
import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from ocpi_runtime import headers
from ocpi_runtime._wire.exchange import Exchange, Problem, mask_headers, mask_tokens, token_mark
from ocpi_runtime.client._calls._retry_after import retry_after
from ocpi_runtime.client._calls.outcome import (
    Arrived,
    answer,
    decoded,
    located,
    page_fault,
    read_reply,
    with_tolerance,
    without_frames,
)
from ocpi_runtime.client._calls.prepare import Connection, prepare
from ocpi_runtime.client._calls.redirects import new_address
from ocpi_runtime.client._calls.request import Answer, Request
from ocpi_runtime.client._calls.target import target
from ocpi_runtime.client._calls.wire import Flow, Outgoing, Pause, Reply, StaleConnection, paced
from ocpi_runtime.client._options import Limits, Settings
from ocpi_runtime.dialect import wanted_fields
from ocpi_runtime.errors import (
    MethodNotAllowed,
    NotFound,
    OcpiError,
    RequestTimeout,
    TransportError,
)
from ocpi_runtime.types import UNSET

__all__ = ["arrive", "call", "once", "report", "was_stale"]

T = TypeVar("T")
log = logging.getLogger("ocpi_runtime.client")

_LONG_BODY = 64 * 1024
_MOST_REDIRECTS = 3
_UNPROCESSABLE = 422
_AGAIN = frozenset({429, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
"""Methods that may be sent twice: the second one finds what the first one left."""


def call(connection: Connection, request: Request[T]) -> Flow[Answer[T]]:
    """Send a request and decode its answer.

    Raises:
        OcpiError: Whatever went wrong; see :mod:`ocpi_runtime.errors`.
    """
    arrived = yield from arrive(connection, request, target(connection, request))
    if (fault := page_fault(connection, arrived)) is not None:
        raise fault
    arrived, found = with_tolerance(arrived, request.operation.result)
    if found:
        report(connection.settings, Problem(request.operation.id, arrived.outgoing.url, found))
    data = yield from decoded(arrived, request.operation.result, connection)
    return answer(arrived, data)


def arrive(
    connection: Connection, request: Request[Any], url: str, correlation_id: str | None = None
) -> Flow[Arrived]:
    """Send a request to a URL, a GET several times if need be, and return its successful answer.

    GET, PUT and DELETE are sent again where the peer had closed an idle connection.

    Raises:
        OcpiError: The peer did not answer, or not with success.
    """
    correlation_id = correlation_id or connection.correlation_id or headers.new_id()
    attempt = 0
    while True:
        outgoing = prepare(connection, request, url, correlation_id)
        if attempt == 0:
            _report_changes(connection.settings, outgoing)
        arrived = yield from _sent(connection, request, outgoing)
        if was_stale(arrived):
            log.info("%s is sent again: %s", outgoing.name, arrived.error)
            outgoing = prepare(connection, request, url, correlation_id)
            arrived = yield from _followed(connection, request, outgoing)
        if arrived.error is None:
            _report_envelope(connection, arrived)
            return arrived
        wait = _wait(connection, arrived, attempt)
        if wait is None:
            error = arrived.error
            del arrived, outgoing  # the traceback keeps this frame: it shall keep no body
            try:
                raise error
            finally:
                del error  # a cycle of error, traceback and frame waits for the collector
        log.info("%s is sent again in %.2f s: %s", outgoing.name, wait, arrived.error)
        yield Pause(wait)
        attempt += 1


def _sent(connection: Connection, request: Request[Any], outgoing: Outgoing) -> Flow[Arrived]:
    """Send a request once, and again in the way that the peer wants where its answer shows one."""
    arrived = yield from _followed(connection, request, outgoing)
    if (reply := arrived.reply) is not None and reply.http_status == _UNPROCESSABLE:
        return (yield from _with_nulls(connection, request, arrived))
    if not isinstance(arrived.error, NotFound | MethodNotAllowed) or request.url is not None:
        return arrived
    module, role = request.interface.module, request.interface.name
    found, other = connection.endpoints.find(module, role), connection.endpoints.other(module, role)
    if found is None or other is None or not outgoing.url.startswith(found.url.rstrip("/")):
        return arrived
    url = other.url.rstrip("/") + outgoing.url[len(found.url.rstrip("/")) :]
    again = prepare(connection, request, url, outgoing.correlation_id)
    second = yield from _followed(connection, request, again)
    if isinstance(second.error, NotFound | MethodNotAllowed | TransportError):
        return arrived
    connection.endpoints.settle(module, role, other)
    message = f"The endpoint {found.url} does not serve {role.upper()}; {other.url} is used for it."
    report(connection.settings, Problem(request.operation.id, url, message))
    return second


def _with_nulls(connection: Connection, request: Request[Any], refused: Arrived) -> Flow[Arrived]:
    """Send a body again with null for the absent optional fields that the peer names as missing."""
    kind, known = request.operation.body, connection.habits.nulls
    assert refused.reply is not None  # noqa: S101 - it was answered
    new = wanted_fields(refused.reply.body, kind) - known if kind is not None else frozenset()
    if not new:
        return refused
    known |= new
    url = refused.outgoing.url
    second = yield from _followed(
        connection, request, prepare(connection, request, url, refused.outgoing.correlation_id)
    )
    if second.reply is None or second.reply.http_status == _UNPROCESSABLE:
        known -= new
        return refused
    named = ", ".join(sorted(new))
    message = f"The peer wants absent optional fields as null: {named}. They are sent so."
    report(connection.settings, Problem(request.operation.id, url, message))
    return second


def _followed(connection: Connection, request: Request[Any], outgoing: Outgoing) -> Flow[Arrived]:
    """Send a request once, and again where the peer redirects it to the same origin."""
    arrived = yield from once(connection, outgoing)
    for _ in range(_MOST_REDIRECTS):
        address = _redirect(arrived)
        if address is None:
            break
        _note_move(connection, request, arrived.outgoing.url, address)
        outgoing = prepare(connection, request, address, outgoing.correlation_id)
        arrived = yield from once(connection, outgoing)
    return arrived


def _redirect(arrived: Arrived) -> str | None:
    reply = arrived.reply
    if reply is None:
        return None
    return new_address(reply.http_status, reply.headers.get("location"), arrived.outgoing.url)


def _note_move(connection: Connection, request: Request[Any], url: str, address: str) -> None:
    """Remember where a call below an endpoint goes from now on."""
    message = f"HTTP redirects to {address}; the peer should publish this URL."
    report(connection.settings, Problem(request.operation.id, url, message))
    found = connection.endpoints.find(request.interface.module, request.interface.name)
    if found is not None and request.url is None and "?" not in found.url:
        path = request.operation.path
        connection.endpoints.moves.note(found.url, path, url.partition("?")[0], address)


def was_stale(arrived: Arrived) -> bool:
    """Return whether a request may be sent again because the peer had closed the connection."""
    return isinstance(arrived.error, StaleConnection) and arrived.outgoing.method in _REPEATABLE


def report(settings: Settings, problem: Problem) -> None:
    """Log what a peer did wrong without harm, and call the hook of the session."""
    log.warning("%s %s%s: %s", problem.operation, problem.url, problem.pointer, problem.message)
    if settings.on_problem is not None:
        settings.on_problem(problem)


def _report_changes(settings: Settings, outgoing: Outgoing) -> None:
    """Report what the peer does not get of a body, because its dialect does not take it."""
    for each in outgoing.changes:
        what = "was left out" if each.after is UNSET else f"was sent as {each.after!r}"
        message = f"{each.before!r} {what}: {each.rule} of the dialect of the peer."
        report(settings, Problem(outgoing.operation.id, outgoing.url, message, each.pointer))


def _report_envelope(connection: Connection, arrived: Arrived) -> None:
    """Report faults of the envelope, each once for a session: they are in every answer."""
    problems = arrived.envelope.problems if arrived.envelope else ()
    found = tuple(
        each for each in problems if (each.pointer, each.code) not in connection.habits.faults
    )
    if found:
        connection.habits.faults.update((each.pointer, each.code) for each in found)
        faults = ", ".join(f"{each.pointer} {each.message}" for each in found)
        outgoing = arrived.outgoing
        problem = Problem(outgoing.operation.id, outgoing.url, f"The envelope: {faults}.")
        report(connection.settings, replace(problem, violations=found))


def once(connection: Connection, outgoing: Outgoing, *, whole: bool = False) -> Flow[Arrived]:
    """Send a request once, and return what came.

    Args:
        connection: How the peer is reached.
        outgoing: The request.
        whole: Whether a long body is kept beside the data in it.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    try:
        reply: Reply = yield outgoing
    except OcpiError as error:
        unanswered = Arrived(outgoing, None, None, without_frames(located(error, outgoing)))
        _record(connection, unanswered, started, time.perf_counter() - clock)
        return unanswered
    duration = time.perf_counter() - clock
    arrived = yield from paced(read_reply(connection, outgoing, reply))
    _record(connection, arrived, started, duration)
    if whole or len(reply.body) <= _LONG_BODY:
        return arrived
    if arrived.error is None:  # its data are a copy: only one of both shall be kept
        arrived = replace(arrived, reply=replace(reply, body=b""))
    del reply
    yield Pause(0)
    return arrived


def _record(connection: Connection, arrived: Arrived, started: datetime, duration: float) -> None:
    outgoing, reply, envelope = arrived.outgoing, arrived.reply, arrived.envelope
    http_status = reply.http_status if reply else 0
    code = envelope.status_code if envelope else None
    log.debug("%s: HTTP %d, OCPI %s, %.3f s", outgoing.name, http_status, code, duration)
    if connection.settings.on_exchange is None:
        return
    message = envelope.status_message if envelope else None
    exchange = Exchange(
        operation=outgoing.operation.id,
        method=outgoing.method,
        url=outgoing.url,
        request_headers=mask_headers(outgoing.headers, connection.settings.transport.headers),
        request_body=_shown(connection, outgoing, outgoing.content or b""),
        http_status=http_status,
        response_headers=mask_headers(reply.headers) if reply else {},
        response_body=_shown(connection, outgoing, reply.body if reply else b""),
        status_code=code,
        status_message=connection.masked(message) if message is not None else None,
        error=arrived.error.message if arrived.error else None,
        started=started,
        duration=duration,
        module=outgoing.interface.module,
        request_id=outgoing.request_id,
        correlation_id=outgoing.correlation_id,
        token_mark=token_mark(outgoing.headers),
    )
    connection.settings.on_exchange(exchange)


def _shown(connection: Connection, outgoing: Outgoing, body: bytes) -> bytes:
    """Return a body as it may be printed: no token of ours, none of the credentials module."""
    if outgoing.interface.module == "credentials":
        body = mask_tokens(body)
    return connection.masked_bytes(body)


def _wait(connection: Connection, arrived: Arrived, attempt: int) -> float | None:
    """Return after how many seconds a request is sent again; None: not at all."""
    limits = connection.settings.limits
    if arrived.outgoing.method != "GET" or attempt >= limits.retries:
        return None
    if arrived.reply is None:
        kind = type(arrived.error)
        unreached = issubclass(kind, TransportError) and not issubclass(kind, RequestTimeout)
        return _backoff(limits, attempt) if unreached else None
    if arrived.reply.http_status not in _AGAIN:
        return None
    asked = retry_after(arrived.reply.headers.get("retry-after", ""))
    wait = _backoff(limits, attempt) if asked is None else asked
    return wait if wait <= limits.retry_after else None


def _backoff(limits: Limits, attempt: int) -> float:
    spread = random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    return min(limits.backoff * float(2**attempt) * spread, limits.retry_after)

"""One call: send a request, again if it is worth it, and judge what came back."""

import logging
import random
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, TypeVar

from ocpi_runtime import codec, headers
from ocpi_runtime import envelope as envelopes
from ocpi_runtime._depth import is_deeper
from ocpi_runtime.client._prepare import Line, prepare, target
from ocpi_runtime.client._wire import Flow, Outgoing, Pause, Reply
from ocpi_runtime.client.exchange import MASK, Exchange, Problem, mask_headers, mask_tokens
from ocpi_runtime.client.options import Settings
from ocpi_runtime.client.request import Answer, Request
from ocpi_runtime.envelope import Envelope
from ocpi_runtime.errors import (
    LimitExceeded,
    MethodNotAllowed,
    OcpiError,
    ProtocolError,
    RequestTimeout,
    TransportError,
    error_for,
)
from ocpi_runtime.types import Raw

__all__ = ["Arrived", "answer", "arrive", "call", "located", "raw_data", "report"]

T = TypeVar("T")
log = logging.getLogger("ocpi_runtime.client")

_AGAIN = frozenset({429, 502, 503, 504})
_FIRST_WAIT = 0.25
_SUCCESS, _REDIRECT, _FAILURE = 200, 300, 400


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of one HTTP exchange.

    Attributes:
        outgoing: What was sent.
        reply: What came back, or None where nothing did.
        envelope: The envelope in it, or None where there was none.
        error: Why it is no success, or None.
    """

    outgoing: Outgoing
    reply: Reply | None
    envelope: Envelope | None
    error: OcpiError | None


def call(line: Line, request: Request[T]) -> Flow[Answer[T]]:
    """Send a request and decode its answer.

    Raises:
        OcpiError: Whatever went wrong; see :mod:`ocpi_runtime.errors`.
    """
    arrived = yield from arrive(line, request, target(line, request))
    return answer(arrived, _decoded(arrived, request.operation.result))


def arrive(
    line: Line, request: Request[Any], url: str, correlation_id: str | None = None
) -> Flow[Arrived]:
    """Send a request to a URL, a GET several times if need be, and give what is a success.

    Raises:
        OcpiError: The peer did not answer, or not with success.
    """
    correlation_id = correlation_id or line.correlation_id or headers.new_id()
    for attempt in count():
        outgoing = prepare(line, request, url, correlation_id)
        arrived = yield from _once(line, outgoing)
        if arrived.error is None:
            _report_envelope(line.settings, arrived)
            return arrived
        wait = _wait(line, arrived, attempt)
        if wait is None:
            raise arrived.error
        log.info("%s is sent again in %.2f s: %s", outgoing.name, wait, arrived.error)
        yield Pause(wait)
    raise AssertionError  # count() does not end


def answer(arrived: Arrived, data: T) -> Answer[T]:
    """Put a success and its decoded data together."""
    outgoing, reply, envelope = arrived.outgoing, arrived.reply, arrived.envelope
    assert reply is not None  # noqa: S101 - arrive() gives nothing else
    assert envelope is not None  # noqa: S101
    return Answer(
        data=data,
        raw=raw_data(envelope),
        http_status=reply.http_status,
        status_code=envelope.status_code,
        status_message=envelope.status_message,
        headers=reply.headers,
        request_id=outgoing.request_id,
        correlation_id=outgoing.correlation_id,
        url=outgoing.url,
    )


def raw_data(envelope: Envelope) -> Raw | None:
    """Give ``data`` as it came, or None where it is absent or null."""
    data = envelope.data
    return data if isinstance(data, Raw) and data != b"null" else None


def report(settings: Settings, problem: Problem) -> None:
    """Log what a peer did wrong without harm, and tell the hook of the session."""
    log.warning("%s %s%s: %s", problem.operation, problem.url, problem.pointer, problem.message)
    if settings.on_problem is not None:
        settings.on_problem(problem)


def _report_envelope(settings: Settings, arrived: Arrived) -> None:
    found = arrived.envelope.problems if arrived.envelope else ()
    if found:
        said = ", ".join(f"{each.pointer} {each.message}" for each in found)
        outgoing = arrived.outgoing
        problem = Problem(outgoing.operation.id, outgoing.url, f"The envelope: {said}.")
        report(settings, replace(problem, violations=found))


def _decoded(arrived: Arrived, kind: Any) -> Any:
    """Decode ``data`` of a success.

    Raises:
        ProtocolError: It is missing or not what the operation gives.
    """
    if kind is None or arrived.envelope is None:
        return None
    raw = raw_data(arrived.envelope)
    try:
        if raw is None:
            raise ProtocolError("The answer has no data.")
        return codec.decode(raw, kind)
    except OcpiError as fault:
        raise located(as_protocol_error(fault), arrived.outgoing) from fault


def located(error: OcpiError, outgoing: Outgoing) -> OcpiError:
    """Say in the message of an error which call it belongs to."""
    error.args = (f"{outgoing.name}: {error.message}",)
    return error


def as_protocol_error(fault: OcpiError) -> ProtocolError:
    """Say of what could not be read that a peer sent it."""
    if isinstance(fault, ProtocolError):
        return fault
    first = next(iter(fault.violations), None)
    said = f"{first.pointer or 'data'} {first.message}" if first else fault.message
    return ProtocolError(f"The answer cannot be read: {said}", violations=fault.violations)


def _once(line: Line, outgoing: Outgoing) -> Flow[Arrived]:
    started, clock = datetime.now(UTC), time.perf_counter()
    try:
        reply: Reply = yield outgoing
    except OcpiError as error:
        arrived = Arrived(outgoing, None, None, located(error, outgoing))
    else:
        arrived = _judge(line, outgoing, reply)
    _record(line, arrived, started, time.perf_counter() - clock)
    return arrived


def _judge(line: Line, outgoing: Outgoing, reply: Reply) -> Arrived:
    envelope: Envelope | None = None
    fault: ProtocolError | None = None
    try:
        envelope = _unwrap(reply.body, line.settings.limits.depth)
    except ProtocolError as unreadable:
        fault = unreadable
    error = _failure(line, reply, envelope, fault)
    if error is not None:
        error.http_status = reply.http_status
        located(error, outgoing)
    return Arrived(outgoing, reply, envelope, error)


def _unwrap(body: bytes, depth: int) -> Envelope:
    if is_deeper(body, depth):
        raise LimitExceeded(f"The answer is nested in more than {depth} levels.")
    return envelopes.read(body)


def _failure(
    line: Line, reply: Reply, envelope: Envelope | None, fault: ProtocolError | None
) -> OcpiError | None:
    """Find out why an answer is no success; None if it is one."""
    status = reply.http_status
    if status >= _FAILURE:
        return _http_failure(line, reply, envelope)
    if not _SUCCESS <= status < _REDIRECT:
        return ProtocolError(
            f"HTTP {status} leads to {reply.headers.get('location', 'nowhere')}.",
            hint="Redirects are not followed; the peer has to publish the URL that answers.",
        )
    if envelope is None:
        return fault
    if envelope.is_success:
        return None
    return error_for(status, envelope.status_code, _said(line, envelope))


def _http_failure(line: Line, reply: Reply, envelope: Envelope | None) -> OcpiError:
    status = reply.http_status
    code = envelope.status_code if envelope else None
    said = _said(line, envelope) if envelope else f"HTTP {status} without an OCPI envelope."
    error = error_for(status, code, said)
    if isinstance(error, MethodNotAllowed):
        allow = reply.headers.get("allow", "")
        error.allow = tuple(each.strip() for each in allow.split(",") if each.strip())
    return error


def _said(line: Line, envelope: Envelope) -> str:
    """Give what the peer says about a failure, without the token, should it be quoted."""
    said = envelope.status_message or "no status_message"
    return f"OCPI status {envelope.status_code}: {said.replace(line.token, MASK)}"


def _record(line: Line, arrived: Arrived, started: datetime, duration: float) -> None:
    outgoing, reply, envelope = arrived.outgoing, arrived.reply, arrived.envelope
    http_status = reply.http_status if reply else 0
    code = envelope.status_code if envelope else None
    log.debug("%s: HTTP %d, OCPI %s, %.3f s", outgoing.name, http_status, code, duration)
    if line.settings.on_exchange is None:
        return
    clean = mask_tokens if outgoing.interface.module == "credentials" else bytes
    exchange = Exchange(
        operation=outgoing.operation.id,
        method=outgoing.method,
        url=outgoing.url,
        request_headers=mask_headers(outgoing.headers),
        request_body=clean(outgoing.content or b""),
        http_status=http_status,
        response_headers=mask_headers(reply.headers) if reply else {},
        response_body=clean(reply.body) if reply else b"",
        status_code=code,
        status_message=envelope.status_message if envelope else None,
        error=arrived.error.message if arrived.error else None,
        started=started,
        duration=duration,
    )
    line.settings.on_exchange(exchange)


def _wait(line: Line, arrived: Arrived, attempt: int) -> float | None:
    """Say after how many seconds a request is sent again; None: not at all."""
    limits = line.settings.limits
    if arrived.outgoing.method != "GET" or attempt >= limits.retries:
        return None
    if arrived.reply is None:
        kind = type(arrived.error)
        unreached = issubclass(kind, TransportError) and not issubclass(kind, RequestTimeout)
        return _backoff(attempt) if unreached else None
    if arrived.reply.http_status not in _AGAIN:
        return None
    asked = _retry_after(arrived.reply.headers.get("retry-after", ""))
    wait = _backoff(attempt) if asked is None else asked
    return wait if wait <= limits.retry_after else None


def _backoff(attempt: int) -> float:
    return _FIRST_WAIT * float(2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


def _retry_after(value: str) -> float | None:
    """Read Retry-After: seconds or a date; None if it is neither."""
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())

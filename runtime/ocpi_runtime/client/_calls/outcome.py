"""What came of an exchange: a success, or which error of the tree."""

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from ocpi_runtime import codec
from ocpi_runtime._codec.decode import decode_steps
from ocpi_runtime._codec.steps import Steps, in_thread
from ocpi_runtime._validation.bounds import has_more_values
from ocpi_runtime._wire import envelope as envelopes
from ocpi_runtime._wire.envelope import Envelope
from ocpi_runtime._wire.error_lookup import error_for
from ocpi_runtime.client._calls._cut_off import is_cut_off
from ocpi_runtime.client._calls._depth import AT_ONCE, depth_fault
from ocpi_runtime.client._calls._retry_after import retry_after
from ocpi_runtime.client._calls.prepare import Connection
from ocpi_runtime.client._calls.repairing import log_repairs, reader_of, repaired, rules
from ocpi_runtime.client._calls.request import Answer
from ocpi_runtime.client._calls.tolerance import tolerated
from ocpi_runtime.client._calls.wire import Flow, Outgoing, Reply, paced
from ocpi_runtime.errors import (
    CutOff,
    InvalidParameters,
    LimitExceeded,
    MethodNotAllowed,
    OcpiError,
    ProtocolError,
    TooManyRequests,
)
from ocpi_runtime.types import Raw

__all__ = [
    "Arrived",
    "answer",
    "as_protocol_error",
    "decoded",
    "located",
    "page_fault",
    "raw_data",
    "read_reply",
    "with_tolerance",
    "without_frames",
]

T = TypeVar("T")
E = TypeVar("E", bound=OcpiError)

_SUCCESS, _REDIRECT, _FAILURE = 200, 300, 400
_LONGEST_QUOTE = 500
_LONGEST_BODY = 300
_LONGEST_REPAIRED = 1024 * 1024


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


def read_reply(connection: Connection, outgoing: Outgoing, reply: Reply) -> Steps[Arrived]:
    """Return what arrived: the envelope of an answer, and the error that it stands for."""
    envelope: Envelope | None = None
    fault: ProtocolError | None = None
    try:
        envelope = yield from _unwrap(connection, outgoing, reply.body)
    except ProtocolError as unreadable:
        if not isinstance(unreadable, LimitExceeded):
            envelope = yield from _unwrap_repaired(connection, outgoing, reply.body)
        if envelope is None:
            fault = _explained(connection, reply, without_frames(unreadable))
    error = _failure(connection, reply, envelope, fault)
    if error is not None:
        error.http_status = reply.http_status
        located(error, outgoing)
    return Arrived(outgoing, reply, envelope, error)


def without_frames(error: E) -> E:
    """Return an error without tracebacks: their frames keep the body, often in a cycle."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def _unwrap(connection: Connection, outgoing: Outgoing, body: bytes) -> Steps[Envelope]:
    """Read the envelope; the depth of a page, or a long answer, is looked at with its data."""
    limits = connection.settings.limits
    if not outgoing.operation.paged and (fault := depth_fault(body, limits)) is not None:
        raise fault
    if (yield from has_more_values(body, limits.values)):
        raise LimitExceeded(f"The answer has more than {limits.values} values.")
    return (yield from envelopes.read_steps(body))


def _unwrap_repaired(
    connection: Connection, outgoing: Outgoing, body: bytes
) -> Steps[Envelope | None]:
    """Read the envelope of an answer that becomes JSON by the dialect of the peer."""
    dialect = connection.settings.dialect
    if not dialect.active or len(body) > _LONGEST_REPAIRED:
        return None
    text, repairs = yield from in_thread(partial(dialect.as_json, body))
    try:
        found = (yield from _unwrap(connection, outgoing, text)) if repairs else None
    except ProtocolError:
        return None
    if repairs:
        counted = rules([repairs])
        connection.repairs.update(counted)
        log_repairs(outgoing, counted)
    return found


def _explained(connection: Connection, reply: Reply, fault: ProtocolError) -> ProtocolError:
    """State what came instead of an envelope."""
    if is_cut_off(reply.body):
        text = f"HTTP {reply.http_status}: the answer is cut off after {len(reply.body)} bytes."
        return CutOff(text)
    if not isinstance(fault, LimitExceeded):
        shown = _quoted_body(connection, reply.body)
        fault.args = (f"HTTP {reply.http_status}: {fault.message}{shown}",)
    return fault


def _quoted_body(connection: Connection, body: bytes) -> str:
    """Quote the beginning of a body, on one line and without the token."""
    text = connection.masked(body[: 4 * _LONGEST_BODY].decode("utf-8", "replace"))
    shown = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return f" It begins: {shown[:_LONGEST_BODY]}" if shown else " The body is empty."


def _failure(
    connection: Connection, reply: Reply, envelope: Envelope | None, fault: ProtocolError | None
) -> OcpiError | None:
    """Find out why an answer is no success; None if it is one."""
    status = reply.http_status
    if status >= _FAILURE:
        return _http_failure(connection, reply, envelope, fault)
    if not _SUCCESS <= status < _REDIRECT:
        location = reply.headers.get("location", "no location")[:_LONGEST_QUOTE]
        return ProtocolError(
            f"HTTP {status} redirects to {location}.",
            hint="Redirects are followed with 307 and 308, within one origin. The peer has to "
            "publish the URL that answers.",
        )
    if envelope is None:
        return fault
    if envelope.is_success:
        return None
    return _with_faults(
        error_for(status, envelope.status_code, _status_text(connection, status, envelope)),
        envelope,
    )


def _with_faults(error: OcpiError, envelope: Envelope) -> OcpiError:
    """Add the single faults that the peer lists; leave out a hint that it gave or that is idle."""
    error.violations = envelope.violations
    idle = isinstance(error, InvalidParameters) and not error.violations
    if idle or error.hint in (envelope.status_message or ""):
        error.hint = ""
    return error


def _http_failure(
    connection: Connection, reply: Reply, envelope: Envelope | None, fault: ProtocolError | None
) -> OcpiError:
    status = reply.http_status
    if envelope is not None:
        message = _status_text(connection, status, envelope)
        error = _with_faults(error_for(status, envelope.status_code, message), envelope)
    elif isinstance(fault, CutOff | LimitExceeded):
        error = error_for(status, None, fault.message)
    else:
        text = f"HTTP {status} without an OCPI envelope.{_quoted_body(connection, reply.body)}"
        error = error_for(status, None, text)
    if isinstance(error, MethodNotAllowed):
        allow = reply.headers.get("allow", "")[:_LONGEST_QUOTE]
        error.allow = tuple(each.strip() for each in allow.split(",") if each.strip())
    if isinstance(error, TooManyRequests):
        error.retry_after = math.ceil(retry_after(reply.headers.get("retry-after", "")) or 1)
    return error


def _status_text(connection: Connection, http_status: int, envelope: Envelope) -> str:
    """Quote what the peer says about a failure, on one line and without the token."""
    message = " ".join(connection.masked(envelope.status_message or "no status_message").split())
    return f"HTTP {http_status}, OCPI status {envelope.status_code}: {message[:_LONGEST_QUOTE]}"


def answer(arrived: Arrived, data: T) -> Answer[T]:
    """Put a success and its decoded data together."""
    outgoing, reply, envelope = arrived.outgoing, arrived.reply, arrived.envelope
    assert reply is not None  # noqa: S101 - arrive() returns nothing else
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
    """Return ``data`` as it came, or None where it is absent or null."""
    data = envelope.data
    return data if isinstance(data, Raw) and data != b"null" else None


def with_tolerance(arrived: Arrived, kind: Any) -> tuple[Arrived, str]:
    """Return a success as the operation needs it, and what was wrong with it, if anything was."""
    data = raw_data(arrived.envelope) if arrived.envelope is not None else None
    if data is None or arrived.envelope is None or len(data) > AT_ONCE:
        return arrived, ""
    data, found = tolerated(data, kind)
    if not found:
        return arrived, ""
    return replace(arrived, envelope=replace(arrived.envelope, data=data)), found


def page_fault(connection: Connection, arrived: Arrived) -> OcpiError | None:
    """Return the error for a page that is nested too deeply, where its objects stay together."""
    if arrived.reply is None or not arrived.outgoing.operation.paged:
        return None
    fault = depth_fault(arrived.reply.body, connection.settings.limits)
    if fault is None:
        return None
    fault.http_status = arrived.reply.http_status
    return located(fault, arrived.outgoing)


def decoded(arrived: Arrived, kind: Any, connection: Connection) -> Flow[Any]:
    """Decode ``data`` of a success, after the repairs of the peer's dialect where it needs any.

    Raises:
        ProtocolError: It is missing, not what the operation gives, or larger than the limits.
    """
    if kind is None or arrived.envelope is None:
        return None
    raw, limits = raw_data(arrived.envelope), connection.settings.limits
    try:
        if raw is None:
            raise ProtocolError("data is missing in the answer.")
        reader = reader_of(connection.settings.dialect, kind, arrived.envelope.timestamp)
        reading = None
        if reader and len(raw) <= AT_ONCE:
            reading = yield from paced(repaired(raw, reader))
        if reading is not None:
            found = rules([reading.repairs])
            connection.repairs.update(found)
            if found:
                log_repairs(arrived.outgoing, found)
            return reading.object
        if len(raw) <= AT_ONCE:
            return codec.decode(raw, kind)
        limits.of_objects().check(raw, limits.depth - 1)
        return (yield from paced(decode_steps(raw, kind)))
    except OcpiError as fault:
        raise located(as_protocol_error(fault), arrived.outgoing) from fault


def located(error: OcpiError, outgoing: Outgoing) -> OcpiError:
    """Name in the message of an error the call that it belongs to."""
    error.args = (f"{outgoing.name}: {error.message}",)
    error.of_peer = True
    return error


def as_protocol_error(fault: OcpiError) -> ProtocolError:
    """Name the peer as the origin of what could not be read."""
    if isinstance(fault, ProtocolError):
        return fault
    first = next(iter(fault.violations), None)
    message = f"{first.pointer or 'data'} {first.message}" if first else fault.message
    return ProtocolError(f"The answer cannot be read: {message}", violations=fault.violations)

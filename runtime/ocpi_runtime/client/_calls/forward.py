"""Requests of others that a hub sends on, and the answers to them as they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_runtime import headers
from ocpi_runtime.client._calls.call import once, was_stale
from ocpi_runtime.client._calls.outcome import page_fault, raw_data
from ocpi_runtime.client._calls.prepare import Connection, prepare
from ocpi_runtime.client._calls.request import Request
from ocpi_runtime.client._calls.target import address
from ocpi_runtime.client._calls.wire import Flow
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.types import Raw

__all__ = ["RawAnswer", "forward"]


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """The answer of a peer, whether it is a success or not.

    Attributes:
        http_status: The HTTP status.
        headers: The headers of the response; names in any case find them.
        body: The body, as it came.
        status_code: The OCPI status of the envelope; None where the body is none.
        data: ``data`` of a success as it came; None where there was none.
        url: The URL that was called.
        error: The error that it stands for; None for a success.
    """

    http_status: int
    headers: Mapping[str, str]
    body: bytes
    status_code: int | None
    data: Raw | None
    url: str
    error: OcpiError | None = None


def forward(connection: Connection, request: Request[Any], query: str) -> Flow[RawAnswer]:
    """Send a request once, and return its answer unread.

    GET, PUT and DELETE are sent again where the peer had closed an idle connection.

    Args:
        connection: How the peer is reached; its correlation id is sent.
        request: The request; its body is ``Raw``, its query is left out.
        query: The query, sent as it is.

    Raises:
        OcpiError: The peer did not answer.
    """
    url = address(connection, request)
    if query:
        url += ("&" if "?" in url else "?") + query
    correlation_id = connection.correlation_id or headers.new_id()
    outgoing = prepare(connection, request, url, correlation_id)
    arrived = yield from once(connection, outgoing, whole=True)
    if was_stale(arrived):
        outgoing = prepare(connection, request, url, correlation_id)
        arrived = yield from once(connection, outgoing, whole=True)
    reply, envelope = arrived.reply, arrived.envelope
    if reply is None:
        assert arrived.error is not None  # noqa: S101 - one of both is there
        raise arrived.error
    error = arrived.error or page_fault(connection, arrived)
    return RawAnswer(
        reply.http_status,
        reply.headers,
        reply.body,
        envelope.status_code if envelope else None,
        raw_data(envelope) if envelope and error is None else None,
        outgoing.url,
        error,
    )

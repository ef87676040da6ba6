"""A client for many small requests: aiohttp behind the face of httpx2, for a fifth of its CPU.

It checks addresses, takes the settings of a transport, bounds what precedes a body, and raises the
errors of httpx2, so that a session notices no difference.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp
import httpx2
from aiohttp.http_exceptions import HttpProcessingError

from ocpi_runtime.client._http._transport import (
    CONNECTIONS,
    IDLE_SECONDS,
    allowed,
    ssl_context,
)
from ocpi_runtime.client._http.connector import Connector, traced
from ocpi_runtime.client._http.exchange import Incoming, Origin
from ocpi_runtime.client._http.libraries import Timeouts
from ocpi_runtime.transport import Transport
from ocpi_runtime.urls import UrlPolicy

__all__ = ["FastClient", "fast_http_client"]

_MOST_ORIGINS: Final = 64
_URL: Final = re.compile(r"([^:/?#]+://[^/?#]+)([^#]*)")
_FAULTS: Final = (aiohttp.ClientError, HttpProcessingError)
"""What aiohttp raises; what forbids an address, and the end of the time, pass."""
_ERRORS: Final = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.InvalidURL, httpx2.InvalidURL),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError),
)


def fast_http_client(
    policy: UrlPolicy | None = None,
    *,
    connections: int = CONNECTIONS,
    idle_seconds: float = IDLE_SECONDS,
    transport: Transport | None = None,
) -> "FastClient":
    """Return a client as :func:`http_client` does, made of aiohttp.

    Args:
        policy: Which addresses are allowed; by default no private ones.
        connections: Maximum number of open connections.
        idle_seconds: How long an idle connection is kept.
        transport: Certificates and a proxy; its headers and times are those of the sessions.

    Raises:
        ValueError: A file of the transport cannot be used any more.
    """
    return FastClient(policy, connections, idle_seconds, transport or Transport())


@dataclass(frozen=True, slots=True)
class _Request:
    """A request to be sent; its attributes are the arguments of ``build_request`` of httpx2."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    extensions: Mapping[str, Any]
    timeout: Timeouts


class FastClient:
    """Sends requests; its methods are those of ``httpx2.AsyncClient`` that a session needs.

    Args:
        policy: Which addresses are allowed.
        connections: Maximum number of open connections.
        idle_seconds: How long an idle connection is kept.
        transport: Certificates and a proxy.
    """

    def __init__(
        self,
        policy: UrlPolicy | None,
        connections: int,
        idle_seconds: float,
        transport: Transport,
    ) -> None:
        self._policy = allowed(policy, transport)
        self._connections, self._idle_seconds = connections, idle_seconds
        self._proxy, self._ssl = transport.proxy, ssl_context(transport)
        self._connector: Connector | None = None
        self._origins: dict[str, Origin] = {}
        self._timeouts: dict[Timeouts, aiohttp.ClientTimeout] = {}

    def build_request(self, **arguments: Any) -> _Request:
        """Keep what is to be sent."""
        return _Request(**arguments)

    async def send(self, request: _Request, **_options: Any) -> "_Response":
        """Send a request; the body of the answer is still to be read.

        Raises:
            httpx2.HTTPError: It was not answered.
            UnsafeUrl: Its host has an address that is not allowed.
        """
        trace = request.extensions["trace"]
        await trace("http11.send_request_headers.started", None)
        origin, target = self._addressed(request.url)
        head = request.method, target, request.headers
        try:
            with traced(trace):
                answer = await origin.exchange(
                    self._opened(), self._timeout(request.timeout), head, request.content
                )
        except _FAULTS as fault:
            raise _translated(fault) from fault
        await trace("http11.receive_response_headers.complete", None)
        return _Response(answer)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._connector is not None:
            await self._connector.close()

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._connector is not None and self._connector.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _opened(self) -> Connector:
        """Return the connector, which needs a running event loop."""
        if self._connector is None:
            self._connector = Connector(
                self._policy,
                limit=self._connections,
                keepalive_timeout=self._idle_seconds,
                ssl=self._ssl,
                use_dns_cache=False,
            )
        return self._connector

    def _addressed(self, url: str) -> tuple[Origin, str]:
        """Return the origin of a URL, and the rest of it as it was given.

        Raises:
            httpx2.InvalidURL: It is none.
        """
        parts = _URL.match(url)
        if parts is None:
            raise httpx2.InvalidURL("it has no origin")
        name, target = parts.groups()
        origin = self._origins.get(name)
        if origin is None:
            if len(self._origins) >= _MOST_ORIGINS:
                self._origins.clear()
            try:
                origin = self._origins[name] = Origin(name, self._proxy)
            except ValueError as fault:
                raise httpx2.InvalidURL(str(fault)) from fault
        return origin, target if target.startswith("/") else f"/{target}"

    def _timeout(self, times: Timeouts) -> aiohttp.ClientTimeout:
        found = self._timeouts.get(times)
        if found is None:
            connect, read, _, wait = times
            found = aiohttp.ClientTimeout(
                total=None, connect=connect + wait, sock_connect=connect, sock_read=read
            )
            self._timeouts[times] = found
        return found


class _Response:
    """An answer whose body is still to be read.

    Attributes:
        status_code: The HTTP status.
        headers: The headers.
        stream: The body, as it was sent.
    """

    def __init__(self, answer: Incoming) -> None:
        self._answer = answer
        self.status_code = answer.status
        self.headers = httpx2.Headers(list(answer.headers))
        self.stream = _Body(answer)

    @property
    def is_closed(self) -> bool:
        """Whether the connection is needed no more."""
        return self._answer.closed

    async def aclose(self) -> None:
        """Leave the connection to the next request, or close it where more would come."""
        await self.stream.aclose()


class _Body:
    """The body of an answer, as it was sent."""

    def __init__(self, answer: Incoming) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._answer.content
        while True:
            try:
                chunk = await content.readany()
            except _FAULTS as fault:
                raise _translated(fault) from fault
            if not chunk:
                return
            yield chunk

    async def aclose(self) -> None:
        self._answer.close()


def _translated(fault: Exception) -> Exception:
    """Return the error of httpx2 for what aiohttp raises."""
    if isinstance(fault, aiohttp.ServerDisconnectedError):
        return httpx2.RemoteProtocolError("Server disconnected without sending a response.")
    if isinstance(fault, aiohttp.ClientHttpProxyError):
        return httpx2.ProxyError(f"{fault.status} {fault.message}")
    if isinstance(fault, HttpProcessingError):
        return httpx2.RemoteProtocolError(fault.message)
    kinds = (made for kind, made in _ERRORS if isinstance(fault, kind))
    return next(kinds, httpx2.ReadError)(str(fault))

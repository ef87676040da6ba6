"""A client for many small requests: aiohttp behind the face of httpx2, for a fifth of its CPU.

It checks addresses, takes the settings of a transport, bounds what precedes a body, and raises the
errors of httpx2, so that a session notices no difference.
"""

import io
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp
import httpx2
import yarl

from ocpi_runtime.client._http._transport import (
    CONNECTIONS,
    IDLE_SECONDS,
    allowed,
    ssl_context,
)
from ocpi_runtime.client._http.connector import Connector, traced
from ocpi_runtime.client._http.libraries import Timeouts
from ocpi_runtime.transport import Transport
from ocpi_runtime.urls import UrlPolicy

__all__ = ["FastClient", "fast_http_client"]

_LONG_BODY: Final = 256 * 1024
"""From this size on aiohttp wants a stream, so that the event loop is not busy for long."""
_OURS: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that aiohttp would add by itself."""


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
        self._proxy, self._ssl = _proxy(transport.proxy), ssl_context(transport)
        self._session: aiohttp.ClientSession | None = None
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
        with _errors(), traced(trace):
            answer = await self._opened().request(
                request.method,
                _url(request.url),
                headers=request.headers,
                data=_body(request.content),
                allow_redirects=False,
                timeout=self._timeout(request.timeout),
                proxy=self._proxy,
            )
        await trace("http11.receive_response_headers.complete", None)
        return _Response(answer)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._session is not None and self._session.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _opened(self) -> aiohttp.ClientSession:
        """Return the session, which needs a running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=Connector(
                    self._policy,
                    limit=self._connections,
                    keepalive_timeout=self._idle_seconds,
                    ssl=self._ssl,
                    use_dns_cache=False,
                ),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_OURS,
            )
            self._session._retry_connection = False  # noqa: SLF001 - the session above decides
        return self._session

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

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer
        self.status_code = answer.status
        self.headers = httpx2.Headers(list(answer.raw_headers))
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

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._answer.content
        while True:
            with _errors():
                chunk = await content.readany()
            if not chunk:
                return
            yield chunk

    async def aclose(self) -> None:
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _url(url: str) -> yarl.URL:
    """Return a URL that is sent as it was given."""
    try:
        made = yarl.URL(url.partition("#")[0], encoded=True)
    except ValueError as fault:
        raise httpx2.InvalidURL(str(fault)) from fault
    if not url.partition("#")[0].endswith("?"):
        return made
    # Of an empty query it would leave the mark out.
    return made.with_path(f"{made.raw_path}?", encoded=True)


def _body(content: bytes | None) -> bytes | io.BytesIO | None:
    return io.BytesIO(content) if content and len(content) > _LONG_BODY else content


def _proxy(proxy: str | None) -> yarl.URL | None:
    return None if proxy is None else yarl.URL(proxy)


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what aiohttp raises into the errors of httpx2.

    Raises:
        httpx2.HTTPError: Something was raised.
    """
    try:
        yield
    except aiohttp.ConnectionTimeoutError as fault:
        raise httpx2.ConnectTimeout(str(fault)) from fault
    except aiohttp.ServerTimeoutError as fault:
        raise httpx2.ReadTimeout(str(fault)) from fault
    except aiohttp.ServerDisconnectedError as fault:
        text = "Server disconnected without sending a response."
        raise httpx2.RemoteProtocolError(text) from fault
    except aiohttp.InvalidURL as fault:
        raise httpx2.InvalidURL(str(fault)) from fault
    except aiohttp.ClientConnectorError as fault:
        raise httpx2.ConnectError(_reason(fault)) from fault
    except aiohttp.ClientHttpProxyError as fault:
        raise httpx2.ProxyError(f"{fault.status} {fault.message}") from fault
    except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as fault:
        raise httpx2.RemoteProtocolError(_reason(fault)) from fault
    except aiohttp.ClientError as fault:
        raise httpx2.ReadError(str(fault)) from fault


def _reason(fault: Exception) -> str:
    if isinstance(fault, aiohttp.ClientResponseError):
        return fault.message
    return str(fault)

"""httpx2 clients that connect to no address that the policy forbids.

A name is resolved once, its addresses are checked, and the connection goes to one of these: a
name that gets another address a moment later gains nothing. TLS still verifies the name.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from functools import cache
from http.cookiejar import CookieJar
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from ocpi_runtime.client._http._streams import AsyncStream, SyncStream, remaining
from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.transport import Transport
from ocpi_runtime.urls import UrlPolicy, check_url

__all__ = [
    "CONNECTIONS",
    "IDLE_SECONDS",
    "MOST_ADDRESSES",
    "allowed",
    "checked",
    "http_client",
    "ssl_context",
    "sync_http_client",
]

_Options: TypeAlias = Iterable[httpcore2.SOCKET_OPTION] | None
IDLE_SECONDS = 2.0
"""Common servers close a connection after 5 idle seconds; ours is closed well before that."""
CONNECTIONS = 100
_IDLE_SHARE = 5
MOST_ADDRESSES = 8
"""How many addresses of one name are tried, within the time for one connection together."""


def http_client(
    policy: UrlPolicy | None = None,
    *,
    connections: int = CONNECTIONS,
    idle_seconds: float = IDLE_SECONDS,
    transport: Transport | None = None,
) -> httpx2.AsyncClient:
    """Return a client that several sessions can share, for ``connect(..., http=...)``.

    Proxies of the environment are not used: behind a proxy, addresses cannot be checked here.

    Args:
        policy: Which addresses are allowed; by default no private ones.
        connections: Maximum number of open connections; a fifth of them may be idle.
        idle_seconds: How long an idle connection is kept. It must be below the keep-alive time of
            the server, which is 5 s in common ones: a request on a connection that the server is
            about to close is lost.
        transport: Certificates and a proxy; its headers and times are those of the sessions.

    Raises:
        ValueError: A file of the transport cannot be used any more.
    """
    used = transport or Transport()
    backend = _AsyncBackend(allowed(policy, used))
    return httpx2.AsyncClient(
        transport=_AsyncTransport(backend, used, connections, idle_seconds),
        cookies=_NoCookies(),
    )


def sync_http_client(
    policy: UrlPolicy | None = None,
    *,
    connections: int = CONNECTIONS,
    idle_seconds: float = IDLE_SECONDS,
    transport: Transport | None = None,
) -> httpx2.Client:
    """Return a client that several sessions can share, as :func:`http_client`."""
    used = transport or Transport()
    backend = _SyncBackend(allowed(policy, used))
    return httpx2.Client(
        transport=_SyncTransport(backend, used, connections, idle_seconds),
        cookies=_NoCookies(),
    )


class _NoCookies(CookieJar):
    """Keeps no cookies: OCPI has none, and a peer could make each later request longer."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Leave the cookies of an answer."""


class _AsyncTransport(httpx2.AsyncHTTPTransport):
    def __init__(
        self, backend: "_AsyncBackend", used: Transport, connections: int, idle_seconds: float
    ) -> None:
        arguments = _pool_arguments(used, connections, idle_seconds)
        super().__init__(verify=arguments["ssl_context"])
        pool = httpcore2.AsyncConnectionPool if used.proxy is None else httpcore2.AsyncHTTPProxy
        self._pool = pool(**arguments, network_backend=backend)


class _SyncTransport(httpx2.HTTPTransport):
    def __init__(
        self, backend: "_SyncBackend", used: Transport, connections: int, idle_seconds: float
    ) -> None:
        arguments = _pool_arguments(used, connections, idle_seconds)
        super().__init__(verify=arguments["ssl_context"])
        pool = httpcore2.ConnectionPool if used.proxy is None else httpcore2.HTTPProxy
        self._pool = pool(**arguments, network_backend=backend)


class _AsyncBackend(httpcore2.AnyIOBackend):
    """Connects to checked addresses only."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore2.AsyncNetworkStream:
        end = _end(timeout)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as fault:
            raise httpcore2.ConnectTimeout(f"the name {host} was not resolved in time") from fault
        except OSError as fault:
            raise _unknown_host(host) from fault
        failed: httpcore2.ConnectError | httpcore2.ConnectTimeout = _unknown_host(host)
        for address, left in _shares(checked(host, found, self._policy), end):
            try:
                stream = await super().connect_tcp(
                    address, port, left, local_address, socket_options
                )
                return AsyncStream(stream)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as fault:
                failed = fault
        raise failed


class _SyncBackend(httpcore2.SyncBackend):
    """Connects to checked addresses only."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore2.NetworkStream:
        end = _end(remaining(timeout, httpcore2.ConnectTimeout))
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise _unknown_host(host) from fault
        failed: httpcore2.ConnectError | httpcore2.ConnectTimeout = _unknown_host(host)
        for address, left in _shares(checked(host, found, self._policy), end):
            try:
                return SyncStream(
                    super().connect_tcp(address, port, left, local_address, socket_options)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as fault:
                failed = fault
        raise failed


def _end(timeout: float | None) -> float | None:
    """Return the instant at which a connection must be established, by the monotonic clock."""
    return None if timeout is None else time.monotonic() + timeout


def _shares(addresses: list[str], end: float | None) -> Iterator[tuple[str, float | None]]:
    """Divide the time for one connection among the first addresses of a host.

    Each gets an equal share of what the ones before have left, so that addresses which do not
    answer keep nobody from the next one, however many there are.
    """
    tried = addresses[:MOST_ADDRESSES]
    for number, address in enumerate(tried):
        if end is None:
            yield address, None
        else:
            left = end - time.monotonic()
            yield address, max(left, 0.0) / (len(tried) - number)


def checked(host: str, found: Iterable[Any], policy: UrlPolicy) -> list[str]:
    """Return the addresses of a host, in the order of the resolver.

    Args:
        host: The name.
        found: What ``getaddrinfo`` said.
        policy: What is allowed.

    Raises:
        UnsafeUrl: One of them is not allowed.
    """
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        literal = f"[{address.partition('%')[0]}]" if ":" in address else address
        try:
            check_url(f"https://{literal}", policy)
        except UnsafeUrl as fault:
            raise UnsafeUrl(
                f"The host {host} is not allowed. {fault.message}",
                hint=fault.hint,
                permitted_by=fault.permitted_by,
            ) from None
    return addresses


def _unknown_host(host: str) -> httpcore2.ConnectError:
    return httpcore2.ConnectError(f"the name {host} was not found")


def allowed(policy: UrlPolicy | None, used: Transport) -> UrlPolicy:
    """Return which addresses are allowed. That of a proxy is named by who configures it."""
    return (policy or UrlPolicy()) if used.proxy is None else UrlPolicy(allow_private=True)


def ssl_context(transport: Transport | None = None) -> ssl.SSLContext:
    """Return what verifies a peer: authorities of the system, or the certificates of a transport.

    Raises:
        ValueError: A file of the transport cannot be used.
    """
    if transport is None or not transport.has_tls:
        return _system_context()
    ca = transport.ca
    try:
        made = httpx2.create_ssl_context() if ca is None else ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise ValueError(f"ca {ca} cannot be used: {error.strerror or error}.") from error
    transport.load_certificate(made)
    return made


def _system_context() -> ssl.SSLContext:
    """Return the certificates of the authorities, loaded once for all clients."""
    return _load_ssl_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _load_ssl_context(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    # httpx2 reads the two variables itself.
    return httpx2.create_ssl_context()


def _pool_arguments(used: Transport, connections: int, idle_seconds: float) -> dict[str, Any]:
    return {
        **_proxy_arguments(used),
        "ssl_context": ssl_context(used),
        "max_connections": connections,
        "max_keepalive_connections": max(1, connections // _IDLE_SHARE),
        "keepalive_expiry": idle_seconds,
    }


def _proxy_arguments(used: Transport) -> dict[str, Any]:
    """Return the URL of the proxy, and user and password out of it."""
    if used.proxy is None:
        return {}
    parts = urlsplit(used.proxy)
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    found: dict[str, Any] = {"proxy_url": f"{parts.scheme}://{host}:{parts.port or default}"}
    if parts.username is not None:
        found["proxy_auth"] = (unquote(parts.username), unquote(parts.password or ""))
    return found

"""httpx clients that connect to no address that the policy forbids.

A name is resolved once, its addresses are checked, and the connection goes to one of these: a
name that gets another address a moment later gains nothing. TLS still verifies the name.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import Any, TypeAlias

import httpcore
import httpx

from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.urls import UrlPolicy, check_url

__all__ = ["http_client", "sync_http_client"]

_Options: TypeAlias = Iterable[httpcore.SOCKET_OPTION] | None
_KEEPALIVE_SECONDS = 5.0
_CONNECTIONS, _IDLE_CONNECTIONS = 100, 20


def http_client(policy: UrlPolicy | None = None) -> httpx.AsyncClient:
    """Make a client that several sessions can share, for ``connect(..., http=...)``.

    Proxies of the environment are not used: behind a proxy, addresses cannot be checked here.

    Args:
        policy: Which addresses are allowed; by default no private ones.
    """
    return httpx.AsyncClient(transport=_AsyncTransport(policy or UrlPolicy()))


def sync_http_client(policy: UrlPolicy | None = None) -> httpx.Client:
    """Make a client that several sessions can share, as :func:`http_client`."""
    return httpx.Client(transport=_SyncTransport(policy or UrlPolicy()))


class _AsyncTransport(httpx.AsyncHTTPTransport):
    def __init__(self, policy: UrlPolicy) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            **_pool_arguments(context), network_backend=_AsyncBackend(policy)
        )


class _SyncTransport(httpx.HTTPTransport):
    def __init__(self, policy: UrlPolicy) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.ConnectionPool(
            **_pool_arguments(context), network_backend=_SyncBackend(policy)
        )


class _AsyncBackend(httpcore.AnyIOBackend):
    """Connects to checked addresses only."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as fault:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from fault
        except OSError as fault:
            raise _unknown_host(host) from fault
        failed: httpcore.ConnectError | httpcore.ConnectTimeout = _unknown_host(host)
        for address in _checked(host, found, self._policy):
            try:
                return await super().connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                failed = fault
        raise failed


class _SyncBackend(httpcore.SyncBackend):
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
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise _unknown_host(host) from fault
        failed: httpcore.ConnectError | httpcore.ConnectTimeout = _unknown_host(host)
        for address in _checked(host, found, self._policy):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                failed = fault
        raise failed


def _checked(host: str, found: Iterable[Any], policy: UrlPolicy) -> list[str]:
    """Give the addresses of a host, in the order of the resolver.

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
            raise UnsafeUrl(f"{host} leads astray. {fault.message}", hint=fault.hint) from None
    return addresses


def _unknown_host(host: str) -> httpcore.ConnectError:
    return httpcore.ConnectError(f"the host {host} has no address")


def _pool_arguments(context: ssl.SSLContext) -> dict[str, Any]:
    return {
        "ssl_context": context,
        "max_connections": _CONNECTIONS,
        "max_keepalive_connections": _IDLE_CONNECTIONS,
        "keepalive_expiry": _KEEPALIVE_SECONDS,
    }

"""Connections of aiohttp to checked addresses only, bounded in what precedes a body."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, TypeAlias, cast

import aiohttp
import httpx2
from aiohttp.client_proto import ResponseHandler

from ocpi_runtime.client._http._streams import HEAD_PIECE, MOST_HEAD
from ocpi_runtime.client._http._transport import MOST_ADDRESSES, checked
from ocpi_runtime.urls import UrlPolicy

__all__ = ["Connector", "traced"]

Trace: TypeAlias = Callable[[str, Any], Awaitable[None]]
"""Takes the events of a request, by their names in httpcore2."""

_RESOLVE_SECONDS: Final = 5.0
_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def traced(trace: Trace) -> Iterator[None]:
    """Report connections that are made in a block."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


class Connector(aiohttp.TCPConnector):
    """Connects to checked addresses only.

    Args:
        policy: Which addresses are allowed.
        options: Those of the connector.
    """

    def __init__(self, policy: UrlPolicy, **options: Any) -> None:
        super().__init__(**options)
        self._policy = policy
        self._factory = partial(cast("type[ResponseHandler]", _BoundedHandler), loop=self._loop)

    async def _create_connection(self, *arguments: Any, **options: Any) -> ResponseHandler:
        trace = _trace.get()
        if trace is not None:
            await trace("connection.connect_tcp.started", None)
        return await super()._create_connection(*arguments, **options)

    async def _resolve_host(self, host: str, port: int, traces: Any = None) -> list[Any]:
        try:
            async with asyncio.timeout(_RESOLVE_SECONDS):
                found = await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as fault:
            raise httpx2.ConnectTimeout(f"the name {host} was not resolved in time") from fault
        except OSError as fault:
            raise httpx2.ConnectError(f"the name {host} was not found") from fault
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in checked(host, found, self._policy)[:MOST_ADDRESSES]
        ]


class _BoundedHandler(ResponseHandler):
    """Reads answers; what precedes a body is bounded, informational answers included."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._answered, self._head = False, 0

    def set_response_params(self, **options: Any) -> None:
        self._answered, self._head = False, 0
        super().set_response_params(**options)

    def feed_data(self, data: Any, size: int = 0) -> None:
        if data[0].code >= 200:  # noqa: PLR2004 - HTTP's own bound
            self._answered = True
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        while not self._answered and len(data) > HEAD_PIECE:
            self._piece(data[:HEAD_PIECE])
            data = data[HEAD_PIECE:]
        if self._answered:
            super().data_received(data)
        else:
            self._piece(data)

    def _piece(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if not self._answered and self._head > MOST_HEAD and self.transport is not None:
            text = f"the headers of the answer have more than {MOST_HEAD} bytes"
            self.set_exception(aiohttp.ClientPayloadError(text))
            self.transport.abort()

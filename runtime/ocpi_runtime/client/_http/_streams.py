"""Connections of the client: bounded in time, and in what precedes the body of an answer."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import httpcore2

__all__ = [
    "HEAD_PIECE",
    "MOST_HEAD",
    "AsyncStream",
    "ConnectionUse",
    "SyncStream",
    "deadline",
    "observed",
    "remaining",
]

HEAD_PIECE: Final = 2048
"""Bytes that are read at a time until the body begins: informational answers can be very short, and
thousands of them in one piece would keep the event loop busy."""
MOST_HEAD: Final = 64 * 1024
"""Bytes before the body, those of informational answers included."""

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class ConnectionUse:
    """What happens to one request on its connection."""

    __slots__ = ("_answered", "_head", "_new", "_sent")

    def __init__(self) -> None:
        self._new = self._sent = self._answered = False
        self._head = 0

    def trace(self, event: str, _info: Any) -> None:
        """Note an event of httpcore2."""
        if event == "connection.connect_tcp.started":
            self._new = True
        elif event.endswith("send_request_headers.started"):
            self._sent = True
        elif event.endswith("receive_response_headers.complete"):
            self._answered = True

    def piece(self, most: int) -> int:
        """Return how many bytes may be read at once."""
        return most if self._answered else min(most, HEAD_PIECE)

    def received(self, data: bytes) -> bytes:
        """Count bytes that were read.

        Raises:
            httpcore2.RemoteProtocolError: There are too many before the body.
        """
        if not self._answered:
            self._head += len(data)
            if self._head > MOST_HEAD:
                text = f"the headers of the answer have more than {MOST_HEAD} bytes"
                raise httpcore2.RemoteProtocolError(text)
        return data

    @property
    def answered(self) -> bool:
        """Whether the head of an answer came."""
        return self._answered

    @property
    def stale(self) -> bool:
        """Whether the connection had been used before, and not a byte of an answer came."""
        return self._sent and not (self._new or self._answered or self._head)


_use: ContextVar[ConnectionUse | None] = ContextVar("use", default=None)


@contextmanager
def observed(use: ConnectionUse) -> Iterator[None]:
    """Make the connections that are used in a block report to ``use``."""
    token = _use.set(use)
    try:
        yield
    finally:
        _use.reset(token)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bound the time of all network operations of the sync client within a block.

    httpcore2 bounds each read; a peer that sends one byte at a time would never reach that bound.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining(timeout: float | None, error: type[Exception]) -> float | None:
    """Return the time for an operation: its own, or what is left until the deadline.

    Raises:
        Exception: Of the given type, when the deadline is over.
    """
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the exchange took too long")
    return left if timeout is None else min(timeout, left)


class AsyncStream(httpcore2.AsyncNetworkStream):
    """A connection that reports to the use that is :func:`observed`."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
    ) -> bytes:
        use = _use.get()
        if use is None:
            return await self._stream.read(max_bytes, timeout)
        return use.received(await self._stream.read(use.piece(max_bytes), timeout))

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
    ) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:  # a cancelled handshake too: nobody else knows the connection yet
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class SyncStream(httpcore2.NetworkStream):
    """As :class:`AsyncStream`; its operations also end at the :func:`deadline`."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = remaining(timeout, httpcore2.ReadTimeout)
        use = _use.get()
        if use is None:
            return self._stream.read(max_bytes, left)
        return use.received(self._stream.read(use.piece(max_bytes), left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = remaining(timeout, httpcore2.ConnectTimeout)
        return SyncStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

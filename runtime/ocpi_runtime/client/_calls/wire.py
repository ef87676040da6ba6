"""What flows between the logic of the client and the two drivers that do its input and output.

The logic is written once, as generators: a flow yields steps and is sent their results, or has
the error of a step thrown in. The async and the sync driver only perform steps.
"""

import time
import zlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeAlias, TypeVar

from ocpi_runtime._codec.steps import SLICE, Steps
from ocpi_runtime.dialect import Repair
from ocpi_runtime.errors import LimitExceeded, ProtocolError, TransportError
from ocpi_runtime.operations import Interface, Operation

__all__ = [
    "BodyReader",
    "Flow",
    "Outgoing",
    "Pause",
    "Reply",
    "StaleConnection",
    "paced",
]

R = TypeVar("R")

_LENGTH_DIGITS = 18
_MOST_INFLATED = 256 * 1024
_SMALL_CHUNK = 1024
_FEW_CHUNKS, _LEAST_BYTES = 10_000, 64


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An HTTP request, ready to be sent. The step's result is a :class:`Reply`.

    Attributes:
        interface: The interface that is called.
        operation: The operation that is called.
        method: The HTTP method.
        url: The absolute URL, sent as it is.
        headers: All headers but those that follow from the connection and the body.
        content: The body, or None.
        request_id: X-Request-ID, or empty.
        correlation_id: X-Correlation-ID, or empty.
        changes: What the dialect of the peer changed in the body.
    """

    interface: Interface
    operation: Operation
    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    content: bytes | None
    request_id: str
    correlation_id: str
    changes: tuple[Repair, ...] = ()

    @property
    def name(self) -> str:
        """How errors and logs call it."""
        return f"{self.method} {self.url}"

    def httpx_arguments(self, trace: Callable[[str, Any], Any]) -> dict[str, Any]:
        """Return the arguments of ``build_request`` of an httpx2 client.

        httpx2 removes dot segments from a path; the target keeps the URL as it was given.

        Args:
            trace: Receives the events of the connection, as :meth:`ConnectionUse.trace`.
        """
        bare = self.url.partition("#")[0].partition("://")[2]
        start = min((bare.find(mark) for mark in "/?" if mark in bare), default=len(bare))
        path = bare[start:]
        target = path if path.startswith("/") else f"/{path}"
        return {
            "method": self.method,
            "url": self.url,
            "headers": self.headers,
            "content": self.content,
            "extensions": {"target": target.encode("ascii"), "trace": trace},
        }


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait before a request is sent again. The step has no result.

    Attributes:
        seconds: How long.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, read to the end and decompressed.

    Attributes:
        http_status: The HTTP status.
        headers: The headers of the response.
        body: The body.
    """

    http_status: int
    headers: Mapping[str, str]
    body: bytes


class StaleConnection(TransportError):
    """A connection that was used before was closed by the peer before it answered anything."""


Flow: TypeAlias = Generator[Outgoing | Pause, Any, R]


def paced(steps: Steps[R]) -> Flow[R]:
    """Perform work in steps, with a pause of no length whenever it has taken 5 ms."""
    started = time.perf_counter()
    try:
        while True:
            next(steps)
            if time.perf_counter() - started > SLICE:
                yield Pause(0)
                started = time.perf_counter()
    except StopIteration as stop:
        result: R = stop.value
        return result


class BodyReader:
    """Collects the body of a response and stops at a limit, compressed or not.

    Args:
        headers: The headers of the response.
        limit: Maximum number of bytes after decompression.

    Raises:
        LimitExceeded: The body is longer, or is announced as longer.
        ProtocolError: The body is compressed in a way that was not asked for.
    """

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        self._limit = limit
        self._whole = BytesIO()  # its bytes become the body without a copy
        self._size = self._received = self._chunks = 0
        coding = headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise ProtocolError(f"The answer is compressed with {coding}; only gzip was asked for.")
        gzip = "gzip" in coding
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if gzip else None
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:_LENGTH_DIGITS]) > limit:
            self._overflow()

    def feed(self, chunk: bytes) -> Steps[None]:
        """Take the next bytes from the connection.

        Yields:
            After each piece of work, where there is more of it: many decompressed bytes, or a
            chunk so small that thousands come in one read from the socket.

        Raises:
            LimitExceeded: The limit is reached, or the body comes in far too many chunks.
            ProtocolError: The compression is broken.
        """
        self._count(chunk)
        while chunk:
            small = len(chunk) < _SMALL_CHUNK
            if self._gzip is None:
                self._keep(chunk)
                chunk = b""
            else:
                self._keep(self._inflate(chunk))
                chunk = self._gzip.unconsumed_tail
            if small or chunk:
                yield

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            self._overflow()
        self._whole.write(piece)

    def _count(self, chunk: bytes) -> None:
        self._received += len(chunk)
        self._chunks += 1
        if self._received > self._limit:
            self._overflow()
        if self._chunks > _FEW_CHUNKS and self._received < self._chunks * _LEAST_BYTES:
            raise LimitExceeded(f"The answer comes in chunks of less than {_LEAST_BYTES} bytes.")

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            ProtocolError: The compressed body ends early.
        """
        if self._gzip is not None and self._size and not self._gzip.eof:
            raise ProtocolError("The compressed answer ends early.")
        body = self._whole.getvalue()
        self._whole.close()
        return body

    def _inflate(self, chunk: bytes) -> bytes:
        assert self._gzip is not None  # noqa: S101 - for the type checker
        if self._gzip.eof and chunk:
            raise ProtocolError("The answer goes on after the end of its gzip data.")
        try:
            return self._gzip.decompress(chunk, _MOST_INFLATED)
        except zlib.error as fault:
            raise ProtocolError(f"The answer is not valid gzip: {fault}.") from fault

    def _overflow(self) -> None:
        self._whole.close()  # the traceback of the error keeps this object
        raise LimitExceeded(
            f"The answer is larger than {self._limit} bytes.",
            hint="Ask for fewer objects with limit, or raise Limits.body.",
        )

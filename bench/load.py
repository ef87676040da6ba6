"""A closed-loop HTTP client on raw sockets: cheap enough not to be what is measured."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LoadRequest", "drive"]

_CHUNK = 1 << 18
_SUCCESS = b'"status_code":1000'


@dataclass(frozen=True)
class LoadRequest:
    """One request, sent again and again.

    Attributes:
        method: The HTTP method.
        path: Path and query.
        body: The JSON body, or nothing.
        headers: Headers besides Host and Content-Length.
    """

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def wire(self) -> bytes:
        """Write the request as HTTP/1.1."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class _Connection:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._expected = -1

    def read(self) -> bytearray | None:
        """Read what is there; return the answer when it is whole."""
        piece = self.socket.recv(_CHUNK)
        if not piece:
            raise RuntimeError("The server closed the connection.")
        self._buffer += piece
        if self._expected < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._expected = end + 4 + _content_length(bytes(self._buffer[:end]))
        if len(self._buffer) < self._expected:
            return None
        answer, self._buffer = self._buffer, bytearray()
        self._expected = -1
        return answer


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(b"content-length:") + 15
    return int(lowered[start:].split(b"\r\n", 1)[0])


def drive(
    port: int,
    requests: Sequence[LoadRequest],
    count: int,
    *,
    connections: int = 8,
    answers: list[bytes] | None = None,
) -> float:
    """Send ``count`` requests, the given ones in turn, and return the seconds that it took.

    Args:
        port: Where the server listens on loopback.
        requests: What is sent.
        count: How often.
        connections: How many requests are under way at any time.
        answers: Takes the answers, head and body, in the order in which they came.

    Raises:
        RuntimeError: An answer was no HTTP 2xx with the OCPI status 1000.
    """
    wires = [request.wire() for request in requests]
    selector = selectors.DefaultSelector()
    opened = [_Connection(port) for _ in range(min(connections, count))]
    started, sent, done = time.perf_counter(), 0, 0
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.socket.sendall(wires[sent % len(wires)])
        sent += 1
    while done < count:
        for key, _ in selector.select():
            answer = key.data.read()
            if answer is None:
                continue
            _check(answer)
            if answers is not None:
                answers.append(bytes(answer))
            done += 1
            if sent < count:
                key.data.socket.sendall(wires[sent % len(wires)])
                sent += 1
    seconds = time.perf_counter() - started
    for connection in opened:
        connection.socket.close()
    return seconds


def _check(answer: bytearray) -> None:
    if answer[9:10] != b"2" or _SUCCESS not in answer:
        raise RuntimeError(f"The server answered {answer[:4000].decode(errors='replace')}")

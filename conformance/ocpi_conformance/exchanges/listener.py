"""A small HTTP server of our own, to which the party sends results and which it reads."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from ocpi_conformance.exchanges.wire import MASKED, SentRequest
from ocpi_runtime import headers as names

__all__ = ["OTHER_TOKEN", "Inbox", "Listener", "listening"]

OTHER_TOKEN: Final = "Token $OTHER"  # noqa: S105 - no secret
"""Stands in records for an Authorization header with another token than the expected one."""

_LARGEST = 1024 * 1024
_IDS = (names.REQUEST_ID, names.CORRELATION_ID)
_HOUR = 3600.0


class Inbox:
    """One URL, and what came there.

    Attributes:
        url: Where something is awaited.
        arrived: The requests that came, in their order.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.arrived: list[SentRequest] = []
        self._news = Condition()

    def put(self, sent: SentRequest) -> None:
        """Take a request."""
        with self._news:
            self.arrived.append(sent)
            self._news.notify_all()

    def wait(self, seconds: float) -> SentRequest | None:
        """Wait for the first request; None if none came in time."""
        end = time.monotonic() + min(seconds, _HOUR)
        with self._news:
            while not self.arrived:
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self._news.wait(left)
            return self.arrived[0]


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    code: int
    message: str
    data: Any = None


_TAKEN: Final = _Reply(200, 1000, "Success")
_EMPTY: Final = _Reply(200, 1000, "Success", [])
_UNKNOWN: Final = _Reply(404, 2000, "No result is expected at this URL.")


class Listener:
    """Issues URLs that nobody has seen before, and takes whatever is sent to them.

    Args:
        public_url: How a party reaches the server, without trailing slash.

    Attributes:
        url: The same.
        endpoints: The path below which every request is taken; empty for none.
        expected: The Authorization header that the party ought to send; None where any is right.
        calls: The requests that went to documents and endpoints, in their order.
    """

    def __init__(self, public_url: str) -> None:
        self.url = public_url.rstrip("/")
        self.endpoints = ""
        self.expected: str | None = None
        self.calls: list[SentRequest] = []
        self._documents: dict[str, Any] = {}
        self._inboxes: dict[str, Inbox] = {}

    def serve(self, path: str, data: Any) -> str:
        """Answer GET of a path with data; return its URL."""
        self._documents[path] = data
        return self.url + path

    def reply(self, sent: SentRequest) -> _Reply:
        """Take a request; return what to answer."""
        masked = replace(sent, headers=self._masked(sent.headers))
        if self.take(masked):
            return _TAKEN
        path = urlsplit(masked.url).path
        if path in self._documents:
            self.calls.append(masked)
            return replace(_TAKEN, data=self._documents[path])
        if self.endpoints and path.startswith(self.endpoints):
            self.calls.append(masked)
            return _EMPTY if masked.method == "GET" else _TAKEN
        return _UNKNOWN

    def _masked(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        given = headers.get("authorization")
        if given is None:
            return headers
        right = self.expected in {None, given}
        return {**headers, "authorization": MASKED if right else OTHER_TOKEN}

    def open(self) -> Inbox:
        """Make a URL."""
        key = uuid4().hex
        inbox = self._inboxes[key] = Inbox(f"{self.url}/{key}")
        return inbox

    def take(self, sent: SentRequest) -> bool:
        """Take a request; false where its URL was never issued."""
        inbox = self._inboxes.get(sent.url.partition("?")[0].rpartition("/")[2])
        if inbox is not None:
            inbox.put(sent)
        return inbox is not None


@contextmanager
def listening(
    host: str = "127.0.0.1", port: int = 0, *, public_url: str | None = None
) -> Iterator[Listener]:
    """Serve until the block ends.

    Args:
        host: The address to listen at.
        port: The port; 0 takes a free one.
        public_url: How a party reaches it; by default as it listens.

    Raises:
        OSError: The address is not to be had.
    """
    with _Server((host, port), _Handler) as server:
        server.listener = Listener(public_url or f"http://{host}:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.listener
        finally:
            server.shutdown()
            thread.join()


def _answering_headers(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of a request, and its routing headers turned round."""
    out = {name: asked[name.lower()] for name in _IDS if name.lower() in asked}
    for one, other in (("from", "to"), ("to", "from")):
        for part in ("country-code", "party-id"):
            if f"ocpi-{one}-{part}" in asked:
                out[f"OCPI-{other}-{part}"] = asked[f"ocpi-{one}-{part}"]
    return out


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    listener: Listener


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    # Head and body of an answer are two writes.
    disable_nagle_algorithm = True

    def _take(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        size = min(int(length), _LARGEST) if length.isdecimal() else 0
        body = self.rfile.read(size)
        assert isinstance(self.server, _Server)  # noqa: S101 - made above
        reply = self.server.listener.reply(SentRequest(self.command, self.path, headers, body))
        self._reply(reply, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815 - named by the library

    def _reply(self, reply: _Reply, asked: Mapping[str, str]) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        envelope: dict[str, Any] = {
            "status_code": reply.code,
            "status_message": reply.message,
            "timestamp": now,
        }
        if reply.data is not None:
            envelope["data"] = reply.data
        body = json.dumps(envelope).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in _answering_headers(asked).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: findings report what came."""

"""A small HTTP server of the fuzzer itself, to which the results of commands are sent."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from uuid import uuid4

from ocpi_conformance.exchanges.wire import MASKED, SentRequest
from ocpi_runtime import headers as names

__all__ = ["Inbox", "Listener", "listening"]

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


class Listener:
    """Gives out URLs that nobody has seen before, and takes whatever is sent to them.

    Args:
        public_url: How a party reaches the server, without trailing slash.
    """

    def __init__(self, public_url: str) -> None:
        self._base = public_url.rstrip("/")
        self._inboxes: dict[str, Inbox] = {}

    def open(self) -> Inbox:
        """Make a URL."""
        key = uuid4().hex
        inbox = self._inboxes[key] = Inbox(f"{self._base}/{key}")
        return inbox

    def take(self, sent: SentRequest) -> bool:
        """Take a request; false where its URL was never given out."""
        inbox = self._inboxes.get(sent.url.partition("?")[0].rpartition("/")[2])
        if inbox is not None:
            inbox.put(sent)
        return inbox is not None


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    code: int
    message: str


_TAKEN = _Reply(200, 1000, "Success")
_UNKNOWN = _Reply(404, 2000, "No result is expected at this URL.")


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
        if "authorization" in headers:
            headers["authorization"] = MASKED
        assert isinstance(self.server, _Server)  # noqa: S101 - made above
        known = self.server.listener.take(SentRequest(self.command, self.path, headers, body))
        self._reply(_TAKEN if known else _UNKNOWN, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815 - named by the library

    def _reply(self, reply: _Reply, asked: Mapping[str, str]) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        envelope = {"status_code": reply.code, "status_message": reply.message, "timestamp": now}
        body = json.dumps(envelope).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name in _IDS:
            if name.lower() in asked:
                self.send_header(name, asked[name.lower()])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: findings report what came."""

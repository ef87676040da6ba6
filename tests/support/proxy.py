"""An HTTP proxy that tunnels, and records what it was asked for."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["RecordingProxy", "proxying"]

_PIECE = 65536


class RecordingProxy(socketserver.ThreadingTCPServer):
    """Passes on the bytes of CONNECT, and of requests with an absolute URL.

    Attributes:
        heads: The head of each request that opened a connection, in lower case.
        open: The connections of clients.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.heads: list[str] = []
        self.open: list[socket.socket] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Tunnel(socketserver.BaseRequestHandler):
    server: RecordingProxy

    def handle(self) -> None:
        self.server.open.append(self.request)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.request.recv(_PIECE)
        text = head.decode().lower()
        self.server.heads.append(text)
        method, target, _ = text.split(" ", 2)
        host, _, port = target.removeprefix("http://").partition("/")[0].rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            if method == "connect":
                self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                upstream.sendall(head)
            back = threading.Thread(target=_copy, args=(upstream, self.request), daemon=True)
            back.start()
            _copy(self.request, upstream)
            with suppress(OSError):
                upstream.shutdown(socket.SHUT_RDWR)
            back.join(timeout=10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxying() -> Iterator[RecordingProxy]:
    """Run a proxy until the block ends."""
    with RecordingProxy() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            for each in proxy.open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            proxy.shutdown()
            thread.join()

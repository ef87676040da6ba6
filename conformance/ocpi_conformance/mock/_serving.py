"""A mock on a socket: uvicorn, whose connections a scenario can reset."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ocpi_conformance.mock._delivery import ABORT

__all__ = ["listening_socket", "mock_server", "served"]

_START_SECONDS: Final = 10.0
_SHUTDOWN_SECONDS: Final = 2
_LINGER: Final = struct.pack("ii", 1, 0)


class _Connection(H11Protocol):
    """A connection that the application can reset."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        inner: ASGIApp = self.app

        async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = self._abort
            await inner(scope, receive, send)

        self.app = with_abort

    def _abort(self) -> None:
        """Close at once; the client sees a reset and not the end of a stream."""
        found = self.transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.transport.abort()


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OSError: The address is in use, or does not belong to this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only on sockets whose protocol is stated.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made


def mock_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server of an application."""
    config = uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)


@contextmanager
def served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve an application in a thread until the block ends.

    Raises:
        RuntimeError: The server did not start.
    """
    server = mock_server(app)
    started = threading.Event()

    class _Thread(threading.Thread):
        def run(self) -> None:
            server.run([listener])

    thread = _Thread(name="ocpi-mock", daemon=True)
    original = server.startup

    async def startup(*arguments: Any, **options: Any) -> None:
        await original(*arguments, **options)
        started.set()

    server.startup = startup  # type: ignore[method-assign]  # the only signal that it serves
    thread.start()
    try:
        if not started.wait(_START_SECONDS):
            raise RuntimeError("The mock did not start in time.")
        yield
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)

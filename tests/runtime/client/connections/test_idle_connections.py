"""Connections that a server closes while they are idle, over real sockets."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime.client import Endpoint, Limits, Peer, SyncPeer, http_client, sync_http_client
from ocpi_runtime.errors import RequestTimeout, TransportError
from tests.runtime.client.peers import OPEN, TOKEN, envelope, location

pytestmark = pytest.mark.usefixtures("each_client")

_RESET = struct.pack("ii", 1, 0)


@dataclass
class Server:
    """Answers one request on each connection, and closes it when the second one has arrived.

    Attributes:
        url: Where it listens.
        reset: Whether it closes with RST instead of FIN.
        drip: Send the answer one byte at a time, and never to its end.
        requests: The request lines that came.
    """

    url: str
    reset: bool
    drip: bytes | None
    requests: list[str] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(connection,), daemon=True).start()

    def _connection(self, connection: socket.socket) -> None:
        with connection:
            self._request(connection)
            if self.drip is not None:
                self._drip(connection, self.drip)
                return
            body = envelope()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            self._request(connection)
            if self.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _request(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            chunk = connection.recv(65536)
            if not chunk:
                return
            received += chunk
        self.requests.append(received.split(b"\r\n", 1)[0].decode())

    def _drip(self, connection: socket.socket, text: bytes) -> None:
        with suppress(OSError):  # the client has closed the connection
            for byte in text:
                connection.sendall(bytes([byte]))
                threading.Event().wait(0.02)


@contextmanager
def serving(*, reset: bool = False, drip: bytes | None = None) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}", reset, drip)
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server


def endpoints(server: Server) -> list[Endpoint]:
    return [Endpoint("locations", "receiver", f"{server.url}/locations")]


def put_twice_sync(server: Server, body: Location, limits: Limits) -> None:
    with sync_http_client(OPEN) as http:
        peer = SyncPeer.at(
            v2_2_1.binding, endpoints(server), TOKEN, http=http, policy=OPEN, limits=limits
        )
        for _ in range(2):
            peer.locations.put_location("NL", "TNM", "LOC1", body)


async def put_twice(server: Server, body: Location, limits: Limits) -> None:
    async with http_client(OPEN) as http:
        peer = Peer.at(
            v2_2_1.binding, endpoints(server), TOKEN, http=http, policy=OPEN, limits=limits
        )
        for _ in range(2):
            await peer.locations.put_location("NL", "TNM", "LOC1", body)


@pytest.mark.parametrize("reset", [False, True])
async def test_a_put_is_sent_again_on_a_connection_closed_while_idle(*, reset: bool) -> None:
    limits = Limits(retries=0)
    with serving(reset=reset) as server:
        await put_twice(server, location(), limits)
    assert len(server.requests) == 3
    with serving(reset=reset) as server:
        await asyncio.to_thread(put_twice_sync, server, location(), limits)
    assert len(server.requests) == 3


async def test_a_patch_is_not_sent_again() -> None:
    with serving() as server:
        async with http_client(OPEN) as http:
            peer = Peer.at(v2_2_1.binding, endpoints(server), TOKEN, http=http, policy=OPEN)
            await peer.locations.put_location("NL", "TNM", "LOC1", location())
            stamp = location().last_updated
            change = v2_2_1.models.LocationPatch(name="N", last_updated=stamp)
            with pytest.raises(TransportError):
                await peer.locations.patch_location("NL", "TNM", "LOC1", change)
    assert len(server.requests) == 2


async def test_an_idle_connection_is_not_used_for_longer_than_stated() -> None:
    with serving() as server:
        async with http_client(OPEN, idle_seconds=0.05) as http:
            peer = Peer.at(v2_2_1.binding, endpoints(server), TOKEN, http=http, policy=OPEN)
            for _ in range(3):
                await peer.locations.put_location("NL", "TNM", "LOC1", location())
                await asyncio.sleep(0.1)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "drip", [b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 9999, b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9999]
)
async def test_an_answer_that_never_ends_reaches_the_total_time(drip: bytes) -> None:
    limits = Limits(total=0.3, retries=0)
    with serving(drip=drip) as server:
        with pytest.raises(RequestTimeout):
            await put_twice(server, location(), limits)
        with pytest.raises(RequestTimeout):
            await asyncio.to_thread(put_twice_sync, server, location(), limits)

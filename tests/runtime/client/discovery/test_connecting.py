"""Names with many addresses, and answers that cannot be read on a connection in use."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, BinaryIO, Final

import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Endpoint, Limits, Peer, SyncPeer
from ocpi_runtime.errors import OcpiError, TransportError
from tests.runtime.client.peers import OPEN, TOKEN, envelope, location

pytestmark = pytest.mark.usefixtures("each_client")

HOST: Final = "many.example"
_lookup: Final = socket.getaddrinfo


@contextmanager
def silent(address: str, port: int) -> Iterator[None]:
    """Make an address accept no connection, nor refuse one: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex((address, port))
        yield


def received(stream: BinaryIO) -> bool:
    """Read one request; return false where there is none."""
    length = 0
    for line in stream:
        if line == b"\r\n":
            return len(stream.read(length)) == length
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return False


@contextmanager
def answering(body: Callable[[int], bytes]) -> Iterator[int]:
    """Answer requests on all connections; returns the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        def converse(connection: socket.socket) -> None:
            with connection, connection.makefile("rb") as stream, suppress(OSError):
                for number in range(9):
                    if not received(stream):
                        return
                    connection.sendall(body(number))

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])


def resolving(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    def lookup(host: str, port: int, *args: Any, **named: Any) -> list[Any]:
        if host != HOST:
            return _lookup(host, port, *args, **named)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def put(port: int, host: str, limits: Limits, count: int = 1) -> None:
    url = f"http://{host}:{port}/locations"
    endpoints = [Endpoint("locations", "receiver", url)]
    with SyncPeer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, limits=limits) as peer:
        for _ in range(count):
            peer.locations.put_location("NL", "TNM", "LOC1", location())


async def put_async(port: int, host: str, limits: Limits, count: int = 1) -> None:
    url = f"http://{host}:{port}/locations"
    endpoints = [Endpoint("locations", "receiver", url)]
    async with Peer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, limits=limits) as peer:
        for _ in range(count):
            await peer.locations.put_location("NL", "TNM", "LOC1", location())


def good(_number: int) -> bytes:
    body = envelope()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def test_addresses_that_are_silent_share_the_time_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"127.0.2.{number}" for number in range(1, 41)]
    limits = Limits(connect=0.4, retries=0)
    with ExitStack() as stack:
        port = stack.enter_context(answering(good))
        for name in names:
            stack.enter_context(silent(name, port))
        resolving(monkeypatch, names)
        async with asyncio.timeout(8):  # each alone for the whole time would be 16 s
            with pytest.raises(TransportError):
                await put_async(port, HOST, limits)
            with pytest.raises(TransportError):
                await asyncio.to_thread(put, port, HOST, limits)


async def test_an_address_that_is_silent_keeps_nobody_from_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = Limits(connect=2, retries=0)
    with answering(good) as port, silent("127.0.2.1", port):
        resolving(monkeypatch, ["127.0.2.1", "127.0.0.1"])
        await put_async(port, HOST, limits)
        await asyncio.to_thread(put, port, HOST, limits)


async def test_informational_answers_without_end_are_refused() -> None:
    flood = b"HTTP/1.1 100 \r\n\r\n" * 20_000
    limits = Limits(retries=0)
    with answering(lambda _: flood) as port:
        with pytest.raises(TransportError, match="headers of the answer"):
            await put_async(port, "127.0.0.1", limits)
        with pytest.raises(TransportError, match="headers of the answer"):
            await asyncio.to_thread(put, port, "127.0.0.1", limits)


@pytest.mark.parametrize("text", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000])
async def test_an_answer_that_cannot_be_read_is_not_taken_for_a_closed_connection(
    text: bytes,
) -> None:
    asked: list[int] = []

    def body(number: int) -> bytes:
        asked.append(number)
        return good(number) if number == 0 else text

    limits = Limits(retries=0)
    with answering(body) as port:
        with pytest.raises(OcpiError, match="The connection failed"):
            await put_async(port, "127.0.0.1", limits, 2)
        with pytest.raises(OcpiError, match="The connection failed"):
            await asyncio.to_thread(put, port, "127.0.0.1", limits, 2)
    assert asked == [0, 1, 0, 1]

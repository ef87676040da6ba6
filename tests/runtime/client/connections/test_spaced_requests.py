"""Requests that come just when the server gives an idle connection up: none of them is lost."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Endpoint, Limits, Peer, SyncPeer
from ocpi_runtime.errors import TransportError
from tests.runtime.client.peers import OPEN, TOKEN, envelope, location

KEPT = 0.06
"""How long the server keeps an idle connection."""
CLOSING = 0.03
"""How long it takes to close one; what arrives meanwhile is lost."""
COUNT = 25


class Server:
    """Answers on connections that it keeps for a short time."""

    def __init__(self) -> None:
        self.answered = self.lost = 0
        self._open: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(asyncio.create_task(self._serve(reader, writer)))

    async def ended(self) -> None:
        await asyncio.gather(*self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        used = False  # a new connection waits, however slow the machine is
        while True:
            try:
                async with asyncio.timeout(KEPT if used else None):
                    head = await reader.readuntil(b"\r\n\r\n")
            except TimeoutError:
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            body = envelope()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            self.answered += 1
            used = True
        await asyncio.sleep(CLOSING)
        self.lost += bool(await _arrived(reader))
        writer.transport.abort()


async def _arrived(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(0.001):
            return await reader.read(1)
    except (TimeoutError, ConnectionError):
        return b""


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Server, list[Endpoint]]]:
    server = Server()
    listener = await asyncio.start_server(server.accept, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    yield server, [Endpoint("locations", "receiver", f"http://127.0.0.1:{port}/locations")]
    listener.close()
    await server.ended()


def spacings() -> list[float]:
    spread = random.Random(5)  # noqa: S311 - no secret
    return [spread.uniform(KEPT - 0.01, KEPT + CLOSING) for _ in range(COUNT)]


async def test_puts_at_the_keep_alive_time_of_the_server_are_not_lost() -> None:
    async with serving() as (server, endpoints):
        peer = Peer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, limits=Limits(idle=5))
        async with peer:
            for spacing in spacings():
                await peer.locations.put_location("NL", "TNM", "LOC1", location())
                await asyncio.sleep(spacing)
        assert server.answered == COUNT
        assert server.lost > 0


async def test_puts_without_an_event_loop_are_not_lost_either() -> None:
    def put(endpoints: list[Endpoint], pause: asyncio.AbstractEventLoop) -> None:
        limits = Limits(idle=5)
        with SyncPeer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, limits=limits) as peer:
            for spacing in spacings():
                peer.locations.put_location("NL", "TNM", "LOC1", location())
                asyncio.run_coroutine_threadsafe(asyncio.sleep(spacing), pause).result()

    async with serving() as (server, endpoints):
        await asyncio.to_thread(put, endpoints, asyncio.get_running_loop())
        assert server.answered == COUNT
        assert server.lost > 0


@pytest.mark.parametrize("idle", [0.01, 5.0])
async def test_patches_are_not_lost_where_the_client_closes_first(idle: float) -> None:
    stamp = location().last_updated
    change = v2_2_1.models.LocationPatch(name="N", last_updated=stamp)
    failed = 0
    async with serving() as (server, endpoints):
        peer = Peer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, limits=Limits(idle=idle))
        async with peer:
            for spacing in spacings():
                try:
                    await peer.locations.patch_location("NL", "TNM", "LOC1", change)
                except TransportError:
                    failed += 1
                await asyncio.sleep(spacing)
        assert server.answered == COUNT - failed
    assert (failed > 0) is (idle > KEPT)

"""How long an answer may take to be read, and how many connections one partner may have."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from ocpi_server import LimitRules, OwnParty
from tests.server_impl.pair import CPO, EMSP, Pair, Served, introduce, location, served

OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
MOST = 3
RULES = LimitRules(answer_seconds=3.0, connections_per_partner=MOST)
LARGE = "x" * 1_000_000


@dataclass
class Bounded:
    """A CPO with bounds and large locations, and two partners of it."""

    pair: Pair
    other: Pair

    @property
    def cpo(self) -> Served:
        return self.pair.cpo


@pytest_asyncio.fixture(loop_scope="session")
async def bounded(tmp_path: Path) -> AsyncIterator[Bounded]:
    async with (
        served(tmp_path / "cpo", CPO, rules=RULES) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
        served(tmp_path / "other", OTHER) as other,
    ):
        for number in range(8):
            raw = msgspec.json.encode(location(f"LOC{number}", x_note=LARGE))
            await cpo.platform.put_own("locations", raw)
        yield Bounded(await introduce(cpo, emsp), await introduce(cpo, other))


class Link:
    """A connection to the CPO that reads only what a test wants."""

    def __init__(self, link: socket.socket, pair: Pair) -> None:
        token = pair.emsp.platform.partners.open_token(pair.at_emsp)
        self._link = link
        self._headers = f"Host: example.com\r\nAuthorization: Token {token}\r\n\r\n"

    async def ask(self, path: str) -> None:
        """Send a request, and read nothing."""
        request = f"GET /ocpi/{path} HTTP/1.1\r\n{self._headers}".encode()
        await asyncio.get_running_loop().sock_sendall(self._link, request)

    async def read(self, most: int = 65536) -> bytes:
        """Read what has come; nothing where the connection is closed."""
        async with asyncio.timeout(60):
            try:
                return await asyncio.get_running_loop().sock_recv(self._link, most)
            except ConnectionResetError:
                return b""


async def connected(stack: AsyncExitStack, host: Served, pair: Pair) -> Link:
    """Open a connection with a small buffer for answers."""
    link = stack.enter_context(socket.socket(proto=socket.IPPROTO_TCP))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.setblocking(False)  # noqa: FBT003 - the only argument there is
    port = int(host.base_url.rpartition(":")[2].partition("/")[0])
    await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", port))
    return Link(link, pair)


async def logged(caplog: pytest.LogCaptureFixture, text: str) -> None:
    """Wait until a line is in the log."""
    for _ in range(6000):
        if text in caplog.text:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{text} is not in the log")


async def test_a_connection_whose_answer_is_not_read_is_closed(
    bounded: Bounded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_server")
    async with AsyncExitStack() as stack:
        link = await connected(stack, bounded.cpo, bounded.pair)
        await link.ask("2.2.1/sender/locations")
        await logged(caplog, "answers were not read in time")
        assert f"closed a connection of partner {bounded.pair.at_cpo.id}" in caplog.text
        count = 0
        while chunk := await link.read():
            count += len(chunk)
        assert 0 < count < 8 * len(LARGE)


async def test_an_answer_that_is_read_slowly_arrives_whole(
    bounded: Bounded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_server")
    async with AsyncExitStack() as stack:
        link = await connected(stack, bounded.cpo, bounded.pair)
        await link.ask("2.2.1/sender/locations?limit=4")
        count = 0
        while count < 4 * len(LARGE):
            chunk = await link.read(100_000)
            assert chunk
            count += len(chunk)
    assert "answers were not read in time" not in caplog.text


async def test_one_connection_more_takes_the_place_of_an_idle_one(bounded: Bounded) -> None:
    async with AsyncExitStack() as stack:
        links = []
        for _ in range(MOST + 1):
            links.append(await connected(stack, bounded.cpo, bounded.pair))
            await links[-1].ask("versions")
            assert (await links[-1].read()).startswith(b"HTTP/1.1 200")
        assert await links[0].read() == b""
        for link in links[1:]:
            await link.ask("versions")
            assert (await link.read()).startswith(b"HTTP/1.1 200")


async def test_one_more_than_all_busy_connections_is_refused_to_that_partner_only(
    bounded: Bounded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_server")
    async with AsyncExitStack() as stack:
        for _ in range(MOST):
            busy = await connected(stack, bounded.cpo, bounded.pair)
            await busy.ask("2.2.1/sender/locations")
            assert (await busy.read(16)).startswith(b"HTTP/1.1 200")
        surplus = await connected(stack, bounded.cpo, bounded.pair)
        await surplus.ask("versions")
        answer = await surplus.read()
        assert answer.startswith(b"HTTP/1.1 429")
        assert b'"status_code":' in answer
        rival = await connected(stack, bounded.cpo, bounded.other)
        await rival.ask("versions")
        assert (await rival.read()).startswith(b"HTTP/1.1 200")
        # When the answers are not read for too long, there is room again.
        await logged(caplog, "answers were not read in time")
        later = await connected(stack, bounded.cpo, bounded.pair)
        await later.ask("versions")
        assert (await later.read()).startswith(b"HTTP/1.1 200")

"""Connections that are held, too many or broken do no harm to those of others."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.server_impl.connection_load import ConnectionLoad, Host, hosted, under_load

ODD = [
    b"TRACE /ocpi/versions HTTP/1.1",
    b"CONNECT example.com:443 HTTP/1.1",
    b"PROPFIND /ocpi/versions HTTP/1.1",
    b"get /ocpi/versions HTTP/1.1",
    b"A" * 4096 + b" /ocpi/versions HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"OPTIONS * HTTP/1.1",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1",
    b"GET /?" + b"a" * 100_000 + b" HTTP/1.1",
    b"GET /" + bytes(range(128, 256)) + b" HTTP/1.1",
    b"GET http://[::1/ HTTP/1.1",
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    (
        b"GET /ocpi/versions HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    ),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]
LIMITS = """
connections = 30
connections_per_address = 20
header_seconds = 1.0
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with hosted(tmp_path_factory.mktemp("host"), LIMITS) as made:
        yield made


async def asked(host: Host, data: bytes) -> bytes:
    """Send octets and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", host.port)
    try:
        async with asyncio.timeout(60):
            writer.write(data)
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("line", ODD, ids=lambda line: ascii(line[:16]))
async def test_odd_requests_get_an_envelope_or_none(host: Host, line: bytes) -> None:
    answer = await asked(host, line + b"\r\nHost: example.com\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    if answer:
        assert head.split()[1] in {b"400", b"401", b"404", b"414", b"431"}
        assert json.loads(body)["status_code"] == 2000
        assert b"no-store" in head
        assert b"\r\nserver:" not in head.lower()


async def test_headers_that_never_end_are_waited_for_in_vain(host: Host) -> None:
    begun = b"GET /ocpi/versions HTTP/1.1\r\nHost: example.com\r\nX-Slow: "
    reader, writer = await asyncio.open_connection("127.0.0.1", host.port)
    writer.write(begun)
    trickle = asyncio.create_task(_trickle(writer))
    async with asyncio.timeout(60):
        answer = await reader.read()
    trickle.cancel()
    assert answer.startswith(b"HTTP/1.1 408")
    writer.close()
    assert await asked(host, b"") == b""


async def _trickle(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.05)


async def test_headers_without_end_are_refused_by_size(host: Host) -> None:
    answer = await asked(host, b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 300_000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


async def test_a_new_connection_takes_the_place_of_one_that_waits(host: Host) -> None:
    request = b"GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with AsyncExitStack() as stack:
        for _ in range(60):
            _, writer = await asyncio.open_connection("127.0.0.1", host.port)
            stack.callback(writer.close)
            writer.write(request[:20])
        assert (await asked(host, request)).startswith(b"HTTP/1.1 401")


async def test_a_partner_with_many_connections_does_not_delay_others(tmp_path: Path) -> None:
    figures = await under_load(
        tmp_path, ConnectionLoad(half_open=150, unread=20, commands=60, probes=60)
    )
    assert figures.statuses == {200: 60}
    assert figures.registration > 0
    assert "Traceback" not in (tmp_path / "server.log").read_text()


async def test_nothing_of_this_left_a_traceback(host: Host) -> None:
    log = Path(host.platform.settings.key_path).with_name("server.log").read_text()
    assert "Traceback" not in log
    assert "Uvicorn running" in log

"""Head and body of an answer are sent together, unless the body comes later."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_server.serving import server_config
from ocpi_server.serving._answer_writer import AnswerWriter
from ocpi_server.settings import LimitRules
from tests.support.serving import free_port


class _Transport:
    """Notes what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


@asynccontextmanager
async def _served(app: ASGIApp) -> AsyncIterator[int]:
    port = free_port()
    options: dict[str, Any] = {"log_level": "critical", "lifespan": "off", "port": port}
    server = _Server(server_config(app, LimitRules(), **options))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), "the server ended while it started"
        await asyncio.sleep(0.005)
    try:
        yield port
    finally:
        server.should_exit = True
        await task


def _writer(transport: _Transport) -> AnswerWriter:
    return AnswerWriter(cast("asyncio.Transport", transport), asyncio.get_running_loop())


async def test_a_head_is_written_with_its_body() -> None:
    transport = _Transport()
    writer = _writer(transport)
    for part in (b"head ", b"body", b"more"):
        writer.write(part)
    await asyncio.sleep(0)
    assert transport.written == [b"head body", b"more"]


async def test_a_long_body_is_not_copied() -> None:
    transport = _Transport()
    writer = _writer(transport)
    body = bytes(100_000)
    writer.write(b"head")
    writer.write(body)
    assert transport.written == [b"head", body]
    assert transport.written[1] is body


async def test_a_head_without_a_body_is_written_before_the_connection_is_closed() -> None:
    transport = _Transport()
    writer = _writer(transport)
    writer.write(b"head")
    writer.close()
    await asyncio.sleep(0)
    assert transport.written == [b"head"]
    assert writer.is_closing()


async def test_the_head_of_a_stream_is_sent_before_there_is_anything_in_it() -> None:
    more = asyncio.Event()

    async def streaming(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await more.wait()
        await send({"type": "http.response.body", "body": b"late"})

    async with _served(streaming) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(30):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            more.set()
            assert b"late" in await reader.read()
        writer.close()


async def test_a_head_alone_is_sent_too() -> None:
    async def empty(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with _served(empty) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for method in (b"HEAD", b"GET", b"HEAD"):
            writer.write(method + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            async with asyncio.timeout(30):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        writer.close()


async def _answer(send: Send, text: bytes, *, sent: bytes | None = None) -> None:
    headers = [(b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await asyncio.sleep(0 if sent is None else 0.01)
    await send({"type": "http.response.body", "body": text if sent is None else sent})


async def test_answers_to_requests_that_come_together_keep_their_order() -> None:
    async def slower_first(scope: Scope, _receive: Receive, send: Send) -> None:
        name = scope["path"].encode()
        await _answer(send, name, sent=name if name == b"/1" else None)

    async with _served(slower_first) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b" HTTP/1.1\r\nHost: localhost\r\n"
        lines = [b"GET /1" + head, b"HEAD /2" + head, b"GET /3" + head + b"Connection: close\r\n"]
        writer.write(b"\r\n".join(lines) + b"\r\n")
        async with asyncio.timeout(30):
            text = await reader.read()
        heads = [each.split(b"\r\n\r\n")[1] for each in text.split(b"HTTP/1.1 200 OK")[1:]]
        assert heads == [b"/1", b"", b"/3"]
        writer.close()


async def test_a_body_that_is_asked_for_comes_between_two_heads() -> None:
    async def echo(_scope: Scope, receive: Receive, send: Send) -> None:
        await _answer(send, (await receive())["body"])

    async with _served(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        writer.write(head + b"Expect: 100-continue\r\n\r\n")
        async with asyncio.timeout(30):
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"text")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(4) == b"text"
        writer.close()


async def test_an_answer_that_breaks_off_ends_the_connection_after_its_head() -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, b"more than comes", sent=b"more")

    async with _served(broken) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(30):
            text = await reader.read()
        assert text.startswith(b"HTTP/1.1 200")
        assert text.endswith(b"\r\n\r\nmore")
        writer.close()

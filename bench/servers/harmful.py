"""A partner that does harm: from ``GET /become/NUMBER`` on, in one way to every request.

``python -m bench.servers.harmful PORT``
"""

import asyncio
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

__all__ = ["BEHAVIOURS"]

_BODY: Final = b'{"data":[],"status_code":1000,"timestamp":"2026-01-01T00:00:00Z"}'
_BECOME: Final = b"get /become/"
_CHUNK: Final = 64 * 1024
_SLOW_SECONDS: Final = 8.0
_FOR_EVER: Final = 3600.0


async def _well(writer: asyncio.StreamWriter) -> None:
    writer.write(_answer("200 OK", _BODY))


async def _slow(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_SLOW_SECONDS)
    writer.write(_answer("200 OK", _BODY))


async def _failing(writer: asyncio.StreamWriter) -> None:
    writer.write(_answer("500 Internal Server Error", b"<html>sorry</html>"))


async def _rubbish(writer: asyncio.StreamWriter) -> None:
    writer.write(_answer("200 OK", b'{"data":' + b"[[" * 30_000 + b'"\xff'))


async def _redirecting(writer: asyncio.StreamWriter) -> None:
    where = "Location: http://169.254.169.254/latest/meta-data/"
    writer.write(_answer("307 Temporary Redirect", b"", where))


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(_head("200 OK", "Transfer-Encoding: chunked"))
    await _without_end(writer, _BODY[:9] + b" " * _CHUNK)


async def _compressed(writer: asyncio.StreamWriter) -> None:
    writer.write(_head("200 OK", "Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    packed = zlib.compressobj(9, wbits=31)
    await _write_chunk(writer, packed.compress(b" " * _CHUNK) + packed.flush(zlib.Z_SYNC_FLUSH))
    await _without_end(
        writer, packed.compress(b" " * (_CHUNK * 160)) + packed.flush(zlib.Z_SYNC_FLUSH)
    )


async def _silent(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_FOR_EVER)


_Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
BEHAVIOURS: Final[Mapping[str, _Behaviour]] = {
    "answers after 8 s": _slow,
    "HTTP 500": _failing,
    "rubbish": _rubbish,
    "redirect to a private address": _redirecting,
    "endless body": _endless,
    "endless compressed body": _compressed,
    "no answer": _silent,
}
"""What a partner does with each request, by name."""


def _head(status: str, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, "", "")
    return "\r\n".join(lines).encode()


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    return _head(status, f"Content-Length: {len(body)}", *headers) + body


async def _without_end(writer: asyncio.StreamWriter, part: bytes) -> None:
    while True:
        await _write_chunk(writer, part)


async def _write_chunk(writer: asyncio.StreamWriter, part: bytes) -> None:
    writer.write(b"%x\r\n" % len(part) + part + b"\r\n")
    await writer.drain()


async def _serve(port: int) -> None:
    behave: _Behaviour = _well

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal behave
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
                await reader.readexactly(int(length or 0))
                if head.startswith(_BECOME):
                    number = int(head[len(_BECOME) :].split()[0])
                    behave = list(BEHAVIOURS.values())[number]
                    await _well(writer)
                else:
                    await behave(writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""A partner that takes every push: it reads requests and answers, as cheaply as Python can.

With the path of a file it notes there when each request came, and to which path.
"""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path
from typing import TextIO, cast

_BODY = b'{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z"}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY
_LENGTH = b"content-length:"


class _Stub(asyncio.Protocol):
    """One connection."""

    def __init__(self, notes: TextIO | None) -> None:
        self._buffer, self._notes = b"", notes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            start = head.find(_LENGTH)
            length = int(head[start + len(_LENGTH) :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._transport.write(_ANSWER)
            if self._notes is not None:
                path = head.split(b" ", 2)[1].decode()
                self._notes.write(f"{time.monotonic()} {path}\n")


async def _serve(port: int, notes: TextIO | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(_Stub, notes), "127.0.0.1", port)
    await server.serve_forever()


def _main(port: str, notes: str | None = None) -> None:
    if notes is None:
        asyncio.run(_serve(int(port), None))
        return
    with Path(notes).open("w", buffering=1, encoding="utf-8") as file:
        asyncio.run(_serve(int(port), file))


if __name__ == "__main__":
    _main(*sys.argv[1:])

"""Writing head and body of an answer together."""

import asyncio
from typing import Final

__all__ = ["AnswerWriter"]

_MOST_JOINED: Final = 64 * 1024
"""To copy a longer body costs as much as to write it by itself."""


class AnswerWriter:
    """The transport of one answer: its head waits for the body, so that both are sent at once.

    uvicorn writes each by itself, which is two calls of the system and two packets. A head whose
    body does not follow at once, such as that of a stream, is written in the next turn of the event
    loop.

    Args:
        transport: The transport of the connection.
        loop: The event loop.
    """

    __slots__ = ("_begun", "_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head: bytes | None = None
        self._begun = False

    def write(self, data: bytes) -> None:
        """Write a part of the answer."""
        if not self._begun:
            self._begun, self._head = True, data
            self._loop.call_soon(self._flush)
        elif self._head is not None and len(data) <= _MOST_JOINED:
            head, self._head = self._head, None
            self._transport.write(head + data)
        else:
            self._flush()
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Return whether the connection is closed, or about to be."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Close the connection once all was written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            if not self._transport.is_closing():
                self._transport.write(head)

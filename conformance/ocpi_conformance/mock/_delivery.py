"""Sends an answer as a scenario demands: late, slowly, without end, or with a reset."""

import asyncio
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from ocpi_conformance.mock._answer import MockAnswer

__all__ = ["ABORT", "deliver"]

ABORT: Final = "ocpi.mock.abort"
"""The extension of the ASGI scope that resets the connection."""
_FILLER: Final = b" " * 65536


async def deliver(answer: MockAnswer, scope: Scope, receive: Receive, send: Send) -> bool:
    """Send an answer.

    Args:
        answer: The answer with its delivery.
        scope: The request; its body was read.
        receive: Reports that the client has gone away.
        send: Takes the answer.

    Returns:
        Whether the client took all of it.
    """
    gone = asyncio.ensure_future(receive())
    try:
        return await _Sending(answer, scope, send, gone).run()
    finally:
        gone.cancel()


class _Sending:
    def __init__(
        self, answer: MockAnswer, scope: Scope, send: Send, gone: "asyncio.Future[Any]"
    ) -> None:
        self._answer, self._how = answer, answer.delivery
        self._scope, self._send, self._gone = scope, send, gone

    async def run(self) -> bool:
        how, body = self._how, self._answer.body
        if not await self._pause(how.delay):
            return False
        if how.reset == "start":
            return await self._abort()
        length = None if how.filler else len(body)
        await self._start(length)
        if how.reset == "body":
            await self._part(body[: len(body) // 2])
            return await self._abort()
        if how.filler:
            return await self._endless(body[:-1])
        return await self._slowly(body)

    async def _start(self, length: int | None) -> None:
        headers = {
            name: one for name, one in self._answer.headers.items() if name != "content-length"
        }
        if length is not None:
            headers["content-length"] = str(length)
        coded = [(name.encode(), one.encode("latin-1")) for name, one in headers.items()]
        await self._send(
            {"type": "http.response.start", "status": self._answer.status, "headers": coded}
        )

    async def _part(self, body: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _slowly(self, body: bytes) -> bool:
        size = self._how.chunk or len(body) or 1
        for at in range(0, len(body), size):
            if at and not await self._pause(self._how.pause):
                return False
            await self._part(body[at : at + size])
        await self._part(b"", more=False)
        return True

    async def _endless(self, body: bytes) -> bool:
        """Send blanks after an unfinished body, until the size is reached or the client closes."""
        await self._part(body)
        for _ in range(0, self._how.filler, len(_FILLER)):
            if self._gone.done():
                return False
            await self._part(_FILLER)
            await asyncio.sleep(0)
        await self._part(b"}", more=False)
        return not self._gone.done()

    async def _pause(self, seconds: float) -> bool:
        """Wait; return false if the client went away meanwhile."""
        if not seconds:
            return True
        await asyncio.wait({self._gone}, timeout=seconds)
        return not self._gone.done()

    async def _abort(self) -> bool:
        abort = self._scope.get("extensions", {}).get(ABORT)
        if abort is None:
            raise ConnectionResetError("the scenario resets the connection")
        abort()
        await asyncio.wait({self._gone})
        return False

"""A partner that misbehaves on demand, and a clock that is stopped until it is put forward."""

import asyncio
import json
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FaultInjector", "StoppedClock"]

_WRITES = frozenset({"PUT", "PATCH", "POST", "DELETE"})


class StoppedClock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class FaultInjector:
    """Is called before the application of a partner.

    Attributes:
        mode: ``open``, or how objects that are pushed are answered: ``500``, ``3000``, ``429``,
            ``rubbish``, ``redirect``, ``endless``, ``bomb`` (endless once it is decompressed),
            ``slow`` (a byte at a time) or ``hang``.
        refused: The ids of objects that are answered with 2001.
        sent: Method and path of each push that came.
        overlaps: How often a push of an object came while another of it was being answered.
    """

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.mode = "open"
        self.refused: set[str] = set()
        self.sent: list[tuple[str, str]] = []
        self.overlaps = 0
        self._open: Counter[str] = Counter()
        self.pause = 0.0

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return the application with faults injected."""
        self.app = app
        return self

    def took(self) -> list[tuple[str, str]]:
        """Return what was sent since the last time: methods, and the ids of objects."""
        parts = [(method, path.split("/receiver/")[1].split("/")) for method, path in self.sent]
        found = [(method, path[3] if len(path) > 1 else path[0]) for method, path in parts]
        self.sent.clear()
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        if scope["type"] != "http" or not _is_push(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"].rstrip("/")
        self.sent.append((scope["method"], path))
        # CDRs have one URL together.
        self.overlaps += self._open[path] > 0 and scope["method"] != "POST"
        self._open[path] += 1

        async def answer(message: Message) -> None:
            # Before the answer leaves: the next push may come before the application returns.
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._open[path] -= 1
            await send(message)

        await asyncio.sleep(self.pause)
        await self._answer(scope, receive, answer)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        if self.refused & set(scope["path"].split("/")):
            await _reply(send, 200, _envelope(2001))
        elif self.mode == "open":
            await self.app(scope, receive, send)
        elif self.mode == "hang":
            while self.mode == "hang":  # noqa: ASYNC110 - until the test sets another mode
                await asyncio.sleep(0.02)
            await self.app(scope, receive, send)
        elif self.mode == "slow":
            await self._slow(send)
        elif self.mode in {"endless", "bomb"}:
            await self._endless(send)
        else:
            await _reply(send, *_ANSWERS[self.mode])

    async def _slow(self, send: Send) -> None:
        """Answer with success, so slowly that it takes minutes."""
        await _begin(send)
        for at in range(len(_DONE)):
            if self.mode != "slow":
                break
            await send({**_BODY, "body": _DONE[at : at + 1], "more_body": True})
            await asyncio.sleep(0.5)
        await send(_BODY)

    async def _endless(self, send: Send) -> None:
        first, more = _PACKED if self.mode == "bomb" else (_SPACES, _SPACES)
        await _begin(send, *([(b"content-encoding", b"gzip")] if self.mode == "bomb" else []))
        await send({**_BODY, "body": first, "more_body": True})
        for _ in range(10_000):
            await send({**_BODY, "body": more, "more_body": True})
            await asyncio.sleep(0)  # once nobody reads any more, nothing else lets others run


def _is_push(scope: Scope) -> bool:
    return scope["method"] in _WRITES and "/receiver/" in scope["path"]


def _envelope(code: int) -> bytes:
    return json.dumps(
        {"status_code": code, "status_message": "No.", "timestamp": "2026-01-01T00:00:00Z"}
    ).encode()


_ANSWERS: dict[str, Any] = {
    "500": (500, _envelope(3000)),
    "3000": (200, _envelope(3000)),
    "429": (429, _envelope(2000), (b"retry-after", b"100")),
    "rubbish": (200, b"\x00<html>\xff"),
    "redirect": (302, b"", (b"location", b"http://169.254.169.254/latest")),
}


_BODY: Message = {"type": "http.response.body", "body": b""}
_SPACES = b" " * 65536


def _packed() -> tuple[bytes, bytes]:
    """Compress the beginning of an endless text, and a piece of it that may be repeated."""
    packer = zlib.compressobj(wbits=31)
    first, more = [packer.compress(_SPACES) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    return first, more


_PACKED = _packed()
_DONE = json.dumps({"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}).encode()


async def _begin(send: Send, *headers: tuple[bytes, bytes]) -> None:
    named = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": 200, "headers": named})


async def _reply(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    named = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body})

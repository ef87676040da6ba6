"""Server-sent events, streamed over one open answer."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from ocpi_runtime.errors import TooManyRequests
from ocpi_server.operator_api._access import Operator
from ocpi_server.operator_api._events import as_json, checked_position
from ocpi_server.operator_keys import Keys
from ocpi_server.operator_records import Event, EventLog, read_position

__all__ = ["EventStream", "wants_stream"]

_TYPE: Final = "text/event-stream"
_OF_ONE_KEY: Final = 5
"""How many streams a key may have open."""
_BEAT_SECONDS: Final = 10.0
"""Time without events after which a comment is sent."""
_CHECK_SECONDS: Final = 1.0
"""Time after which the key is checked again, however many events there are."""
_LONGEST_SECONDS: Final = 3600.0
"""Time after which a stream ends; clients reconnect with the id of the last event."""
_BEGUN: Final = b": begun\n\n"
_GAP: Final = b": events are missing\nevent: gap\ndata: {}\n\n"
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
)


def wants_stream(scope: Scope, headers: Headers) -> bool:
    """Return whether a request asks for a stream."""
    return scope["method"] == "GET" and _TYPE in headers.get("accept", "")


class EventStream:
    """Streams events to back ends.

    Args:
        log: The events.
        keys: The keys of the platform.
        stopping: Returns whether the process ends, which waits for no stream.
    """

    def __init__(self, log: EventLog, keys: Keys, stopping: Callable[[], bool]) -> None:
        self._log, self._keys, self._stopping = log, keys, stopping
        self._open: Counter[str] = Counter()

    async def serve(self, operator: Operator, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream the events after the id that a request names, or from now on.

        Raises:
            TooManyRequests: The key has too many streams.
            InvalidParameters: The position is not the id of an event.
        """
        if self._open[operator.id] >= _OF_ONE_KEY:
            raise TooManyRequests(f"A key may have at most {_OF_ONE_KEY} streams.")
        asked = Headers(scope=scope).get("last-event-id")
        asked = checked_position(asked or QueryParams(scope["query_string"]).get("after"))
        self._open[operator.id] += 1
        gone = asyncio.create_task(_until_gone(receive))
        try:
            last = await self._log.last()
            await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
            await self._stream(operator, asked or last, last, send, gone)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._open[operator.id] -= 1

    async def _stream(
        self, operator: Operator, position: str, last: str, send: Send, gone: asyncio.Task[None]
    ) -> None:
        now = time.monotonic
        end, beat = now() + _LONGEST_SECONDS, now() + _BEAT_SECONDS
        check = now() + _CHECK_SECONDS
        reported = position if await self._log.has_gap(position) else None
        waiting = _BEGUN if reported is None else _GAP
        if read_position(position) > read_position(last):
            position = last  # of events that a restored backup does not have
        while now() < end and not gone.done() and not self._stopping():
            if now() > check:
                if not await self._is_good(operator):
                    return
                check = now() + _CHECK_SECONDS
            if waiting:
                await send({"type": "http.response.body", "body": waiting, "more_body": True})
                beat = now() + _BEAT_SECONDS
            waiting, position = await self._following(position, reported)
            if waiting:
                continue
            await self._pause(gone)
            if now() > beat:
                waiting = b": nothing new\n\n"

    async def _following(self, position: str, reported: str | None) -> tuple[bytes, str]:
        """Return what follows a place, and the place behind it.

        Events may have been deleted while a client read too slowly: that is an event ``gap``, once
        for a place.
        """
        found = await self._log.after(position)
        if not found:
            return b"", position
        begin = _GAP if position != reported and await self._log.has_gap(position) else b""
        return begin + b"".join(map(_message, found)), found[-1].id

    async def _pause(self, gone: asyncio.Task[None]) -> None:
        """Wait until there may be new events, or the client has disconnected."""
        news = asyncio.create_task(self._log.wait())
        try:
            await asyncio.wait((news, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()

    async def _is_good(self, operator: Operator) -> bool:
        """Return whether the key has neither ended nor been removed."""
        return operator.key is not None and await self._keys.is_good(operator.key.id)


def _message(event: Event) -> bytes:
    name, data = event.news.kind.encode(), as_json(event)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), name, data)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

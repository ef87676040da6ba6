"""Writing the message log: in batches and beside the requests, which never wait for it."""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from datetime import timedelta
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import Connection, delete, func, select, text

from ocpi_runtime.client import Exchange
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server.message_log._failures import OCPI_FAILURE, has_failed
from ocpi_server.message_log._records import Direction
from ocpi_server.settings import MessageRules
from ocpi_server.store import Database
from ocpi_server.store.database.message_tables import messages
from ocpi_server.store.database.prepared import RowInsert

__all__ = ["MessageRecorder"]

log = logging.getLogger("ocpi_server.message_log")

_GATHER_SECONDS: Final = 0.25
_BATCH: Final = 200
"""Number of rows written in one transaction: few enough that no request waits long for it."""
_MOST_WAITING: Final = 5000
_MOST_BYTES: Final = 16 * 1024 * 1024
_PURGE_SECONDS: Final = 60.0
_PURGED: Final = 500
_LONGEST_TEXT: Final = 2048
_LONGEST_ID: Final = 64
_LOCK: Final = text("SELECT pg_advisory_xact_lock(4715329081)")
"""On PostgreSQL batches are written one after the other: who follows the log misses no number."""

_COLUMNS: Final = (
    "at",
    "direction",
    "partner",
    "method",
    "url",
    "module",
    "operation",
    "http_status",
    "ocpi_status",
    "duration",
    "request_id",
    "correlation_id",
    "error",
    "request_bytes",
    "response_bytes",
    "request_headers",
    "response_headers",
    "request_body",
    "response_body",
)
"""What a row has, in this order, whatever that of the table is."""
_ADD: Final = RowInsert(messages, _COLUMNS)
_Row: TypeAlias = tuple[Any, ...]
"""The values of the columns; the bodies are the last two."""
_to_json: Final = msgspec.json.Encoder().encode


class MessageRecorder:
    """Takes exchanges as they end and writes them down a little later.

    What does not fit into a bounded queue is dropped and counted; the log states how many.

    Args:
        database: Where they are kept.
        rules: What is kept, and for how long.
        clock: Returns the current time.

    Attributes:
        dropped: How many exchanges were not kept although they should be.
    """

    def __init__(self, database: Database, rules: MessageRules, clock: Clock = utc_now) -> None:
        self._database, self._rules, self._clock = database, rules, clock
        self._waiting: deque[_Row] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._purged = float("-inf")
        self._reported = 0
        self.dropped = 0

    def record(self, exchange: Exchange, direction: Direction, partner: str | None) -> None:
        """Take an exchange if it is wanted; this neither waits nor raises.

        Args:
            exchange: The exchange, tokens masked.
            direction: Who began it.
            partner: The id of the partner, if it is known.
        """
        if self.wants(exchange.http_status, exchange.status_code):
            self.take(exchange, direction, partner)

    def wants(self, http_status: int, status_code: int | None) -> bool:
        """Return whether an exchange with these statuses is kept: a failure, or a sample."""
        sample = self._rules.sample
        return (
            sample >= 1 or has_failed(http_status, status_code) or random.random() < sample  # noqa: S311 - no secret
        )

    def take(self, exchange: Exchange, direction: Direction, partner: str | None) -> None:
        """Take an exchange that is wanted, as :meth:`record` does."""
        if len(self._waiting) >= _MOST_WAITING or self._bytes > _MOST_BYTES:
            self.dropped += 1
            return
        row = _row(exchange, direction, partner, self._rules.body_bytes)
        self._waiting.append(row)
        self._bytes += _size(row)
        if self._task is None:
            loop = asyncio.get_running_loop()
            # It goes on for other requests than the one that begins it.
            self._task = loop.create_task(self._drain(), context=Context())

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                await self._write(self._batch())
        finally:
            self._task = None

    async def _gather(self) -> None:
        """Wait a moment for more, unless there is a batch, or the platform closes."""
        if len(self._waiting) < _BATCH and not self._closing.is_set():
            try:
                async with asyncio.timeout(_GATHER_SECONDS):
                    await self._closing.wait()
            except TimeoutError:
                pass

    def _batch(self) -> list[_Row]:
        rows = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
        self._bytes -= sum(map(_size, rows))
        return rows

    async def _write(self, rows: Sequence[_Row]) -> None:
        try:
            await self._database.write(lambda link: _store(link, rows))
        except Exception as error:  # noqa: BLE001 - whatever it is, requests go on
            self.dropped += len(rows)
            log.warning("%d exchanges could not be kept: %s", len(rows), error)
        if self.dropped > self._reported:
            log.warning("%d exchanges were not kept since the start", self.dropped)
            self._reported = self.dropped

    async def purge(self) -> None:
        """Remove what is too old or too much, at most once a minute."""
        if time.monotonic() - self._purged < _PURGE_SECONDS:
            return
        self._purged = time.monotonic()
        oldest = to_micros(self._clock() - timedelta(days=self._rules.days))
        more = True
        while more:
            more = await self._database.write(lambda link: _purge(link, oldest, self._rules.rows))

    async def close(self) -> None:
        """Write down what was taken."""
        self._closing.set()
        if self._task is not None:
            await asyncio.wait([self._task])


def _row(exchange: Exchange, direction: Direction, partner: str | None, most: int) -> _Row:
    error = exchange.error
    if error is None and (exchange.status_code or 0) >= OCPI_FAILURE:
        error = exchange.status_message
    return (
        to_micros(exchange.started),
        direction,
        partner,
        exchange.method[:16],
        exchange.url[:_LONGEST_TEXT],
        exchange.module,
        exchange.operation,
        exchange.http_status,
        exchange.status_code,
        exchange.duration,
        exchange.request_id[:_LONGEST_ID],
        exchange.correlation_id[:_LONGEST_ID],
        None if error is None else _storable(error[:_LONGEST_TEXT]),
        len(exchange.request_body),
        len(exchange.response_body),
        # As text: a collection of garbage looks at whatever holds other objects.
        _to_json(exchange.request_headers).decode(),
        _to_json(exchange.response_headers).decode(),
        exchange.request_body[:most],
        exchange.response_body[:most],
    )


def _size(row: _Row) -> int:
    return len(row[-1]) + len(row[-2])


def _storable(text: str) -> str:
    """Return a text that every database takes: partners choose what is in it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _store(link: Connection, rows: Sequence[_Row]) -> None:
    if link.dialect.name == "postgresql":
        link.execute(_LOCK)
    _ADD.run(link, rows)


def _purge(link: Connection, oldest: int, most: int) -> bool:
    """Remove some of the oldest exchanges; return whether there may be more to remove."""
    column = messages.c
    newest = link.execute(select(func.max(column.id))).scalar() or 0
    first = link.execute(select(column.id, column.at).order_by(column.id).limit(_PURGED)).all()
    spare = [row.id for row in first if row.id <= newest - most or row.at < oldest]
    if spare:
        link.execute(delete(messages).where(column.id.in_(spare)))
    return len(spare) == _PURGED

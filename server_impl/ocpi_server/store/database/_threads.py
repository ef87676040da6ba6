"""What SQLite does in threads: long reads, each with a connection of its own, and commits."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection

__all__ = ["AsideReader", "DiskThread", "in_snapshot", "link_of"]

T = TypeVar("T")

_THREADS: Final = 2
"""One long read does not wait for another; more would only take processors from the event loop."""


class AsideReader:
    """Runs reads in threads; SQLite lets go of the interpreter while it looks for rows.

    Args:
        connect: Opens a connection.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._own = threading.local()
        self._opened: list[Connection] = []
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="ocpi-read")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run work in one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, work)

    def _work(self, work: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            self._opened.append(connection)
        return in_snapshot(connection, link_of(connection), work)

    def close(self) -> None:
        """Finish what was begun and close the connections."""
        self._pool.shutdown(cancel_futures=True)
        for connection in self._opened:
            connection.close()


class _Call(NamedTuple):
    """A call that waits for the thread, and who waits for it."""

    call: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


class DiskThread:
    """Runs one call after the other.

    For each commit an executor makes two futures, several locks and a work item; a queue and one
    callback are enough. The thread begins with the first call, and keeps no process from ending.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, call: Callable[[], object]) -> None:
        """Make a call and wait until it has returned; what it raises is raised here."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ocpi-commit", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._calls.put(_Call(call, loop, future))
        await future

    def close(self) -> None:
        """Finish what was begun and end the thread."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (waiting := self._calls.get()) is not None:
            error: Exception | None = None
            try:
                waiting.call()
            except Exception as raised:  # noqa: BLE001 - for who waits
                error = raised
            with suppress(RuntimeError):  # the event loop was closed meanwhile: nobody waits
                waiting.loop.call_soon_threadsafe(_settle, waiting.future, error)


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


def in_snapshot(
    connection: Connection, link: sqlite3.Connection, work: Callable[[Connection], T]
) -> T:
    """Run work that only reads in a transaction."""
    link.execute("BEGIN")
    try:
        return work(connection)
    finally:
        # After some failures SQLite has ended the transaction already.
        if link.in_transaction:
            link.execute("ROLLBACK")


def link_of(connection: Connection) -> sqlite3.Connection:
    """Return the connection of the driver: its transactions cost half of SQLAlchemy's."""
    found: Any = connection.connection.dbapi_connection
    link: sqlite3.Connection = found
    return link

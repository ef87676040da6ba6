"""Long reads of SQLite in threads, each with a connection of its own."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

__all__ = ["AsideReader", "in_snapshot", "link_of"]

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

"""SQLite without threads in between: read on the event loop, commit in a thread."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from ocpi_server.store.database._threads import AsideReader, DiskThread, in_snapshot, link_of
from ocpi_server.store.database.errors import StoreBusy, StoreError, reason_of
from ocpi_server.store.database.files import claim
from ocpi_server.store.database.prepared import Prepared

__all__ = ["SqliteDatabase", "StoreBusy", "prepare"]

T = TypeVar("T")

_BATCH_SECONDS: Final = 0.005
"""How long works are taken into one transaction before the event loop gets its turn."""
_DATA_VERSION: Final = "PRAGMA data_version"
_BUSY_SECONDS: Final = 30.0
"""How long another process may hold the write lock."""


def prepare(connection: Any, _record: object = None) -> None:
    """Set what SQLite needs on each new connection: a log for readers, durable commits.

    Text that is damaged is read with replacement characters; else SQLite would refuse all rows
    that are read with it.
    """
    link = getattr(connection, "driver_connection", connection)
    link.text_factory = _read_text
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-32768",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _engine(url: str, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
        hide_parameters=True,  # objects of partners are no part of errors that are logged
    )
    event.listen(engine, "connect", prepare)
    return engine


_read_text = partial(str, encoding="utf-8", errors="replace")


class _Write:
    """A work that waits for its transaction."""

    __slots__ = ("done", "error", "marked", "result", "work")

    def __init__(
        self,
        work: Callable[[Connection], Any],
        done: Callable[[Any, Exception | None], None],
        *,
        marked: bool,
    ) -> None:
        self.work = work
        self.done = done
        self.marked = marked
        self.result: Any = None
        self.error: Exception | None = None


class SqliteDatabase:
    """One SQLite file, one connection that reads and one that writes.

    Writes that arrive while a commit is under way share the next transaction, each behind a
    savepoint of its own: one wait for the disk serves them all.
    """

    takes_arrays = False

    def __init__(self, url: str) -> None:
        # The timeout covers locks that are held for moments only; waiting for the write lock of
        # another process must not stop the event loop and is done in _begin.
        claim(url)
        engine = _engine(url, busy_seconds=1.0)
        self._writer = _connect(engine)
        self._reader = _connect(engine)
        # Beginning and ending transactions goes past SQLAlchemy, which would double its cost.
        self._write_link = link_of(self._writer)
        self._read_link = link_of(self._reader)
        self._write_link.execute("PRAGMA busy_timeout=0")
        self._committing = False
        self._mark = self._seen = self._others = 0
        self._marked_in: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[_Write] = deque()
        self._task: asyncio.Task[None] | None = None
        self._disk = DiskThread()
        self._aside = AsideReader(lambda: _connect(engine))

    def mark(self) -> int | None:
        """Return a number that stays the same until something is committed but by ``submit``.

        The file is asked once in each turn of the event loop: all requests that are worked on in
        a turn had come before it began.
        """
        loop = asyncio.get_running_loop()
        if self._marked_in is loop:
            return self._mark
        try:
            (seen,) = self._read_link.execute(_DATA_VERSION).fetchone()
            if seen != self._seen:
                self._seen = seen
                self._mark += self._may_be_of_others()
        except sqlite3.Error:
            return None  # the next statement shows why
        self._marked_in = loop
        loop.call_soon(self._end_turn)
        return self._mark

    def _end_turn(self) -> None:
        self._marked_in = None

    def _mark_again(self) -> None:
        """Renew the mark at the beginning of a transaction, during which nobody else commits.

        While the transaction is committed, nothing can find out who committed what came before.
        """
        self._end_turn()
        self.mark()

    def _may_be_of_others(self) -> bool:
        """Return whether another process may have committed something since this was asked.

        The number of the connection that writes does not change with what it commits itself.
        """
        if self._committing:
            return True  # the connection is in use by the thread
        (others,) = self._write_link.execute(_DATA_VERSION).fetchone()
        known, self._others = self._others, others
        return bool(known != others)

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return what one statement finds."""
        return statement.all(self._reader, values)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads, at once and without waiting for writers."""
        return in_snapshot(self._reader, self._read_link, work)

    async def read_aside(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads many rows in a thread, with a connection of its own."""
        return await self._aside.run(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in the next transaction and wait until it is on the disk."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._add(_Write(work, partial(_settle, future), marked=True))
        return await future

    def submit(
        self, work: Callable[[Connection], T], done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Run work as ``write`` does, without a task that waits for it, and without a mark."""
        self._add(_Write(work, done, marked=False))

    def _add(self, write: _Write) -> None:
        self._waiting.append(write)
        if self._task is None:
            self._task = asyncio.create_task(self._drain())

    async def close(self) -> None:
        """Commit what was accepted, then close."""
        while self._task is not None:
            await asyncio.wait([self._task])
        self._disk.close()
        self._aside.close()
        self._reader.close()
        self._writer.close()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await self._transaction()
        finally:
            self._task = None

    async def _transaction(self) -> None:
        done: list[_Write] = []
        try:
            await self._begin()
            self._mark_again()
            self._take(done)
            self._committing = True
            await self._disk.run(self._commit)
        except Exception as error:  # noqa: BLE001 - the callers get the error of the disk
            self._undo()
            if not done:
                done, self._waiting = list(self._waiting), deque()
            for write in done:
                write.error = write.error or error
        self._mark += any(write.marked for write in done)
        for write in done:
            write.done(write.result, write.error)

    def _commit(self) -> None:
        """Commit; called in the thread."""
        try:
            self._write_link.execute("COMMIT")
        finally:
            self._committing = False

    async def _begin(self) -> None:
        deadline = time.monotonic() + _BUSY_SECONDS
        pause = 0.001
        while True:
            try:
                self._write_link.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                locked = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if not locked or time.monotonic() > deadline:
                    raise StoreBusy(str(error)) from error
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)

    def _take(self, done: list[_Write]) -> None:
        until = time.monotonic() + _BATCH_SECONDS
        if len(self._waiting) == 1:
            done.append(self._waiting.popleft())
            self._run(done[0])
        while self._waiting and (not done or time.monotonic() < until):
            write = self._waiting.popleft()
            done.append(write)
            self._run_behind_savepoint(write)

    def _run(self, write: _Write) -> None:
        """Run a work that has the transaction for itself: if it fails, all of it is undone."""
        try:
            write.result = write.work(self._writer)
        except Exception as error:
            write.error = error
            raise

    def _run_behind_savepoint(self, write: _Write) -> None:
        """Run a work that shares the transaction: if it fails, the others stay."""
        self._write_link.execute("SAVEPOINT work")
        try:
            self._run(write)
        except Exception:
            if not self._write_link.in_transaction:
                raise  # SQLite has undone all of it, as it does where the disk is full
            self._write_link.execute("ROLLBACK TO work")
        self._write_link.execute("RELEASE work")

    def _undo(self) -> None:
        # After some failures SQLite has rolled back already.
        if self._write_link.in_transaction:
            self._write_link.execute("ROLLBACK")


def _settle(future: asyncio.Future[T], result: T | None, error: Exception | None) -> None:
    """Pass the result to the caller, unless it was canceled."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(cast("T", result))


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except (DBAPIError, sqlite3.Error) as error:
        file, reason = engine.url.database, reason_of(error)
        raise StoreError(f"the database {file} cannot be opened: {reason}") from error

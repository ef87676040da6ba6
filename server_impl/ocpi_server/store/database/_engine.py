"""Any database that SQLAlchemy reaches through an async driver."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ocpi_server.store.database._sqlite import prepare
from ocpi_server.store.database.files import claim
from ocpi_server.store.database.prepared import Prepared

if TYPE_CHECKING:
    from ocpi_server.store.database._asyncpg import Lookups

__all__ = ["EngineDatabase"]

T = TypeVar("T")

_ATTEMPTS: Final = 8
"""Writers that create the same row, or lock each other out, are served one after the other: with
each attempt that fails another one has been served."""
_CONNECTIONS: Final = 20
"""Of each kind. More wait: to open connections again and again under load costs more."""
_TRY_AGAIN: Final = frozenset({"40001", "40P01"})
"""SQLSTATE of transactions that were undone because of others: serialization, deadlock."""


class EngineDatabase:
    """A pool of connections; each work has one of them and a transaction for itself."""

    def __init__(self, url: str) -> None:
        # Several statements of one reader see one state, as they do on SQLite.
        self._readers = _create(url, "BEGIN", isolation_level="REPEATABLE READ")
        self._lookups = self._readers.execution_options(isolation_level="AUTOCOMMIT")
        self._writers = _create(url, "BEGIN IMMEDIATE")
        self._direct = _direct(url, self._readers, self._writers)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.takes_arrays = self._readers.dialect.name == "postgresql"

    def mark(self) -> int | None:
        """Return None: a query for it takes as long as any other."""
        return None

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return what one statement finds, without a transaction around it."""
        if self._direct is not None:
            return await self._direct.rows(statement, values)
        return await self._whole(self._run(self._lookups, lambda link: statement.all(link, values)))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads, in one snapshot."""
        return await self._whole(self._run(self._readers, work))

    async def _run(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        async with engine.connect() as connection:
            return await connection.run_sync(work)

    async def read_aside(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads many rows: the driver keeps it away from the event loop anyway."""
        return await self.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in a transaction of its own and commit it."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._whole(self._attempt(work))
            except DBAPIError as error:
                if not _may_succeed(error):
                    raise
        return await self._whole(self._attempt(work))

    async def _whole(self, running: Coroutine[Any, Any, T]) -> T:
        """Wait for work; only asyncpg can break it off when the caller is cancelled.

        SQLite would keep the transaction, and its lock, until the cursors of it are garbage.
        """
        if self._direct is not None:
            return await running
        task = self._keep(running)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])  # what the caller writes next comes after it
            raise

    def _keep(self, running: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(running)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _attempt(self, work: Callable[[Connection], T]) -> T:
        async with self._writers.begin() as connection:
            return await connection.run_sync(work)

    def submit(
        self, work: Callable[[Connection], T], done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Run work as ``write`` does, in a task of its own."""
        self._keep(self._submitted(work, done))

    async def _submitted(
        self, work: Callable[[Connection], T], done: Callable[[T | None, Exception | None], None]
    ) -> None:
        try:
            result = await self.write(work)
        except Exception as error:  # noqa: BLE001 - for who waits
            done(None, error)
        else:
            done(result, None)

    async def close(self) -> None:
        """Finish what was begun and close all connections."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._direct is not None:
            await self._direct.close()
        await self._readers.dispose()
        await self._writers.dispose()


def _may_succeed(error: DBAPIError) -> bool:
    """Return whether the same work may succeed when it is done again, and was not kept."""
    state = getattr(error.orig, "sqlstate", None)
    if (
        error.connection_invalidated and error.statement
    ):  # lost before the transaction was committed
        return True
    return isinstance(error, IntegrityError | OperationalError) or state in _TRY_AGAIN


def _create(url: str, begin: str, **options: Any) -> AsyncEngine:
    claim(url)
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(url, hide_parameters=True)
        _begin_with(engine, begin)
        return engine
    # Parameters are objects of partners, and are no part of errors that are logged.
    options |= {"pool_size": _CONNECTIONS, "max_overflow": 0, "hide_parameters": True}
    return create_async_engine(url, **options)


def _direct(url: str, *engines: AsyncEngine) -> "Lookups | None":
    """Return connections of asyncpg itself, where it is the driver."""
    parsed = make_url(url)
    if parsed.drivername != "postgresql+asyncpg":
        return None
    # Imported here: asyncpg is an extra.
    from ocpi_server.store.database._asyncpg import Lookups, run_directly  # noqa: PLC0415

    for engine in engines:
        run_directly(engine.sync_engine)
    return Lookups(parsed, _CONNECTIONS)


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    # The driver would begin late and without the write lock, so it is configured to leave it to us.
    def connected(connection: object, record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        prepare(connection, record)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", lambda link: link.exec_driver_sql(statement))

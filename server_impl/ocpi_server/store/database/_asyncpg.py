"""Statements that run for nearly every request, handed to asyncpg without SQLAlchemy between."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import asyncpg
from sqlalchemy import URL, Connection, Engine, Table, event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi, PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.util import await_only

from ocpi_server.store.database.prepared import RUNNER, Prepared

__all__ = ["Lookups", "run_directly"]

_DIALECT: Final[Any] = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_MOST: Final = 1024
_INTEGRITY: Final = "23"
"""How SQLSTATE begins where a constraint does not hold."""
_FAULTS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    AsyncAdapt_asyncpg_dbapi.Error,
    OSError,
)


class _Link(Protocol):
    """What SQLAlchemy makes of a connection of asyncpg; it begins transactions when asked."""

    _connection: Any
    _transaction: Any

    async def _start_transaction(self) -> None: ...


class Lookups:
    """Connections for single statements, each in a transaction of its own.

    Nothing that a statement does outlasts it, so that connections need no reset in between.

    Args:
        url: Where the database is.
        most: How many there are at most.
    """

    def __init__(self, url: URL, most: int) -> None:
        _, self._options = _DIALECT.create_connect_args(url)
        self._slots: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        for _ in range(most):
            self._slots.put_nowait(None)  # not connected yet
        self._closed = False

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return what a statement finds.

        Raises:
            DBAPIError: The database cannot be read.
        """
        text, arguments = _numbered(statement, values)
        slots = self._slots
        connection = slots.get_nowait() if not slots.empty() else await slots.get()
        try:
            connection = await self._opened(connection)
            found: Sequence[Sequence[Any]] = await connection.fetch(text, *arguments)
        except BaseException as error:
            self._drop(connection)
            if isinstance(error, _FAULTS):
                raise _fault(text, error) from error
            raise
        if self._closed:
            self._drop(connection)
        else:
            slots.put_nowait(connection)
        return found

    async def _opened(self, connection: Any) -> Any:
        if self._closed:
            raise asyncpg.InterfaceError("the database is closed")
        if connection is None or connection.is_closed():
            return await asyncpg.connect(**self._options)
        return connection

    def _drop(self, connection: Any) -> None:
        """Make room for another connection: this one may be in the middle of something."""
        self._slots.put_nowait(None)
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Close the connections that are idle, and the others when their statements end."""
        self._closed = True
        idle = [self._slots.get_nowait() for _ in range(self._slots.qsize())]
        for connection in idle:
            self._slots.put_nowait(None)  # who waits for one gets an error
            if connection is not None:
                await connection.close()


class _Runner:
    """Runs statements on one connection of SQLAlchemy's pool, in its transaction."""

    def __init__(self, link: _Link) -> None:
        self._link = link

    def all(
        self, connection: Connection, statement: Prepared, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Return all rows that a statement finds."""
        found: Sequence[Sequence[Any]] = self._run(connection, "fetch", statement, values)
        return found

    def run(self, connection: Connection, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Change rows, and return how many they were."""
        status: str = self._run(connection, "execute", statement, values)
        return int(status.rpartition(" ")[2])

    def run_all(
        self, connection: Connection, statement: Prepared, values: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run a statement with many values, one after the other."""
        text, names, fixed = _compiled(statement)
        rows = [[each[name] if name in each else fixed[name] for name in names] for each in values]
        self._call(connection, text, "executemany", text, rows)

    def insert(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        """Copy rows into a table."""
        name = table.name
        copied = {"records": rows, "columns": columns}
        self._call(connection, f"COPY {name}", "copy_records_to_table", name, **copied)

    def _run(
        self, connection: Connection, how: str, statement: Prepared, values: Mapping[str, Any]
    ) -> Any:
        text, arguments = _numbered(statement, values)
        return self._call(connection, text, how, text, *arguments)

    def _call(
        self, connection: Connection, text: str, how: str, *arguments: Any, **named: Any
    ) -> Any:
        try:
            return await_only(self._in_transaction(how, *arguments, **named))
        except _FAULTS as error:
            fault = _fault(text, error)
            if self._link._connection.is_closed():  # noqa: SLF001 - no other way to it
                fault.connection_invalidated = True
                connection.invalidate(fault)
            raise fault from error

    async def _in_transaction(self, how: str, *arguments: Any, **named: Any) -> Any:
        link = self._link
        if link._transaction is None:  # noqa: SLF001 - as SQLAlchemy's own cursor does
            await link._start_transaction()  # noqa: SLF001
        return await getattr(link._connection, how)(*arguments, **named)  # noqa: SLF001


def run_directly(engine: Engine) -> None:
    """Allow asyncpg itself to run prepared statements on the connections of an engine."""

    def connected(link: Any, record: Any) -> None:
        record.info[RUNNER] = _Runner(link)

    def checked(link: Any, _record: Any, _proxy: Any) -> None:
        if link._connection.is_closed():  # noqa: SLF001 - no other way to it
            raise DisconnectionError  # the pool opens another one

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", checked)


def _numbered(statement: Prepared, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    text, names, fixed = _compiled(statement)
    return text, [values[name] if name in values else fixed[name] for name in names]


@lru_cache(maxsize=_MOST)
def _compiled(statement: Prepared) -> tuple[str, Sequence[str], Mapping[str, Any]]:
    compiled = statement.statement.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)


def _fault(text: str, error: Exception) -> DBAPIError:
    """Return an error as SQLAlchemy raises it."""
    state = getattr(error, "sqlstate", None) or ""
    kind = IntegrityError if state.startswith(_INTEGRITY) else DBAPIError
    return kind(text, None, error)

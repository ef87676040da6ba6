"""Statements that run for nearly every request, without the cost of SQLAlchemy."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from operator import attrgetter, itemgetter
from typing import Any, Final, ParamSpec, Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import Compiled, CompoundSelect, Connection, Select, Table, insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

__all__ = ["RUNNER", "Prepared", "RowInsert", "Runner", "prepared", "upsert_into"]

P = ParamSpec("P")
T = TypeVar("T")
Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

RUNNER: Final = "ocpi.runner"
"""Where the info of a connection has the one that runs statements without SQLAlchemy, if any."""

_MOST: Final = 256
"""How many statements of one function are kept."""
_ROWCOUNT: Final[Callable[[sqlite3.Cursor], int]] = attrgetter("rowcount")
_SQLITE: Final = SQLiteDialect_pysqlite(paramstyle="qmark")
"""Values are found by their places: SQLite takes longer to look for each by its name."""


class Runner(Protocol):
    """Runs statements on a connection without SQLAlchemy."""

    def all(
        self, connection: Connection, statement: "Prepared", values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Return all rows that a statement finds."""
        ...

    def run(self, connection: Connection, statement: "Prepared", values: Mapping[str, Any]) -> int:
        """Change rows, and return how many they were."""
        ...

    def run_all(
        self, connection: Connection, statement: "Prepared", values: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run a statement with many values, one after the other."""
        ...

    def insert(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        """Insert rows into a table."""
        ...


class Prepared:
    """A statement that is compiled once.

    SQLite finds a row in about 6 microseconds, and SQLAlchemy takes 30 more to run a statement
    that it has compiled before. So SQLite is given the text itself, and so is asyncpg; other
    drivers are asked through SQLAlchemy.

    Args:
        statement: What is selected or changed; its parameters are plain values, not lists.

    Attributes:
        statement: The same.
    """

    def __init__(self, statement: Query | UpdateBase) -> None:
        self.statement = statement

    @cached_property
    def text(self) -> str:
        """How SQLite is asked."""
        return str(self._compiled)

    @cached_property
    def _fixed(self) -> Mapping[str, Any]:
        params = self._compiled.params
        return {name: value for name, value in params.items() if value is not None}

    @cached_property
    def _placed(self) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
        """Put values in the order of the places of the text."""
        names: Sequence[str] = getattr(self._compiled, "positiontup", None) or ()
        if len(names) > 1:
            return itemgetter(*names)
        return lambda values: [values[name] for name in names]

    @cached_property
    def _compiled(self) -> Compiled:
        return self.statement.compile(dialect=_SQLITE)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return all rows, with their columns in the order of the statement.

        Raises:
            DBAPIError: The database cannot be read.
        """
        found = self._on_sqlite(connection, values, sqlite3.Cursor.fetchall)
        if found is not None:
            return found
        runner: Runner | None = connection.info.get(RUNNER)
        if runner is not None:
            return runner.all(connection, self, values)
        return connection.execute(self.statement, values).all()

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """Return the first row, or None where there is none.

        Raises:
            DBAPIError: The database cannot be read.
        """
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Change rows, and return how many they were.

        Raises:
            DBAPIError: They cannot be changed.
        """
        changed = self._on_sqlite(connection, values, _ROWCOUNT)
        if changed is not None:
            return changed
        runner: Runner | None = connection.info.get(RUNNER)
        if runner is not None:
            return runner.run(connection, self, values)
        return connection.execute(self.statement, values).rowcount

    def run_all(self, connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
        """Change rows, one after the other.

        Raises:
            DBAPIError: They cannot be changed.
        """
        if len(values) == 1:
            self.run(connection, values[0])
            return
        link = _sqlite(connection)
        runner: Runner | None = connection.info.get(RUNNER)
        if link is not None:
            fixed = self._fixed
            rows = [self._placed({**fixed, **each}) for each in values]
            _run_many(link, self.text, rows)
        elif runner is not None:
            runner.run_all(connection, self, values)
        else:
            connection.execute(self.statement, values)

    def _on_sqlite(
        self, connection: Connection, values: Mapping[str, Any], take: Callable[[sqlite3.Cursor], T]
    ) -> T | None:
        """Run the text on SQLite; None where SQLAlchemy has to run it, for whatever reason."""
        link = _sqlite(connection)
        if link is None:
            return None
        correct = link.text_factory
        if not isinstance(self.statement, UpdateBase):  # which may not be run twice
            # Text that is not damaged needs no function that corrects it, which takes longer.
            link.text_factory = str
        try:
            given = {**self._fixed, **values} if self._fixed else values
            return take(link.execute(self.text, self._placed(given)))
        except (sqlite3.Error, KeyError):
            return None  # again through SQLAlchemy, for the exception that callers expect
        finally:
            link.text_factory = correct


class RowInsert:
    """Inserts many rows at once: SQLite runs one text for them all, PostgreSQL copies them.

    Args:
        table: Where they are inserted.
        columns: The columns that have values; rows are in their order.
    """

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        self._table, self._columns = table, tuple(columns)
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        self._text = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - ours
        self._statement = insert(table)

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows.

        Raises:
            IntegrityError: There is a row of the same identity already.
            DBAPIError: They cannot be inserted.
        """
        link = _sqlite(connection)
        runner: Runner | None = connection.info.get(RUNNER)
        if link is not None:
            _run_many(link, self._text, rows)
        elif runner is not None:
            runner.insert(connection, self._table, self._columns, rows)
        else:
            named = [dict(zip(self._columns, row, strict=True)) for row in rows]
            connection.execute(self._statement, named)


def _sqlite(connection: Connection) -> sqlite3.Connection | None:
    """Return the driver's connection if it is one of SQLite, without threads between."""
    link: Any = connection.connection.dbapi_connection
    return link if isinstance(link, sqlite3.Connection) else None


def _run_many(link: sqlite3.Connection, text: str, rows: Any) -> None:
    try:
        link.executemany(text, rows)
    except sqlite3.Error as error:
        # It is not run again through SQLAlchemy: some of the rows are there.
        raise DBAPIError.instance(text, None, error, sqlite3.Error, dialect=_SQLITE) from error


def prepared(build: Callable[P, Query]) -> Callable[P, Prepared]:
    """Compile the statements that a function builds, once for each of its arguments."""

    def compiled(*args: P.args, **names: P.kwargs) -> Prepared:
        return Prepared(build(*args, **names))

    return cast("Callable[P, Prepared]", lru_cache(maxsize=_MOST)(compiled))


def upsert_into(table: Table, dialect: str) -> Any:
    """Return an INSERT that may change the row that is there, in the dialect of a database."""
    # Only the dialect of this database is loaded; all have the statement under one name.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)

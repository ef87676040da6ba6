"""Statements that run for nearly every request, without the cost of SQLAlchemy."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, ParamSpec, Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import CompoundSelect, Connection, Select
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import UpdateBase

__all__ = ["RUNNER", "Prepared", "Runner", "prepared"]

P = ParamSpec("P")
T = TypeVar("T")
Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

RUNNER: Final = "ocpi.runner"
"""Where the info of a connection has the one that runs statements without SQLAlchemy, if any."""

_MOST: Final = 256
"""How many statements of one function are kept."""
_ROWCOUNT: Final[Callable[[sqlite3.Cursor], int]] = attrgetter("rowcount")
_SQLITE: Final = SQLiteDialect_pysqlite(paramstyle="named")


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


class Prepared:
    """A statement that is compiled once.

    SQLite finds a row in about 6 microseconds, and SQLAlchemy takes 30 more to run a statement
    that it has compiled before. So SQLite is given the text itself, and so is asyncpg; other
    drivers are asked through SQLAlchemy.

    Args:
        statement: What is selected or changed; its parameters are plain values, not lists.

    Attributes:
        statement: The same.
        text: How SQLite is asked.
    """

    def __init__(self, statement: Query | UpdateBase) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=_SQLITE)
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

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
        else:
            connection.execute(self.statement, values)

    def _on_sqlite(
        self, connection: Connection, values: Mapping[str, Any], take: Callable[[sqlite3.Cursor], T]
    ) -> T | None:
        """Run the text on SQLite; None where SQLAlchemy has to run it, for whatever reason."""
        link = connection.connection.dbapi_connection
        if not isinstance(link, sqlite3.Connection):
            return None
        correct = link.text_factory
        if not isinstance(self.statement, UpdateBase):  # which may not be run twice
            # Text that is not damaged needs no function that corrects it, which takes longer.
            link.text_factory = str
        try:
            return take(link.execute(self.text, {**self._fixed, **values}))
        except sqlite3.Error:
            return None  # again through SQLAlchemy, for the exception that callers know
        finally:
            link.text_factory = correct


def prepared(build: Callable[P, Query]) -> Callable[P, Prepared]:
    """Compile the statements that a function builds, once for each of its arguments."""

    def compiled(*args: P.args, **names: P.kwargs) -> Prepared:
        return Prepared(build(*args, **names))

    return cast("Callable[P, Prepared]", lru_cache(maxsize=_MOST)(compiled))

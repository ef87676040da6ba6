"""Where statements run: one interface over two ways to reach a database.

Work is a plain function of an SQLAlchemy ``Connection``, the same for every database. Writes are
transactions: what a function does is kept as a whole or not at all, and ``write`` returns only
after it is committed.

SQLite answers a point query in 15 microseconds; handing it to a thread and back, as aiosqlite
does for each call, makes 300 to 450 of it. So SQLite is read on the event loop, and only the
commit, which waits for the disk, runs in a thread. So does a read that looks at many rows: it would
keep all others waiting. Other databases go through SQLAlchemy's async
engine. The measurement is in docs/decisions/store.md.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, make_url

from ocpi_server.store.database._sqlite import SqliteDatabase
from ocpi_server.store.database.prepared import Prepared

__all__ = ["Database", "open_database"]

T = TypeVar("T")


class Database(Protocol):
    """A database that takes work."""

    @property
    def takes_arrays(self) -> bool:
        """Whether a statement is a round trip, and values may be arrays: so for PostgreSQL."""
        ...

    def mark(self) -> int | None:
        """Return a number that stays the same until something is committed, by any process.

        What this process commits by :meth:`submit` does not count.

        Returns:
            None where it would cost as much as to ask for what may have changed.
        """
        ...

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return what one statement finds now; it needs no transaction."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads a few rows, in one snapshot."""
        ...

    async def read_aside(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads many rows, in one snapshot and perhaps in another thread."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in a transaction of its own; when this returns, it is durable.

        Whatever the work raises undoes it and is raised here. Work may run twice and must
        therefore touch nothing but the connection.
        """
        ...

    def submit(
        self, work: Callable[[Connection], T], done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Run work as ``write`` does, without a task that waits for it.

        It may change objects and what belongs to them, but no partner: :meth:`mark` stays the same.

        Args:
            work: What is done.
            done: Called with its result when that is durable, or with what was raised.
        """
        ...

    async def close(self) -> None:
        """Finish what was accepted and let go of the files and sockets."""
        ...


def open_database(url: str) -> Database:
    """Open the database of an SQLAlchemy URL; ``sqlite:///file`` is served directly."""
    if make_url(url).drivername in {"sqlite", "sqlite+pysqlite"}:
        return SqliteDatabase(url)
    # Imported here: SQLAlchemy's async engine brings its whole ORM, which SQLite does not need.
    from ocpi_server.store.database._engine import EngineDatabase  # noqa: PLC0415

    return EngineDatabase(url)

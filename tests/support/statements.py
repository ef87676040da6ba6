"""Collecting the statements that databases are sent."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event

from ocpi_server.store.database._asyncpg import Lookups
from ocpi_server.store.database.prepared import RUNNER, Prepared

__all__ = ["watching_statements"]


@contextmanager
def watching_statements(
    note: Callable[[str], object], of: Connection | None = None, within: str | None = None
) -> Iterator[None]:
    """Call ``note`` with each statement, in the thread that runs it.

    Args:
        note: Is called.
        of: Only those of this connection.
        within: Only those in the database of this name, or at this path: platforms that tests share
            have theirs in the same process.
    """
    rows_of, looked_up = Prepared.all, Lookups.rows

    def caught(link: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        database = link.engine.url.database
        if (of is None or link is of) and (within is None or database == within):
            note(statement)

    def found(
        self: Prepared, connection: Connection, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        is_sqlite = isinstance(connection.connection.dbapi_connection, sqlite3.Connection)
        if is_sqlite or RUNNER in connection.info:
            caught(connection, None, self.text)
        return rows_of(self, connection, values)

    async def direct(
        self: Lookups, statement: Prepared, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Look up without a connection of SQLAlchemy."""
        if of is None and within in {None, self._options.get("database")}:
            note(statement.text)
        return await looked_up(self, statement, values)

    event.listen(Engine, "before_cursor_execute", caught)
    try:
        with patch.object(Prepared, "all", found), patch.object(Lookups, "rows", direct):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", caught)

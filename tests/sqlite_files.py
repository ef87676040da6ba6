"""SQLite files for tests, with the tables of this release: copies of one that is made once."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from ocpi_server.store import open_database
from ocpi_server.store.database.schema import ensure

__all__ = ["new_sqlite"]


def new_sqlite(path: Path) -> str:
    """Return the URL of a file with empty tables; one that is there stays as it is.

    To create the tables takes longer than all else that a platform does when it starts.
    """
    if not path.exists():
        path.touch(0o600)
        path.write_bytes(_tables())
    return f"sqlite:///{path}"


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as threads:
        path = Path(folder) / "tables.sqlite"
        # A loop may be running in this thread.
        threads.submit(asyncio.run, _create(f"sqlite:///{path}")).result()
        return path.read_bytes()


async def _create(url: str) -> None:
    database = open_database(url)
    try:
        await ensure(database, migrate=True)
    finally:
        await database.close()

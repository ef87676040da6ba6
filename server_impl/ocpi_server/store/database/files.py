"""The files of an SQLite database: made for their owner alone."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from ocpi_server.store.database.errors import StoreError

__all__ = ["claim", "sqlite_file"]


def sqlite_file(url: str) -> Path | None:
    """Return the file of a database URL; None where it is not SQLite, or in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def claim(url: str) -> None:
    """Create the file of a database with mode 0600 if there is none, whatever the umask is.

    SQLite gives the files that it keeps beside it (``-wal``, ``-shm``) the same mode.

    Raises:
        StoreError: There is a folder in its place, or it cannot be created.
    """
    file = sqlite_file(url)
    if file is None:
        return
    if file.is_dir():
        raise StoreError(f"the database {file} is a folder; name a file in it")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor):
                file.chmod(0o600)
    except OSError as error:
        raise StoreError(f"the database {file} cannot be created: {error.strerror}") from error

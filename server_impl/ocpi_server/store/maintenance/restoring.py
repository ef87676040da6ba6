"""Putting a backup in the place of an SQLite database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from ocpi_server.store.database.errors import StoreError, reason_of
from ocpi_server.store.database.schema import HEAD
from ocpi_server.store.maintenance.backup import Progress, back_up, copy_private

__all__ = ["check_key", "restore", "restore_key"]

_REPLACED: Final = ".replaced"
"""What is added to the name of a file that was replaced, with a number from the second on."""
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


def restore(source: Path, target: Path, progress: Progress | None = None) -> Path | None:
    """Put a copy of a backup in the place of a database that no process uses.

    The copy is checked before anything changes. The database of before is kept under another
    name, beside those that earlier calls kept.

    Args:
        source: The backup.
        target: The database.
        progress: Called now and then, as by :func:`back_up`.

    Returns:
        Where the database of before is; None if there was none.

    Raises:
        StoreError: The backup cannot be read, is none of this platform or of a newer release, or
            the database is in use.
    """
    with _staged(target) as staged:
        back_up(source, staged, progress)
        _check_revision(source, staged)
        try:
            kept = _set_aside(target) if target.exists() else None
            staged.rename(target)
        except OSError as error:
            raise StoreError(f"{target} cannot be replaced: {reason_of(error)}") from error
    return kept


def check_key(source: Path) -> None:
    """Check that a key can be restored.

    Raises:
        StoreError: There is none.
    """
    if not source.is_file():
        raise StoreError(f"the key {source} does not exist")


def restore_key(source: Path, target: Path) -> Path | None:
    """Put the key of a backup in the place of another one, which is kept as the database is.

    Returns:
        Where the key of before is; None if there was none.

    Raises:
        StoreError: It cannot be copied.
    """
    with _staged(target) as staged:
        copy_private(source, staged)
        try:
            kept = target.rename(_unused_name(target)) if target.exists() else None
            staged.rename(target)
        except OSError as error:
            raise StoreError(f"{target} cannot be replaced: {reason_of(error)}") from error
    return kept


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """Return a name beside the target; what has it at the end is removed."""
    staged = target.with_name(f".{target.name}.{token_hex(4)}.restored")
    try:
        yield staged
    finally:
        with suppress(FileNotFoundError):
            staged.unlink()


def _check_revision(source: Path, staged: Path) -> None:
    with closing(sqlite3.connect(staged)) as link:
        try:
            row = link.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            row = None
    if row is None:
        raise StoreError(f"{source} is not a backup of a platform")
    if str(row[0]) > HEAD:
        what = f"{source} is at revision {row[0]}, which is newer than this release"
        raise StoreError(f"{what} (revision {HEAD}); install the release that wrote it")


def _set_aside(target: Path) -> Path:
    """Rename a database that no process uses, with the files beside it; return its name."""
    try:
        with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as link:
            # Writes what is in the file beside it; that fails while others have the database open.
            link.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise StoreError(f"{target} is in use: {error}; stop the platform first") from error
    except sqlite3.DatabaseError:  # no database any more, and kept as it is
        pass
    kept = _unused_name(target)
    for ending in _BESIDE:
        file = target.with_name(target.name + ending)
        if file.exists():
            file.rename(kept.with_name(kept.name + ending))
    return kept


def _unused_name(target: Path) -> Path:
    """Return the name under which a file is kept that is replaced; no file has it."""
    kept, number = target.with_name(target.name + _REPLACED), 1
    while any(kept.with_name(kept.name + ending).exists() for ending in _BESIDE):
        number += 1
        kept = target.with_name(f"{target.name}{_REPLACED}.{number}")
    return kept

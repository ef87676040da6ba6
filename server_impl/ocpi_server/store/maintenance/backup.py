"""A copy of an SQLite database while others write to it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from ocpi_server.store.database.errors import StoreError, reason_of

__all__ = ["Progress", "back_up", "copy_private"]

_PAGES: Final = 1024
"""Number of pages that are copied between two reports of progress."""
_BUSY_SECONDS: Final = 30.0

Progress = Callable[[int, int], None]
"""Called with the pages that are copied and those that there are."""


def back_up(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy a database as it is at this moment, with every write that was acknowledged before.

    One read transaction spans the copy, so that writers of this and other processes neither wait
    nor change what is copied. The copy is checked before it gets its name.

    Args:
        source: The database.
        target: The file to make, readable by its owner only.
        progress: Called now and then.

    Raises:
        StoreError: There is no such database, the target exists, or the copy failed.
    """
    if not source.is_file():
        raise StoreError(f"database {source} does not exist")
    with _draft(target) as draft:
        try:
            _copy(source, draft, progress)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{source} cannot be copied: {reason_of(error)}") from error


def copy_private(source: Path, target: Path) -> None:
    """Copy a small file for its owner's eyes only.

    Raises:
        StoreError: The target exists, or the copy failed.
    """
    with _draft(target) as draft:
        try:
            draft.write_bytes(source.read_bytes())
        except OSError as error:
            raise StoreError(f"{source} cannot be copied: {reason_of(error)}") from error


def _copy(source: Path, draft: Path, progress: Progress | None) -> None:
    def report(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    with (
        closing(sqlite3.connect(source, timeout=_BUSY_SECONDS, isolation_level=None)) as link,
        closing(sqlite3.connect(draft)) as copy,
    ):
        link.execute("BEGIN")
        link.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the snapshot
        link.backup(copy, pages=_PAGES, progress=report)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    if found != "ok":
        raise StoreError(f"{source} is damaged, and so is its copy, which was removed: {found}")


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Make a private file beside the target, which gets its name at the end, or is removed."""
    draft = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draft.chmod(0o600)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        os.link(draft, target)
    except FileExistsError as error:
        raise StoreError(f"{target} exists; name a new file") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {reason_of(error)}") from error
    finally:
        for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm", f"{draft.name}-journal"):
            with suppress(FileNotFoundError):
                draft.with_name(name).unlink()

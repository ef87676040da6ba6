"""The operator's commands on the database itself: backups, a key that is lost, damage."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config, read_settings, run

if TYPE_CHECKING:
    from ocpi_server.settings import Settings
    from ocpi_server.store.maintenance.checking import Finding

__all__ = ["register_database"]

_FAILED, _USAGE = 1, 2
_stderr = plain_console(stderr=True)


def register_database(database: typer.Typer) -> None:
    """Add the commands to those of ``ocpi db``."""
    database.command("backup")(backup)
    database.command("restore")(restore)
    database.command("new-key")(new_key)
    database.command("check")(check)


def backup(
    file: Annotated[Path, typer.Argument(help="New file of the backup.")],
    *,
    config: Config = DEFAULT_CONFIG,
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Copy the key too, beside it with the ending .key."),
    ] = False,
) -> None:
    """Copy the SQLite database while the platform runs; every acknowledged write is in it."""
    from ocpi_server.store.database.errors import StoreError  # noqa: PLC0415 - heavy
    from ocpi_server.store.maintenance.backup import back_up, copy_private  # noqa: PLC0415 - heavy

    settings = read_settings(config)
    source = _sqlite(settings)
    key = file.with_suffix(".key")
    try:
        with _progress(file) as moved:
            back_up(source, file, moved)
        if with_key:
            copy_private(settings.key_path, key)
    except StoreError as error:
        _stderr.print(str(error))
        raise typer.Exit(_FAILED) from None
    where = f"The key is in {key}." if with_key else _apart(settings.key_path)
    _stderr.print(f"{source} is copied to {file}. {where}")


def restore(
    file: Annotated[Path, typer.Argument(help="File of the backup.")],
    *,
    config: Config = DEFAULT_CONFIG,
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Restore the key too, beside it with the ending .key."),
    ] = False,
) -> None:
    """Put a backup in the place of the SQLite database; the platform must not run.

    The database of before is kept under another name, and so is the key with --with-key.
    """
    from ocpi_server.store.database.errors import StoreError  # noqa: PLC0415 - heavy
    from ocpi_server.store.maintenance import restoring  # noqa: PLC0415 - heavy

    settings = read_settings(config)
    target, old_key = _sqlite(settings), None
    try:
        if with_key:
            restoring.check_key(file.with_suffix(".key"))
        with _progress(file) as moved:
            old = restoring.restore(file, target, moved)
        if with_key:
            old_key = restoring.restore_key(file.with_suffix(".key"), settings.key_path)
    except StoreError as error:
        _stderr.print(str(error))
        raise typer.Exit(_FAILED) from None
    _stderr.print(f"{target} is what {file} has.{_kept('database', old)}")
    key = f"{settings.key_path} is that of the backup" if with_key else "was not changed"
    _stderr.print(f"The key {key}.{_kept('key', old_key)}")


def new_key(*, config: Config = DEFAULT_CONFIG) -> None:
    """Create a new key where the old one is lost; end all registrations and list their partners."""
    settings = read_settings(config)

    async def work() -> list[str]:
        from ocpi_server.command_line._preparing import replace_key  # noqa: PLC0415 - heavy

        return await replace_key(settings)

    ended = run(work())
    _stderr.print(f"The key is {settings.key_path}. {len(ended)} registrations were ended.")
    for partner in ended:
        _stderr.print(f"Invite again: ocpi partners invite NAME --again {partner}")


def check(
    *,
    config: Config = DEFAULT_CONFIG,
    repair: Annotated[
        bool, typer.Option("--repair", help="First repair wrong counts of lists.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the whole database and list damaged rows; the exit code is 1 if there are any."""
    settings = read_settings(config)

    async def work() -> "tuple[int, list[Finding]]":
        from ocpi_server.command_line import _preparing as preparing  # noqa: PLC0415 - heavy

        counted = await preparing.repair_counts(settings) if repair else 0
        return counted, await preparing.find_damage(settings)

    counted, found = run(work())
    if repair:
        _stderr.print(f"{counted} counts of lists were repaired.")
    if as_json:
        sys.stdout.write(json.dumps([asdict(each) for each in found]) + "\n")
    elif found:
        rows = [(each.table, each.row, each.what, each.problem) for each in found]
        print_table(("table", "row", "what", "problem"), rows)
    _stderr.print(f"{len(found)} damaged rows.")
    if found:
        raise typer.Exit(_FAILED)


def _sqlite(settings: "Settings") -> Path:
    from ocpi_server.store.database.files import sqlite_file  # noqa: PLC0415 - heavy

    source = sqlite_file(settings.database)
    if source is None:
        _stderr.print(
            "This command copies SQLite files only; for PostgreSQL use pg_dump, "
            "which copies a database while it is used, and pg_restore."
        )
        raise typer.Exit(_USAGE)
    return source


def _kept(what: str, old: Path | None) -> str:
    return "" if old is None else f" The {what} of before is kept as {old}."


def _apart(key: Path) -> str:
    return f"The backup does not contain the key {key}: keep a copy of it in another place."


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int, int], None]]:
    from rich import progress as bars  # noqa: PLC0415 - slow to import, help is not

    columns = (bars.BarColumn(), bars.TaskProgressColumn())
    with bars.Progress(*columns, console=_stderr, disable=not _stderr.is_terminal) as progress:
        task = progress.add_task(str(file), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)

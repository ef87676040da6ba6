"""The operator's commands: serve, migrate, import, list losses."""

import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import msgspec
import typer
from rich.console import Console

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.settings import Settings
    from ocpi_server.sync.importing import Broken, Imported

__all__ = [
    "DEFAULT_CONFIG",
    "AsJson",
    "Config",
    "open_platform",
    "read_settings",
    "register",
    "run",
]

T = TypeVar("T")

_FAILED, _USAGE = 1, 2

Config = Annotated[
    Path,
    typer.Option("--config", envvar="OCPI_CONFIG", help="Settings file.", show_default="ocpi.toml"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

DEFAULT_CONFIG = Path("ocpi.toml")
_stderr = Console(stderr=True, soft_wrap=True, highlight=False)


class Importable(StrEnum):
    """What can be imported."""

    LOCATIONS = "locations"
    TOKENS = "tokens"
    TARIFFS = "tariffs"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from ocpi_server.command_line import monitoring  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._keys import register_keys  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._partners import register_partners  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._pull import register_pull  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._push import register_push  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._store import register_database  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line.process.serve import serve  # noqa: PLC0415 - imports this file

    app.command("serve")(serve)
    app.command("import")(import_objects)
    app.command("losses")(list_losses)
    database = typer.Typer(no_args_is_help=True, help="Manage the database.")
    database.command("upgrade")(upgrade)
    register_database(database)
    app.add_typer(database, name="db")
    register_keys(app)
    register_partners(app)
    register_pull(app)
    register_push(app)
    monitoring.register_monitoring(app)


def upgrade(*, config: Config = DEFAULT_CONFIG) -> None:
    """Upgrade the database to the tables of this release."""
    from ocpi_server.store import open_database  # noqa: PLC0415 - heavy
    from ocpi_server.store.database import schema  # noqa: PLC0415 - heavy

    async def work() -> str | None:
        database = open_database(read_settings(config).database)
        try:
            before = await database.read(schema.revision)
            await schema.ensure(database, migrate=True)
        finally:
            await database.close()
        return before

    before = run(work())
    state = "was empty" if before is None else f"was at revision {before}"
    _stderr.print(f"The database {state} and is at revision {schema.HEAD} now.")


def import_objects(
    module: Annotated[Importable, typer.Argument(help="Module of the objects in the file.")],
    file: Annotated[Path, typer.Argument(help="JSON array, also in gzip or zip.")],
    *,
    config: Config = DEFAULT_CONFIG,
    report: Annotated[
        Path | None, typer.Option(help="Report file for broken objects, one JSON line each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import own objects from a JSON array of any size; broken ones are left out and reported."""
    from ocpi_runtime.json_stream import BrokenJson  # noqa: PLC0415 - slow to import, help is not

    if not file.is_file():
        _stderr.print(f"File {file} does not exist.")
        raise typer.Exit(_USAGE)

    stored: list[Imported] = []

    async def work() -> "Imported":
        async with open_platform(config) as platform:
            with _reporting(report) as on_broken, _progress(file) as moved:
                return await _import(platform, module, file, on_broken, moved, stored)

    try:
        done = run(work())
    except KeyboardInterrupt:
        total = stored[-1].total if stored else 0
        _stderr.print(f"Interrupted after {total} objects of {file}.", markup=False)
        raise
    except BrokenJson as error:
        _stderr.print(f"{file}: {error}. Objects before this position are stored.")
        raise typer.Exit(_FAILED) from None
    if as_json:
        sys.stdout.write(json.dumps(asdict(done)) + "\n")
    else:
        _stderr.print(
            f"{done.total} read: {done.created} new, {done.updated} replaced, "
            f"{done.stale} older than what is stored, {done.broken} broken."
        )
        if done.others:
            _stderr.print(f"{done.others} belong to parties that are not of this platform.")
        for rule, count in done.repairs.items():
            _stderr.print(f"{count} repaired by the rule {rule}.")
    if done.broken:
        raise typer.Exit(_FAILED)


def list_losses(
    *,
    config: Config = DEFAULT_CONFIG,
    most: Annotated[int, typer.Option(help="Maximum number of objects to list.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """List the objects that partners of other versions do not get, or did not send, in full.

    An object is listed once somebody has asked for it in another version.
    """

    async def work() -> list[dict[str, Any]]:
        async with open_platform(config) as platform:
            return [msgspec.to_builtins(each) for each in await platform.losses(most)]

    known = run(work())
    if as_json:
        sys.stdout.write(json.dumps(known) + "\n")
        return
    from rich.table import Table  # noqa: PLC0415 - slow to import, help is not

    table = Table("module", "owner", "object", "from", "to", "what", "why")
    for each in known:
        shown = (each["module"], each["owner"], each["uid"], each["accepted"], each["version"])
        for loss in each["losses"]:
            what = "all of it" if each["unsayable"] else loss["pointer"]
            table.add_row(*shown, what, loss["reason"])
    Console().print(table)


async def _import(
    platform: "Platform",
    module: Importable,
    file: Path,
    on_broken: "Callable[[Broken], None]",
    moved: Callable[[int], None],
    stored: "list[Imported]",
) -> "Imported":
    from ocpi_bindings.v2_2_1 import models  # noqa: PLC0415 - heavy
    from ocpi_server.sync.importing import opened  # noqa: PLC0415 - heavy

    kinds: dict[Importable, type[Any]] = {
        Importable.LOCATIONS: models.Location,
        Importable.TOKENS: models.Token,
        Importable.TARIFFS: models.Tariff,
    }
    importer = platform.parts.importer
    with opened(file, lenient=importer.lenient) as (texts, disk):

        def on_batch(done: "Imported") -> None:
            stored[:] = [replace(done)]
            moved(disk.tell())

        return await importer.run(
            texts,
            module.value,
            kinds[module],
            on_broken=on_broken,
            on_batch=on_batch,
        )


@contextmanager
def _reporting(path: Path | None) -> "Iterator[Callable[[Broken], None]]":
    if path is None:
        yield _teller(sys.stderr)
        return
    with path.open("w", encoding="utf-8") as file:
        yield _teller(file)


def _teller(file: TextIO) -> "Callable[[Broken], None]":
    def report(broken: "Broken") -> None:
        file.write(json.dumps(asdict(broken)) + "\n")

    return report


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    from rich import progress as bars  # noqa: PLC0415 - slow to import, help is not

    columns = (bars.BarColumn(), bars.MofNCompleteColumn(), bars.TimeRemainingColumn())
    with bars.Progress(*columns, console=_stderr, disable=not _stderr.is_terminal) as progress:
        task = progress.add_task(str(file), total=file.stat().st_size)
        yield lambda position: progress.update(task, completed=position)


def read_settings(config: Path) -> "Settings":
    """Read the settings file of a command."""
    from ocpi_server.settings import load_settings  # noqa: PLC0415 - heavy

    if config == DEFAULT_CONFIG and not config.exists():
        from ocpi_server.serving import first_start  # noqa: PLC0415 - heavy

        config = first_start.known_settings() or config
    return load_settings(config)


def open_platform(config: Path) -> "Platform":
    """Make the platform of a settings file."""
    return platform_of(read_settings(config))


def platform_of(settings: "Settings", *, docs: bool = False) -> "Platform":
    """Make a platform."""
    from ocpi_server._platform import Platform  # noqa: PLC0415 - heavy

    return Platform(settings, docs=docs)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end; what a driver of a database reports becomes a message and exit 1."""
    import asyncio  # noqa: PLC0415 - slow to import, help is not

    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - heavy

    from ocpi_server.store.database.errors import StoreError, reason_of  # noqa: PLC0415 - heavy

    try:
        return asyncio.run(work)
    except DBAPIError as error:
        raise StoreError(f"the database cannot be used: {reason_of(error)}") from error

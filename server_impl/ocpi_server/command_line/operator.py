"""The operator's commands, and what they share."""

import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._tables import print_table

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.settings import Settings

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
_stderr = plain_console(stderr=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from ocpi_server.command_line import monitoring  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._keys import register_keys  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._pull import register_pull  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._push import register_push  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line._store import register_database  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line.importing import import_objects  # noqa: PLC0415 - imports this file
    from ocpi_server.command_line.partners import register_partners  # noqa: PLC0415 - imports this file
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
    if before == schema.HEAD:
        _stderr.print(f"The database is at revision {before} already; nothing was changed.")
        return
    state = "was empty" if before is None else f"was at revision {before}"
    _stderr.print(f"The database {state} and is at revision {schema.HEAD} now.")


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
    rows = []
    for each in known:
        shown = (each["module"], each["owner"], each["uid"], each["accepted"], each["version"])
        for loss in each["losses"]:
            what = "all of it" if each["unsayable"] else loss["pointer"]
            rows.append((*shown, what, loss["reason"]))
    print_table(("module", "owner", "object", "from", "to", "what", "why"), rows)


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

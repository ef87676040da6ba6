"""The command ``ocpi partners dialect``."""

import json
import sys
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_runtime.dialect import Dialect
    from ocpi_server._platform import Platform

__all__ = ["dialect_command"]


class Level(StrEnum):
    """How much is repaired."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"


def dialect_command(
    partner: Partner,
    file: Annotated[Path | None, typer.Argument(help="Dialect file, TOML.")] = None,
    *,
    level: Annotated[Level | None, typer.Option(help="Level, instead of a file.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the dialect.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Set how objects of a partner are read that are not valid, or show it.

    Without a dialect of its own, a partner has the level of the settings file.
    """
    if sum((file is not None, level is not None, clear)) > 1:
        raise typer.BadParameter("FILE, --level and --clear exclude each other.")
    chosen = _chosen(file, level)

    async def work(platform: "Platform") -> "tuple[str, Dialect]":
        known = await platform.administration.find(partner)
        if clear or chosen is not None:
            known = await platform.administration.set_dialect(known.id, chosen)
        origin = "platform" if known.dialect is None else "partner"
        return origin, known.spoken(platform.partners.dialect)

    origin, dialect = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps({"from": origin, **tomllib.loads(dialect.toml())}) + "\n")
        return
    sys.stdout.write(f"# from the {origin}\n{dialect.toml()}")


def _chosen(file: Path | None, level: Level | None) -> "Dialect | None":
    from ocpi_runtime.dialect import Dialect  # noqa: PLC0415 - slow to import, help is not

    if level is not None:
        return Dialect.parse(f'level = "{level}"')
    return None if file is None else Dialect.load(file)

"""The command ``ocpi import``."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line.operator import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    open_platform,
    read_settings,
    run,
)

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.sync.importing import Broken, Imported

__all__ = ["import_objects"]

_FAILED, _USAGE = 1, 2
_URLS = ("http://", "https://")
_stderr = plain_console(stderr=True)


class Importable(StrEnum):
    """What can be imported."""

    LOCATIONS = "locations"
    TOKENS = "tokens"
    TARIFFS = "tariffs"


class Version(StrEnum):
    """The versions in which every object names its owner."""

    V2_2 = "2.2"
    V2_2_1 = "2.2.1"
    V2_3_0 = "2.3.0"


def import_objects(  # noqa: PLR0913 - options, not parameters
    module: Annotated[Importable, typer.Argument(help="Module of the objects in the file.")],
    file: Annotated[
        str, typer.Argument(help="JSON file, also in gzip or zip; with --as-received also a URL.")
    ],
    *,
    as_received: Annotated[
        str | None,
        typer.Option(
            "--as-received",
            help="Source of objects of others: a key or name of a partner, or a new name.",
        ),
    ] = None,
    version: Annotated[
        Version, typer.Option(help="OCPI version of objects of others.")
    ] = Version.V2_2_1,
    full: Annotated[
        bool, typer.Option("--full", help="Remove what the source had and the file has not.")
    ] = False,
    push: Annotated[
        bool, typer.Option("--push", help="Push own objects to partners that take them.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    report: Annotated[
        Path | None, typer.Option(help="Report file for broken objects, one JSON line each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import objects from a JSON file of any size; broken ones are left out and reported.

    They are own objects, or with --as-received objects of any number of other parties, such as
    open data. The file may have any form that 'ocpi validate' reads.
    """
    from ocpi_runtime.json_stream import BrokenJson  # noqa: PLC0415 - slow to import, help is not

    _check_options(as_received, push=push, of_others=full or version is not Version.V2_2_1)
    path, stored = Path(file), list["Imported"]()
    is_url = as_received is not None and file.startswith(_URLS)
    if not is_url and not path.is_file():
        _stderr.print(f"File {file} does not exist.")
        raise typer.Exit(_USAGE)

    async def work(path: Path) -> "Imported":
        async with open_platform(config) as platform:
            with _reporting(report) as on_broken, _progress(path) as moved:
                if as_received is None:
                    on_batch = _progressed(moved, stored)
                    return await _import(platform, module, path, on_broken, on_batch, push=push)
                from ocpi_server.command_line.importing import _received  # noqa: PLC0415 - heavy

                wanted = _received.Wanted(as_received, module.value, version.value, whole=full)
                on_batch = _progressed(moved, stored)
                return await _received.run(platform, wanted, path, on_broken, on_batch)

    try:
        if is_url:
            from ocpi_server.command_line.importing._download import downloaded  # noqa: PLC0415 - heavy

            with downloaded(file, read_settings(config)) as path:
                done = run(work(path))
        else:
            done = run(work(path))
    except KeyboardInterrupt:
        total = stored[-1].total if stored else 0
        _stderr.print(f"Interrupted after {total} objects of {file}.")
        raise
    except BrokenJson as error:
        _stderr.print(f"{file}: {error}. Objects before this position are stored.")
        raise typer.Exit(_FAILED) from None
    if as_json:
        sys.stdout.write(json.dumps(asdict(done)) + "\n")
    else:
        _print(done)
    if done.broken:
        raise typer.Exit(_FAILED)


def _check_options(as_received: str | None, *, push: bool, of_others: bool) -> None:
    """Refuse options that do not belong together."""
    if as_received is None and of_others:
        raise typer.BadParameter("--full and --version belong to --as-received.")
    if as_received is not None and push:
        raise typer.BadParameter("--push belongs to own objects, not to --as-received.")


def _print(done: "Imported") -> None:
    _stderr.print(
        f"{done.total} read: {done.created} new, {done.updated} replaced, "
        f"{done.stale} older than what is stored, {done.broken} broken."
    )
    if done.others:
        _stderr.print(f"{done.others} belong to parties that are not of this platform.")
    for rule, count in done.repairs.items():
        _stderr.print(f"{count} repaired by the rule {rule}.")
    if dropped := getattr(done, "dropped", 0):
        _stderr.print(f"{dropped} removed, which the file does not have.")


def _progressed(
    moved: Callable[[int], None], stored: "list[Imported]"
) -> "Callable[[Imported, int], None]":
    """Return what notes how far an import has come: what was done, and the position in the file."""

    def on_batch(done: "Imported", position: int) -> None:
        stored[:] = [replace(done)]
        moved(position)

    return on_batch


async def _import(
    platform: "Platform",
    module: Importable,
    file: Path,
    on_broken: "Callable[[Broken], None]",
    on_batch: "Callable[[Imported, int], None]",
    *,
    push: bool,
) -> "Imported":
    from ocpi_bindings.v2_2_1 import models  # noqa: PLC0415 - heavy
    from ocpi_server.sync.importing import opened  # noqa: PLC0415 - heavy

    kinds: dict[Importable, type[Any]] = {
        Importable.LOCATIONS: models.Location,
        Importable.TOKENS: models.Token,
        Importable.TARIFFS: models.Tariff,
    }
    importer = platform.parts.importer
    with opened(file, lenient=importer.lenient) as (elements, disk):
        return await importer.run(
            elements,
            module.value,
            kinds[module],
            on_broken=on_broken,
            on_batch=lambda done: on_batch(done, disk.tell()),
            push=push,
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

"""The command ``ocpi diff``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ocpi_generator._explained import explained
from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Refused, show

__all__ = ["diff", "register"]

_FAILED, _STALE = 1, 4


class Format(StrEnum):
    """How a diff is shown."""

    TEXT = "text"
    MARKDOWN = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to an application."""
    app.command()(diff)


def diff(
    old: Annotated[
        str | None,
        typer.Argument(metavar="A", help="Version, VERSION@EDITION or VERSION@REVISION of git."),
    ] = None,
    new: Annotated[str | None, typer.Argument(metavar="B", help="Likewise.")] = None,
    *,
    module: Annotated[
        str | None, typer.Option(help="Only what the messages of this module hold.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="For people or machines.")] = Format.TEXT,
    pages: Annotated[
        Path | None, typer.Option(help="Write the diffs of all neighbours to this folder instead.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="With --pages: write nothing; end with 4 if stale.")
    ] = False,
    root: Annotated[Path, typer.Option(help="The folder of the documents.")] = Path("openapi"),
) -> None:
    """Report what changed between two versions, and whom it breaks."""
    alone = old is None and new is None and module is None
    if (pages is None and (old is None or new is None)) or (pages is not None and not alone):
        raise typer.BadParameter("pass two versions, or --pages and none")
    if check and pages is None:
        raise typer.BadParameter("needs --pages", param_hint="--check")
    try:
        if pages is not None:
            _pages(root, pages, check=check)
        else:
            names = (str(old), str(new))
            present = [name for name in names if "@" not in name]
            with explained(root, present, spared=(typer.BadParameter,)):
                sys.stdout.write(_shown(root, names, module, form))
    except Refused as refused:
        show(refused.problems, json_output=form is Format.JSON)
        raise typer.Exit(_FAILED) from refused


def _shown(root: Path, names: tuple[str, str], module: str | None, form: Format) -> str:
    from ocpi_generator import diff as differ  # noqa: PLC0415 - slow to import, help is not

    try:
        compared = [differ.bundle_at(root, name) for name in names]
    except differ.RevisionError as error:
        raise typer.BadParameter(str(error)) from error
    known = sorted({name for bundles in compared for name in bundles.meta.modules})
    if module is not None and module not in known:
        raise typer.BadParameter(unknown("module", module, known), param_hint="--module")
    return differ.FORMATS[form](differ.compare(compared[0], compared[1], names, module))


def _pages(root: Path, folder: Path, *, check: bool) -> None:
    from ocpi_generator import diff as differ  # noqa: PLC0415 - slow to import, help is not

    if not any(root.glob("*/version.toml")):
        raise typer.BadParameter(f"{root} contains no versions", param_hint="--root")
    texts = differ.pages(root)
    names = differ.stale(texts, folder)
    stderr = Console(stderr=True, soft_wrap=True, highlight=False)
    if not names:
        stderr.print(f"{folder.as_posix()} is up to date.", markup=False)
        return
    if check:
        stderr.print(f"Not as rendered: {', '.join(names)}. Run `ocpi diff --pages`.", markup=False)
        raise typer.Exit(_STALE)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in texts:
            (folder / name).write_text(texts[name], encoding="utf-8")
        else:
            (folder / name).unlink()
        stderr.print(f"{(folder / name).as_posix()} is as rendered.", markup=False)

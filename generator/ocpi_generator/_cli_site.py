"""The command ``ocpi docs``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ocpi_generator._problems import Refused, show

__all__ = ["docs", "register"]

_FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the command to an application."""
    app.command()(docs)


def docs(
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    *,
    root: Annotated[Path, typer.Option(help="The folder of the documents.")] = Path("openapi"),
) -> None:
    """Write a site of guides, decisions, API and all bundles that needs no network."""
    from ocpi_generator import site  # noqa: PLC0415 - slow to import, help is not

    if not any(root.glob("*/version.toml")):
        raise typer.BadParameter(f"{root} contains no versions", param_hint="--root")
    stderr = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        with stderr.status("Writing pages"):
            pages = site.build(root, out)
    except site.SiteError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from error
    except Refused as refused:
        show(refused.problems)
        raise typer.Exit(_FAILED) from refused
    except site.PagesFailed as failed:
        stderr.print(str(failed), style="red", markup=False)
        raise typer.Exit(_FAILED) from failed
    stderr.print(f"{pages} pages; begin with {(out / 'index.html').as_posix()}.", markup=False)

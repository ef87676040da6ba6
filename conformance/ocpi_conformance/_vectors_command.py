"""The command ``ocpi vectors``. What it needs is loaded when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from ocpi_conformance._installed import check_modules, installed_bindings
from ocpi_runtime.options import plain_console

__all__ = ["register"]

_stderr = plain_console(stderr=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("vectors")(vectors_command)


def vectors_command(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the files; made if it is missing.")],
    version: Annotated[str | None, typer.Option(help="Only this version.")] = None,
    module: Annotated[list[str] | None, typer.Option(help="Only this module. Repeatable.")] = None,
) -> None:
    """Write test vectors: requests and answers of every operation as JSON, for any language."""
    from ocpi_conformance.vectors import write_vectors  # noqa: PLC0415 - slow to import

    bindings = installed_bindings(version)
    check_modules(module or (), bindings)
    index = write_vectors(out, bindings, module or ())
    count = sum(one.vectors for one in index.files)
    _stderr.print(f"{count} vectors in {len(index.files)} files below {out}; see index.json.")

"""The command ``ocpi coverage``. What it needs is loaded when it runs."""

from typing import Annotated

import typer
from rich.console import Console

from ocpi_conformance._installed import installed_bindings

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("coverage")(coverage_command)


def coverage_command(
    *,
    version: Annotated[str | None, typer.Option(help="Only this version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Show which requirements of the specification rules cover, and what proves it."""
    from ocpi_conformance import coverage  # noqa: PLC0415 - slow to import
    from ocpi_conformance.coverage import show  # noqa: PLC0415 - slow to import
    from ocpi_conformance.rules.catalogue import RULES  # noqa: PLC0415 - slow to import

    installed_bindings(version)
    chapters, faults = coverage.load_requirements(), coverage.load_faults()
    found = coverage.coverage_of(chapters, RULES, faults, version)
    if as_json:
        typer.echo(show.coverage_as_json(found))
    else:
        Console(soft_wrap=False).print(show.coverage_table(found))

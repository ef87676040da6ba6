"""The commands ``ocpi report``. What they need is loaded when they run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import typer

from ocpi_conformance.commands.options import (
    AsJson,
    BaselineFile,
    Reports,
    print_report,
    read_baseline,
    read_outputs,
    write_outputs,
)
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.options import plain_console

if TYPE_CHECKING:
    from ocpi_conformance.reports import Report

__all__ = ["register"]

_FAILED: Final = 1
_group = typer.Typer(no_args_is_help=True)
_stderr = plain_console(stderr=True)
_out = plain_console(soft_wrap=False)

ReportFile = Annotated[Path, typer.Argument(help="Report that --report json=FILE wrote.")]


class ReportInvalid(CommandFailed):
    """A file is not a report."""

    exit_code: ClassVar[int] = 2


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_group, name="report")


@_group.callback()
def _root() -> None:
    """Show and compare reports, and accept their findings."""


@_group.command("show")
def show_command(
    file: ReportFile,
    *,
    report: Reports = None,
    baseline: BaselineFile = None,
    as_json: AsJson = False,
) -> None:
    """Print a report, or write it in other formats."""
    outputs = read_outputs(report)
    found = _read(file)
    found = read_baseline(baseline).apply(found)
    write_outputs(found, outputs, secrets=())
    if as_json or not outputs:
        print_report(found, as_json=as_json)


@_group.command("diff")
def diff_command(
    before: Annotated[Path, typer.Argument(help="Report of the first run.")],
    after: Annotated[Path, typer.Argument(help="Report of the second run.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")] = False,
) -> None:
    """Compare two reports; the exit code is 1 if the second one has new findings."""
    from ocpi_conformance.reports import compare  # noqa: PLC0415 - slow to import
    from ocpi_conformance.reports.console import print_difference  # noqa: PLC0415 - likewise

    difference = compare(_read(before), _read(after))
    if as_json:
        typer.echo(json.dumps(difference.as_data(), indent=2))
    else:
        print_difference(difference, _out, _stderr)
    if difference.new:
        raise typer.Exit(_FAILED)


@_group.command("baseline")
def baseline_command(
    file: ReportFile,
    *,
    comment: Annotated[
        str, typer.Option(help="Reason for accepting what the baseline does not have yet.")
    ],
    baseline: BaselineFile = None,
) -> None:
    """Print a baseline that accepts the findings of a report.

    With --baseline its comments are kept, and what is no longer found is left out.
    """
    if not comment.strip():
        raise typer.BadParameter("The comment is empty; state the reason for accepting.")
    old = read_baseline(baseline)
    typer.echo(old.updated(_read(file), comment).toml(), nl=False)


def _read(file: Path) -> "Report":
    from ocpi_conformance.reports import read_report  # noqa: PLC0415 - slow to import

    try:
        return read_report(file.read_bytes())
    except OSError as error:
        raise ReportInvalid(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ReportInvalid(f"{file} is not a report: {error}.") from None

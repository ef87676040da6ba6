"""The commands ``ocpi report``: show a report, compare two, and make a baseline."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocpi_conformance.reports._baseline import Baseline
from ocpi_conformance.reports._diff import Change, Difference, compare
from ocpi_conformance.reports._json import read_report, write_report
from ocpi_conformance.reports._report import Report
from ocpi_conformance.reports.console import print_causes, print_report
from ocpi_conformance.reports.outputs import (
    BaselineFile,
    Reports,
    read_outputs,
    write_outputs,
)
from ocpi_runtime.failures import CommandFailed

__all__ = ["app"]

_FAILED = 1
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
_talk = Console(stderr=True, soft_wrap=True, highlight=False)
_out = Console(highlight=False)
ReportFile = Annotated[
    Path, typer.Argument(metavar="REPORT", help="Report that --report json=FILE wrote.")
]


class ReportInvalid(CommandFailed):
    """A file is no report."""

    exit_code: ClassVar[int] = 2


@app.callback()
def _root() -> None:
    """Show and compare reports, and accept their findings."""


@app.command("show")
def show_command(
    file: ReportFile,
    *,
    report: Reports = None,
    baseline: BaselineFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Print a report, or write it in other formats."""
    outputs = read_outputs(report)
    found = _read(file)
    if baseline is not None:
        found = Baseline.load(baseline).apply(found)
    write_outputs(found, outputs, secrets=())
    if as_json:
        typer.echo(write_report(found))
    elif not outputs:
        print_report(found, _out, _talk)


@app.command("diff")
def diff_command(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Report of the first run.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Report of the second run.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")] = False,
) -> None:
    """Compare two reports; the exit code is 1 if the second one has new findings."""
    difference = compare(_read(before), _read(after))
    if as_json:
        typer.echo(json.dumps(difference.as_data(), indent=2))
    else:
        _print(difference)
    if difference.new:
        raise typer.Exit(_FAILED)


@app.command("baseline")
def baseline_command(
    file: ReportFile,
    *,
    comment: Annotated[
        str, typer.Option(help="Reason for accepting the findings that are new in the baseline.")
    ],
    baseline: BaselineFile = None,
) -> None:
    """Print a baseline that accepts the findings of a report.

    With --baseline its comments are kept, and what is no longer found is left out.
    """
    if not comment.strip():
        raise typer.BadParameter("The comment is empty; state the reason for accepting.")
    old = Baseline.load(baseline) if baseline else Baseline()
    typer.echo(old.updated(_read(file), comment).toml(), nl=False)


def _read(file: Path) -> Report:
    try:
        return read_report(file.read_bytes())
    except OSError as error:
        raise ReportInvalid(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ReportInvalid(f"{file} is no report: {error}.") from None


def _print(difference: Difference) -> None:
    for name, findings in (("New", difference.new), ("Gone", difference.gone)):
        if findings:
            _out.print(f"{name} findings:")
            print_causes(findings, _out)
            _out.print()
    if difference.verdicts:
        _out.print(_verdicts(difference.verdicts))
    _talk.print(
        f"new: {len(difference.new)}, gone: {len(difference.gone)}, same: {difference.same}, "
        f"changed verdicts: {len(difference.verdicts)}"
    )


def _verdicts(changes: Sequence[Change]) -> Table:
    table = Table("rule", "target", "before", "after", box=None, pad_edge=False)
    for one in changes:
        verdicts = (each.value if each else "none" for each in (one.before, one.after))
        table.add_row(Text(one.rule), Text(one.target), *verdicts)
    return table

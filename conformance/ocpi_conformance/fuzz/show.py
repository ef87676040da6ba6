"""A result and the progress of a run, for people at a terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from ocpi_conformance.exchanges.wire import Answer, shown
from ocpi_conformance.fuzz._budget import Progress
from ocpi_conformance.fuzz._result import FuzzResult
from ocpi_conformance.reports import Finding
from ocpi_conformance.rules import Severity

__all__ = ["print_findings", "print_result", "watching"]

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
_MOST_OPERATIONS = 3


@contextmanager
def watching(console: Console) -> Iterator[Callable[[Progress], None]]:
    """Show progress while the block runs, where somebody looks."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            what = f"{progress.target} {progress.operation}, findings: {progress.findings}"
            bar.update(task, total=progress.total, completed=progress.done, description=what)

        yield show


def print_result(result: FuzzResult, out: Console, stderr: Console) -> None:
    """Print what was found, then a table of what was asked.

    Args:
        result: Of a run.
        out: For findings and the tables.
        stderr: For what the fuzzer could not do.
    """
    print_findings(result, out, stderr)
    out.print(_operations(result))
    if result.sequence_results:
        out.print(_sequences(result))
    seconds = result.report.seconds
    per_second = result.cases / seconds if seconds else 0.0
    counted = dict.fromkeys(Severity, 0)
    for finding in result.findings:
        counted[finding.severity] += 1
    errors, warnings = counted[Severity.ERROR], counted[Severity.WARNING]
    stderr.print(
        f"{result.cases} requests in {seconds:.0f} s ({per_second:.0f} per second), "
        f"seed {result.report.seed}: errors: {errors}, warnings: {warnings}"
    )


def print_findings(result: FuzzResult, out: Console, stderr: Console) -> None:
    """Print a table of causes, then each finding, and what the fuzzer could not do."""
    if result.findings:
        out.print(_causes(result.findings))
        out.print()
    for number, finding in enumerate(result.findings, start=1):
        _print_finding(number, finding, out)
    for problem in result.problems:
        stderr.print(Text(f"not tested as it should be: {problem}"))


def _causes(findings: Sequence[Finding]) -> Table:
    table = Table("", "severity", "rule", box=None, pad_edge=False)
    for name in ("times", "operations"):
        table.add_column(name, justify="right")
    table.add_column("cause", no_wrap=True, overflow="ellipsis", ratio=1)
    for number, one in enumerate(findings, start=1):
        severity = Text(one.severity, _STYLES[one.severity])
        counts = (str(one.times), str(len(one.occurrences)))
        table.add_row(str(number), severity, one.rule, *counts, Text(one.cause))
    return table


def _print_finding(number: int, finding: Finding, out: Console) -> None:
    style = _STYLES[finding.severity]
    head = Text.assemble((f"{number} {finding.severity} {finding.rule}", style))
    out.print(head.append(f"  {finding.title}"), no_wrap=True, overflow="ellipsis")
    lines = [
        ("expected", finding.expected),
        ("got", finding.got),
        ("where", _where(finding)),
        ("why", finding.why),
        ("fix", finding.fix),
    ]
    for at, step in enumerate(finding.steps, start=1):
        name = "repeat" if len(finding.steps) == 1 else f"step {at}"
        lines += [(name, step.sent.curl()), ("", _answered(step.answer))]
    for name, text in lines:
        _print_line(name, text, out)
    out.print()


def _print_line(name: str, text: str, out: Console) -> None:
    """Print one line; cut to the width of a terminal, whole where it goes to a file or pipe."""
    line = Text(f"  {name:9} {' '.join(text.split()) if name == '' else text}")
    # A command to be repeated is of no use where it is cut.
    whole = name in {"repeat", "why"} or name.startswith("step")
    if whole:
        out.print(line, soft_wrap=True)
    else:
        out.print(line, no_wrap=True, overflow="ellipsis")


def _where(finding: Finding) -> str:
    named = [f"{one.target} {one.operation} ({one.times})" for one in finding.occurrences]
    more = len(named) - _MOST_OPERATIONS
    return ", ".join(named[:_MOST_OPERATIONS]) + (f" and {more} more" if more > 0 else "")


def _answered(answer: Answer) -> str:
    parts = shown(answer)
    return f"HTTP {parts['status']} {parts['body']}".strip()


def _sequences(result: FuzzResult) -> Table:
    table = Table("bundle", "sequence", box=None, pad_edge=False)
    for name in ("runs", "completed", "requests"):
        table.add_column(name, justify="right")
    for target, sequences in result.sequence_results.items():
        for name, one in sequences.items():
            table.add_row(target, name, *map(str, (one.runs, one.completed, one.requests)))
    return table


def _operations(result: FuzzResult) -> Table:
    table = Table("bundle", "operation", box=None, pad_edge=False)
    for name in ("cases", "valid", "reached", "findings"):
        table.add_column(name, justify="right")
    places = [
        (one.target, one.operation) for finding in result.findings for one in finding.occurrences
    ]
    for target, operations in result.tallies.items():
        for operation, tally in operations.items():
            numbers = (tally.cases, tally.valid, tally.reached, places.count((target, operation)))
            table.add_row(target, operation, *map(str, numbers))
    return table

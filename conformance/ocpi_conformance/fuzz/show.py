"""A report and the progress of a run, for people at a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from ocpi_conformance.exchanges.wire import Answer, shown
from ocpi_conformance.fuzz._findings import Finding
from ocpi_conformance.fuzz._report import Report
from ocpi_conformance.fuzz._run import Progress

__all__ = ["print_findings", "print_report", "watching"]

_STYLES = {"error": "bold red", "warning": "yellow", "advice": "cyan"}


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


def print_report(report: Report, out: Console, talk: Console) -> None:
    """Print what was found, then a table of what was asked.

    Args:
        report: The result of a run.
        out: For findings and the table.
        talk: For what the fuzzer could not do.
    """
    print_findings(report, out, talk)
    out.print(_table(report))
    if report.sequence_results:
        out.print(_sequences(report))
    found, seconds = len(report.findings), report.seconds
    per_second = report.cases / seconds if seconds else 0.0
    talk.print(
        f"{report.cases} cases in {seconds:.0f} s ({per_second:.0f} per second), "
        f"seed {report.seed}, {found} findings"
    )


def print_findings(report: Report, out: Console, talk: Console) -> None:
    """Print what was found, and what the fuzzer could not do."""
    for finding in report.findings:
        _print_finding(finding, out)
    for problem in report.problems:
        talk.print(Text(f"not tested as it should be: {problem}"))


def _print_finding(finding: Finding, out: Console) -> None:
    fault = finding.fault
    where = f"{finding.target} {finding.operation}, {finding.times} times"
    style = _STYLES[fault.severity]
    out.print(Text.assemble((f"{fault.severity} {fault.rule.id}", style), f"  {where}"))
    lines = [("expected", fault.expected), ("got", fault.got), ("why", finding.why)]
    if finding.exchange is not None and not finding.steps:
        lines.append(("repeat", finding.exchange.sent.curl()))
    for number, step in enumerate(finding.steps, start=1):
        lines += [(f"step {number}", step.sent.curl()), ("", _answered(step.answer))]
    for name, text in lines:
        out.print(Text(f"  {name:9} {text}"), soft_wrap=True)
    out.print()


def _answered(answer: Answer) -> str:
    parts = shown(answer)
    return f"HTTP {parts['status']} {parts['body']}".strip()


def _sequences(report: Report) -> Table:
    table = Table("bundle", "sequence", box=None, pad_edge=False)
    for name in ("runs", "completed", "requests"):
        table.add_column(name, justify="right")
    for target, sequences in report.sequence_results.items():
        for name, one in sequences.items():
            table.add_row(target, name, *map(str, (one.runs, one.completed, one.requests)))
    return table


def _table(report: Report) -> Table:
    table = Table("bundle", "operation", box=None, pad_edge=False)
    for name in ("cases", "valid", "reached", "findings"):
        table.add_column(name, justify="right")
    for target, operations in report.tallies.items():
        for operation, tally in operations.items():
            found = [one for one in report.findings if one.target == target]
            count = sum(one.operation == operation for one in found)
            numbers = (tally.cases, tally.valid, tally.reached, count)
            table.add_row(target, operation, *map(str, numbers))
    return table

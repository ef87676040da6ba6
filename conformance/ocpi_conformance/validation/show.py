"""A report and the progress of a validation, for the terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ocpi_conformance.validation._causes import Cause
from ocpi_conformance.validation._report import PartReport, Report

__all__ = ["print_report", "watching"]

_STYLES: Final = {"valid": "green", "repairable": "yellow", "partial": "red", "unreadable": "red"}
_MOST: Final = 30


@contextmanager
def watching(console: Console, name: str, size: int) -> Iterator[Callable[[int], None]]:
    """Show progress while the block runs, if stderr is a terminal."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(Text(name).markup, total=size)
        yield lambda position: bar.update(task, completed=position)


def print_report(report: Report, out: Console) -> None:
    """Print each list of objects: what they are, how many are valid, and the causes."""
    for part in report.parts:
        _print_part(part, out)


def _print_part(part: PartReport, out: Console) -> None:
    name = f"{part.source}{f' {part.pointer}' if part.pointer else ''}".strip()
    out.print(Text(name or "stream", "bold"))
    kind = f"OCPI {part.version} {part.name}" if part.name else "no class"
    out.print(Text(f"{part.objects} objects, {kind}. {part.reason}"))
    counts = Text()
    for verdict, count in part.verdicts.items():
        share = 100 * count / part.objects if part.objects else 0.0
        style = _STYLES[verdict] if count else ""
        counts.append(f"  {verdict} {count} ({share:.1f} %)", style)
    out.print(counts)
    _print_causes("Causes", part.causes, out)
    _print_causes("Warnings", part.warnings, out)
    out.print()


def _print_causes(title: str, causes: Sequence[Cause], out: Console) -> None:
    if not causes:
        return
    out.print()
    out.print(Text(title, "bold"))
    for cause in causes[:_MOST]:
        head = f"{cause.count:>7}  {100 * cause.share:5.1f} %  {cause.rule}  {cause.field}"
        out.print(Text(head))
        for line in _lines(cause):
            out.print(Text(f"{'':18}{line}", "dim"))
    if len(causes) > _MOST:
        out.print(Text(f"{'':18}and {len(causes) - _MOST} more; --json lists all"))


def _lines(cause: Cause) -> Iterator[str]:
    example = cause.example
    yield f"{example.pointer or '(all of it)'}  {_valued(example.as_data())}{example.message}"
    if cause.clause.text:
        yield f"{cause.clause.section}: {cause.clause.text}"
    if cause.repairs:
        yield f"repaired by {', '.join(cause.repairs)}"


def _valued(data: dict[str, Any]) -> str:
    return f"{data['value']!r}: " if "value" in data else ""

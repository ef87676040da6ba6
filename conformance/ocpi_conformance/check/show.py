"""The progress of a check, for people at a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ocpi_conformance.check._run import Progress

__all__ = ["watching"]


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
            what = f"{progress.target}, requests: {progress.requests}"
            bar.update(task, total=progress.total, completed=progress.done, description=what)

        yield show

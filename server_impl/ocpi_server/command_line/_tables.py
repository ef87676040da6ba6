"""Tables on stdout, of which nothing is cut off."""

from collections.abc import Iterable, Sequence

from ocpi_runtime.failures import printable
from ocpi_runtime.options import plain_console

__all__ = ["print_table"]


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Print a table in its full width: a narrow terminal wraps lines, and keys stay whole."""
    from rich.table import Table  # noqa: PLC0415 - slow to import, help is not
    from rich.text import Text  # noqa: PLC0415 - slow to import, help is not

    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(printable(each or "")) for each in row))
    console = plain_console(soft_wrap=False)
    unlimited = console.options.update(max_width=100_000)
    console.width = max(console.width, console.measure(table, options=unlimited).maximum)
    console.print(table)

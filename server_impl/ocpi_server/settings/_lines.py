"""The lines on which the keys of a TOML text stand; the parser of Python does not report them.

A header or one assignment is a TOML document of its own. So a text that is valid as a whole is
split by the parser itself: lines are put together until they parse.
"""

import tomllib
from collections.abc import Iterator
from typing import Any

from ocpi_server.settings._faults import Path

__all__ = ["line_of", "lines_of"]


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1 on, of every table and key of a text that is valid TOML."""
    found: dict[Path, int] = {}
    table: Path = ()
    lengths: dict[Path, int] = {}
    for line, first, statement in _statements(text):
        if first.startswith("["):
            table = _table(statement, lengths, is_array=first.startswith("[["))
            found.setdefault(table, line)
        for path in _keys(statement) if not first.startswith("[") else ():
            found.setdefault((*table, *path), line)
    return found


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """Return the line of a path, or of the nearest that surrounds it; 0 for the whole file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the line of each header and assignment, its first text, and what it parses to."""
    start, pending = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        start, pending = start or number, pending + line
        try:
            statement = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        if statement:
            yield start, pending.lstrip(), statement
        start, pending = 0, ""


def _table(statement: dict[str, Any], lengths: dict[Path, int], *, is_array: bool) -> Path:
    """Return the path that a header opens; the number of an array's table is counted."""
    path: Path = ()
    inner: Any = statement
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        path = (*path, name)
        if isinstance(inner, list) and is_array:
            lengths[path] = lengths.get(path, 0) + 1
        if path in lengths:
            path = (*path, lengths[path] - 1)
    return path


def _keys(statement: dict[str, Any], above: Path = ()) -> Iterator[Path]:
    for name, value in statement.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _keys(value, (*above, name))

"""Bodies and data of operations: which class a path carries where a table offers a choice."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ocpi_audit.spec._datatypes import Types
from ocpi_audit.spec._methods import FoundTable, Part

__all__ = ["body_of", "chosen", "data_of", "options"]

_BODY: Final = re.compile(r"request body", re.IGNORECASE)
_DATA: Final = re.compile(r"response data|^data$", re.IGNORECASE)
_CHOICE: Final = re.compile(r"choice:", re.IGNORECASE)


def body_of(parts: Iterable[Part], method: str) -> FoundTable | None:
    """Find the table that names the class of the body."""
    return next(_with(parts, _BODY, bare=method != "GET"), None)


def data_of(parts: Iterable[Part], method: str) -> FoundTable | None:
    """Find the table that names the class of the answer."""
    return next(_with(parts, _DATA, bare=method == "GET"), None)


def _with(parts: Iterable[Part], title: re.Pattern[str], *, bare: bool) -> Iterator[FoundTable]:
    for part in parts:
        for found in part.contents:
            words = found.section.title
            untitled = not _BODY.search(words) and not _DATA.search(words)
            if title.search(words) or (bare and untitled):
                yield found


def options(found: FoundTable, types: Types) -> list[tuple[str, str, int]]:
    """List the classes that a table offers, each with its cardinality and its line."""
    return [
        (types.read(row.cells[0]).name, row.texts[1], row.line)
        for row in found.table.rows
        if not _CHOICE.match(row.texts[0])
    ]


def chosen(offered: Sequence[tuple[str, str, int]], path: str) -> tuple[str, str, int]:
    """Choose the class that the last fitting part of a path names.

    ``/{location_id}/{evse_uid}`` carries an EVSE, ``/START_SESSION`` a StartSession.

    Returns:
        All of them in one if the path names none.
    """
    if len(offered) == 1:
        return offered[0]
    for segment in reversed(path.strip("/").split("/")):
        named = re.sub(r"_u?id$", "", segment.strip("{}")).replace("_", "").lower()
        for option in offered:
            if option[0].lower() == named:
                return option
    names = " or ".join(name for name, _, _ in offered)
    return names, offered[0][1], offered[0][2]

"""Documents that remember on which line each of their values is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_generator._problems import Problem

__all__ = ["Document", "DocumentPosition", "Pointer", "as_text"]

Pointer = tuple[str | int, ...]
"""The steps from the root of a document to a value in it: keys and indices."""


def as_text(pointer: Pointer) -> str:
    """Write a pointer as RFC 6901 has it."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file of ``openapi/`` as it was read.

    Attributes:
        file: The path for people.
        data: Mappings, lists, strings, numbers and booleans.
        lines: The line of each value, from 1 on.
    """

    file: str
    data: dict[str, Any]
    lines: Mapping[Pointer, int]

    def line(self, pointer: Pointer) -> int:
        """Find the line of a value, or of the nearest one around it; 0 in an empty document."""
        for end in range(len(pointer), -1, -1):
            line = self.lines.get(pointer[:end])
            if line is not None:
                return line
        return 0


@dataclass(frozen=True, slots=True, eq=False)
class DocumentPosition:
    """A position in a document that a problem can point at."""

    document: Document
    pointer: Pointer = ()

    def at(self, *steps: str | int) -> "DocumentPosition":
        """Go down from here."""
        return DocumentPosition(self.document, (*self.pointer, *steps))

    def problem(self, rule: str, what: str, *, why: str, how: str) -> Problem:
        """Report that something is wrong here."""
        line = self.document.line(self.pointer)
        return Problem(self.document.file, line, as_text(self.pointer), rule, what, why, how)

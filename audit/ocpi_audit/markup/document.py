"""A chapter of the specification, whatever it is written in: sections with what is in them."""

import re
from dataclasses import dataclass, field

from ocpi_audit._facts import SourcePosition

__all__ = [
    "Cell",
    "Chapter",
    "Row",
    "Section",
    "Snippet",
    "Structure",
    "Table",
    "bare",
    "title",
]

_EMPHASIS = re.compile(r"(?<!\w)([*_`]{1,2})(\S(?:.*?\S)?)\1(?!\w)")


def bare(text: str) -> str:
    """Take marks of emphasis off a text."""
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text.strip())).strip()


def title(heading: str) -> str:
    """Take marks of emphasis and the number of the chapter off a heading."""
    return re.sub(r"^\d+(\.\d+)*\.?\s+", "", bare(heading))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: Its words, those of links included.
        target: The file and the anchor that its first link leads to.
        raw: As it is written.
    """

    text: str
    target: tuple[str, str] | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with the line that it begins on."""

    cells: tuple[Cell, ...]
    line: int

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of its cells."""
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the words of its header in lower case, and its rows."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Structure:
    """A URL with parts in braces, as it is printed."""

    template: str
    line: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """An example: its text, and the file that is shown in it."""

    text: str
    line: int
    file: str = ""


@dataclass(slots=True)
class Section:
    """What is between two headings.

    Attributes:
        file: The file, from the root of the specification.
        title: The heading in plain words.
        anchors: What links can lead to here.
        line: The line of the heading.
        tables: In their order, as are the others.
        structures: URLs with parts in braces.
        snippets: Examples.
        text: All lines of it.
    """

    file: str
    title: str
    anchors: tuple[str, ...]
    line: int
    tables: list[Table] = field(default_factory=list)
    structures: list[Structure] = field(default_factory=list)
    snippets: list[Snippet] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def place(self, line: int = 0) -> SourcePosition:
        """Return where something is in it."""
        return SourcePosition(self.file, self.title, line or self.line)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A file of the specification, and the module that it describes."""

    file: str
    module: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(line for section in self.sections for line in section.text)

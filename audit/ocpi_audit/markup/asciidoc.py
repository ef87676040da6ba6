"""AsciiDoc as OCPI uses it from 2.2 on: headings, anchors, tables, URL structures, examples."""

import re
from html import unescape
from typing import Final

from ocpi_audit.markup.document import (
    Cell,
    Chapter,
    Row,
    Section,
    Snippet,
    Structure,
    Table,
    bare,
    title,
)

__all__ = ["read"]

_ANCHOR: Final = re.compile(r"\[\[([^\],]+)\]\]\s*$")
_IN_CELL: Final = re.compile(r"^\[\[([\w-]+)\]\]\s*")
_HEADING: Final = re.compile(r"={2,6}\s+(.*?)\s*$")
_INCLUDE: Final = re.compile(r"include::([^\[]+)\[")
_STRUCTURE: Final = re.compile(r"`([{/][^`]*)`\s*$")
_LINK: Final = re.compile(r"<<(?:([\w./-]+\.asciidoc)?#)?([\w-]+)(?:,\s*([^>]*))?>>")
_FENCE: Final = re.compile(r"-{4,}\s*$")
_BAR: Final = re.compile(r"(?<!\\)\|")


def read(file: str, module: str, text: str) -> Chapter:
    """Read a chapter.

    Args:
        file: Its name, for links and messages.
        module: The module that it describes.
        text: All of it.
    """
    return _Reader(file, module, text).chapter()


class _Reader:
    def __init__(self, file: str, module: str, text: str) -> None:
        self._file, self._module, self._lines = file, module, text.splitlines()
        self._sections = [Section(file, "", (), 1)]
        self._pending: list[str] = []
        self._at = 0

    def chapter(self) -> Chapter:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._sections[-1].text.append(line)
            self._step(line)
            self._at += 1
        self._anchor_here()
        return Chapter(self._file, self._module, tuple(self._sections))

    def _step(self, line: str) -> None:
        if match := _ANCHOR.match(line):
            self._pending.append(match[1])
        elif match := _HEADING.match(line):
            self._begin(match[1])
        elif _FENCE.match(line):
            self._example()
        elif line.strip() == "|===":
            self._anchor_here()
            self._sections[-1].tables.append(self._table())
        elif match := _STRUCTURE.match(line):
            self._structure(match[1])
        elif line.strip() and not line.startswith("["):
            self._anchor_here()

    def _begin(self, heading: str) -> None:
        anchors = tuple(self._pending)
        self._sections[-1].text.pop()
        self._sections.append(Section(self._file, title(heading), anchors, self._at + 1))
        self._pending = []

    def _anchor_here(self) -> None:
        section = self._sections[-1]
        section.anchors = (*section.anchors, *self._pending)
        self._pending = []

    def _structure(self, template: str) -> None:
        self._sections[-1].structures.append(Structure(unescape(template), self._at + 1))

    def _example(self) -> None:
        start, body = self._at, []
        while (line := self._next()) is not None and not _FENCE.match(line):
            body.append(line)
        names = [match[1] for line in body if (match := _INCLUDE.match(line))]
        text = "\n".join(line for line in body if not _INCLUDE.match(line))
        self._sections[-1].snippets.append(Snippet(text, start + 2, names[0] if names else ""))

    def _next(self) -> str | None:
        self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _table(self) -> Table:
        start = self._at + 1
        rows: list[tuple[list[str], int]] = []
        while (line := self._next()) is not None and line.strip() != "|===":
            self._extend(rows, line)
        if not rows:
            return Table((), (), start)
        header = tuple(_words(cell).lower() for cell in rows[0][0])
        body = tuple(self._row(cells, line, len(header)) for cells, line in rows[1:])
        return Table(header, body, start)

    def _extend(self, rows: list[tuple[list[str], int]], line: str) -> None:
        """Add a line to the table: it begins a row, or goes on with the one before."""
        cells = _split(line)
        if not line.lstrip().startswith("|"):
            if rows and line.strip():
                rows[-1][0][-1] += "\n" + cells[0]
                rows[-1][0].extend(cells[1:])
        elif len(rows) > 1 and len(rows[-1][0]) < len(rows[0][0]):
            rows[-1][0].extend(cells[1:])
        else:
            rows.append((cells[1:], self._at + 1))

    def _row(self, cells: list[str], line: int, wide: int) -> Row:
        while len(cells) > wide and not cells[-1].strip():
            cells = cells[:-1]
        if match := _IN_CELL.match(cells[0].strip()):
            section = self._sections[-1]
            section.anchors = (*section.anchors, match[1])
        return Row(tuple(self._cell(text) for text in cells), line)

    def _cell(self, text: str) -> Cell:
        text = _IN_CELL.sub("", text.strip())
        match = _LINK.search(text)
        target = (match[1] or self._file, match[2]) if match else None
        return Cell(_words(text), target, unescape(text))


def _split(line: str) -> list[str]:
    """Split at bars; before a bar may be the style of the cell behind it."""
    parts = [part.replace("\\|", "|") for part in _BAR.split(line)]
    return [re.sub(r"\s+a$", "", part) if n else part for n, part in enumerate(parts)]


def _words(text: str) -> str:
    shown = _LINK.sub(lambda link: (link[3] or link[2]).strip(), text.replace(" +\n", " "))
    return unescape(bare(re.sub(r"\s+", " ", shown)))

"""Markdown as OCPI used it up to 2.1.1: headings, tables, URL structures, examples."""

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

_HEADING: Final = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)#]*)#?([^)]*)\)")
_RULER: Final = re.compile(r"[\s|:-]+$")
_URL: Final = re.compile(r"`(/[^`]*)`")
_EXAMPLE: Final = re.compile(r"\s*`/|example[^:`]*:\s*`/", re.IGNORECASE)
_INSTANCE: Final = re.compile(r"/\d+$")
_BAR: Final = re.compile(r"(?<!\\)\|")


def read(file: str, module: str, text: str) -> Chapter:
    """Read a chapter.

    Args:
        file: Its name, for links and messages.
        module: The module that it describes.
        text: All of it.
    """
    return _Reader(file, module, text).chapter()


def _slug(heading: str) -> str:
    """Make the anchor that GitHub makes of a heading."""
    words = _LINK.sub(r"\1", heading)
    words = re.sub(r"(?<!\w)_+|_+(?!\w)|[*`]", "", words).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


class _Reader:
    def __init__(self, file: str, module: str, text: str) -> None:
        self._file, self._module, self._lines = file, module, text.splitlines()
        self._sections = [Section(file, "", (), 1)]
        self._slugs: dict[str, int] = {}
        self._at = 0

    def chapter(self) -> Chapter:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._sections[-1].text.append(line)
            self._step(line)
            self._at += 1
        return Chapter(self._file, self._module, tuple(self._sections))

    def _step(self, line: str) -> None:
        if line.startswith("```"):
            self._example()
        elif line.startswith("<!--"):
            self._comment(line)
        elif match := _HEADING.match(line):
            self._begin(match[1])
        elif line.startswith("|"):
            self._table()
        elif _EXAMPLE.match(line):
            for url in _URL.findall(line):
                if not _INSTANCE.search(url):
                    self._sections[-1].structures.append(Structure(url, self._at + 1))

    def _begin(self, heading: str) -> None:
        slug = _slug(heading)
        count = self._slugs.get(slug, 0)
        self._slugs[slug] = count + 1
        anchor = f"{slug}-{count}" if count else slug
        self._sections[-1].text.pop()
        words = title(_LINK.sub(r"\1", heading))
        self._sections.append(Section(self._file, words, (anchor,), self._at + 1))

    def _comment(self, line: str) -> None:
        while "-->" not in line and (after := self._next()) is not None:
            line = after

    def _example(self) -> None:
        start, body = self._at, []
        while (line := self._next()) is not None and not line.startswith("```"):
            body.append(line)
        self._sections[-1].snippets.append(Snippet("\n".join(body), start + 2))

    def _next(self) -> str | None:
        self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _table(self) -> None:
        start, rows = self._at, []
        while self._at < len(self._lines) and self._lines[self._at].startswith("|"):
            rows.append(Row(self._cells(self._lines[self._at]), self._at + 1))
            self._at += 1
        self._at -= 1
        body = [row for row in rows[1:] if not _RULER.match(self._lines[row.line - 1])]
        header = tuple(text.lower() for text in rows[0].texts)
        wide = len(header)
        trimmed = tuple(Row(_trimmed(row.cells, wide), row.line) for row in body)
        self._sections[-1].tables.append(Table(header, trimmed, start + 1))

    def _cells(self, line: str) -> tuple[Cell, ...]:
        bare = line.rstrip().removeprefix("|").removesuffix("|")
        return tuple(self._cell(part.replace("\\|", "|")) for part in _BAR.split(bare))

    def _cell(self, text: str) -> Cell:
        match = _LINK.search(text)
        target = (match[2] or self._file, match[3]) if match else None
        raw = unescape(text.replace("\\{", "{").replace("\\}", "}")).strip("\N{NO-BREAK SPACE} ")
        return Cell(bare(_LINK.sub(r"\1", raw)), target, raw)


def _trimmed(cells: tuple[Cell, ...], wide: int) -> tuple[Cell, ...]:
    while len(cells) > wide and not cells[-1].text:
        cells = cells[:-1]
    return cells

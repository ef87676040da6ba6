"""Types as cells of tables name them: ``<<types.asciidoc#..,CiString>>(36)``, ``string(2)``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_audit.markup.document import Cell
from ocpi_audit.spec.chapters import Book

__all__ = ["PLAIN", "Datatype", "Types", "class_name"]

PLAIN: Final = ("CiString", "string", "int", "number", "boolean")

_SPELLED: Final = {
    "String": "string",
    "Integer": "int",
    "integer": "int",
    "Boolean": "boolean",
    "decimal": "Decimal",
}
_WORDS: Final = re.compile(r"([A-Za-z_ ]+?)\s*(?:\((\d+)\)|\[(?:(\d+)\.\.)?(\d+)\])?")
_BACKTICKS: Final = re.compile(r"Regex: `([^`]+)`")
_BARE: Final = re.compile(r"Regex: ([^\s`]+)")
_SAME: Final = re.compile(r"(?:same )?syntax as (?:for )?`?(\w+)`?", re.IGNORECASE)
_RANGE: Final = re.compile(r"\((\d+)-(\d+)\)")
_KINDS: Final = ("class", "object", "enum", "type", "openenum")


def class_name(title: str) -> str:
    """Read the name of a class off its heading: ``Location Object``, ``Status enum``."""
    words = title.split()
    while len(words) > 1 and words[-1].lower() in _KINDS:
        words.pop()
    name = "".join(words)
    return _SPELLED.get(name, name)


@dataclass(frozen=True, slots=True)
class Datatype:
    """What a table says of a type.

    Attributes:
        name: A class, an enumeration, or one of the plain types.
        length: Maximum length (``36``), the least and the most (``1..255``), or a range of
            numbers (``0..100``); or nothing.
        pattern: The regular expression that its description gives, or nothing.
        same_as: The property that it shares the pattern with, or nothing.
        doubt: Where words and link of the cell say different things: what they say.
    """

    name: str
    length: str = ""
    pattern: str = ""
    same_as: str = ""
    doubt: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.length})" if self.length else self.name


class Types:
    """Reads types, knowing which classes there are.

    Args:
        book: The chapters.
        classes: Names of classes by file and anchor of their sections.
    """

    def __init__(self, book: Book, classes: Mapping[tuple[str, str], str]) -> None:
        self._book, self._classes = book, classes
        self._names = frozenset(classes.values()) | frozenset(PLAIN)

    def read(self, cell: Cell, description: Cell | None = None) -> Datatype:
        """Read the type that a cell names, with what its description says about values."""
        match = _WORDS.fullmatch(cell.text.lstrip("> ").strip())
        if match is None:
            return Datatype(cell.text)
        words = match[1].replace(" ", "")
        written = _SPELLED.get(words, words)
        linked = self._linked(cell)
        name = written if written in self._names or linked is None else linked
        text = "" if description is None else description.raw
        return Datatype(
            name=name,
            length=_length(match) or _range(name, text),
            pattern=_pattern(text) if name in PLAIN else "",
            same_as=same[1] if (same := _SAME.search(text)) else "",
            doubt=f"{written}, linked to {linked}" if linked not in {None, name} else "",
        )

    def _linked(self, cell: Cell) -> str | None:
        if cell.target is None:
            return None
        if cell.target in self._classes:
            return self._classes[cell.target]
        located = self._book.anywhere(cell.target[1])
        if located is None:
            return None
        return self._classes.get((located.section.file, cell.target[1]))


def _length(match: re.Match[str]) -> str:
    if match[3]:
        return f"{match[3]}..{match[4]}"
    return match[2] or match[4] or ""


def _range(name: str, text: str) -> str:
    match = _RANGE.search(text) if name in {"number", "int"} else None
    return f"{match[1]}..{match[2]}" if match else ""


def _pattern(text: str) -> str:
    if match := _BACKTICKS.search(text):
        return match[1]
    match = _BARE.search(text)
    return match[1].rstrip(".") if match else ""

"""Classes, enumerations and scalar types, as the tables of the specification say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit.markup.document import Row, Section, Table
from ocpi_audit.spec._datatypes import Types, class_name
from ocpi_audit.spec.chapters import Book, SectionContext

__all__ = ["ENVELOPE", "ClassTable", "class_facts", "class_tables", "link_of", "scalars"]

ENVELOPE: Final = "Envelope"

_PROPERTY: Final = {"property", "field name"}
_TYPE: Final = {"type", "field type"}
_CHOICE: Final = re.compile(r"choice:", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\bstring(?:>>)?\((\d+)\)")
_SCALARS: Final = {"DateTime": "string date-time", "Decimal": "string", "URL": "string"}


@dataclass(frozen=True, slots=True)
class ClassTable:
    """A table that describes a class, or lists the values of an enumeration.

    Attributes:
        name: The class.
        located: Where it is.
        table: The table.
        column: The column of the values of an enumeration; -1 for a class.
    """

    name: str
    located: SectionContext
    table: Table
    column: int = -1

    @property
    def section(self) -> Section:
        """The section that it is in."""
        return self.located.section

    @property
    def is_open(self) -> bool:
        """Whether the heading says that there may be more values."""
        return self.section.title.lower().endswith("openenum")

    @property
    def values(self) -> tuple[str, ...]:
        """The values of an enumeration."""
        return tuple(row.texts[self.column] for row in self.table.rows)


def class_tables(book: Book) -> Iterator[ClassTable]:
    """List the tables of classes and enumerations."""
    for located in book.located:
        for table in located.section.tables:
            column = _column(table.header)
            if column is not None:
                yield ClassTable(_named(located, book), located, table, column)


def _column(header: tuple[str, ...]) -> int | None:
    """Return which column holds values; -1 if the table describes a class; None if neither."""
    if len(header) == 4 and header[0] in _PROPERTY and header[1] in _TYPE:  # noqa: PLR2004
        return -1
    if header[:2] == ("module", "moduleid"):
        return 1
    if header[:1] == ("value",) or header == ("property", "description"):
        return 0
    return None


def _named(located: SectionContext, book: Book) -> str:
    place = f"{located.module}.{located.interface}" if located.interface else located.module
    known = book.dialect.names.get(f"{place} {located.section.title}")
    return known or class_name(located.section.title)


def scalars(book: Book) -> Iterator[SectionContext]:
    """List the sections that describe types without fields: ``string type``, ``URL type``."""
    for located in book.located:
        if located.module == "types" and located.section.title.lower().endswith(" type"):
            yield located


def class_facts(book: Book, tables: Iterable[ClassTable], types: Types, facts: Facts) -> None:
    """State what the specification says of classes."""
    for each in tables:
        if each.column < 0:
            _ClassReader(each, types, facts).read()
        else:
            _enum(each, facts)
    _scalars(book, facts)


def link_of(section: Section) -> str:
    """Return the anchors of a section, joined by ``or`` if there are several."""
    return " or ".join(sorted(f"{section.file}#{anchor}" for anchor in section.anchors))


def _enum(each: ClassTable, facts: Facts) -> None:
    section, name, module = each.section, each.name, each.located.module
    kind = "open enum" if each.is_open else "enum"
    facts.add(Fact(name, "class", kind, Kind.CLASS, module, section.place()))
    facts.add(Fact(name, "link", link_of(section), Kind.CLASS, module, section.place()))
    for row in each.table.rows:
        value = row.texts[each.column]
        place = section.place(row.line)
        facts.add(Fact(f"{name}.{value}", "value", "there", Kind.VALUE, module, place, name))


def _scalars(book: Book, facts: Facts) -> None:
    """Read the lengths of the types that have names and one length."""
    for located in scalars(book):
        name, place = class_name(located.section.title), located.section.place()
        if characters := book.dialect.characters.get(name):
            facts.add(Fact(name, "characters", characters, Kind.OTHER, "types", place))
        if name not in _SCALARS:
            continue
        facts.add(Fact(name, "class", _SCALARS[name], Kind.CLASS, "types", place))
        facts.add(Fact(name, "link", link_of(located.section), Kind.CLASS, "types", place))
        if match := _LENGTH.search("\n".join(located.section.text)):
            facts.add(Fact(name, "length", match[1], Kind.CLASS, "types", place))


class _ClassReader:
    """Reads the table of one class."""

    def __init__(self, each: ClassTable, types: Types, facts: Facts) -> None:
        self._name, self._table, self._section = each.name, each.table, each.section
        self._module, self._types, self._facts = each.located.module, types, facts
        self._patterns: dict[str, str] = {}
        self._choice: list[str] = []

    def read(self) -> None:
        self._add_fact(self._name, "class", "object", self._section.place())
        if self._name != ENVELOPE:
            self._add_fact(self._name, "link", link_of(self._section), self._section.place())
        choosing = False
        for row in self._table.rows:
            if len(row.cells) != len(self._table.header):
                continue
            if _CHOICE.match(row.texts[0]):
                choosing = True
            else:
                choosing = choosing and row.texts[0].startswith(">")
                self._property(row, choosing=choosing)
        if self._choice:
            value = "one of " + ", ".join(self._choice)
            self._add_fact(self._name, "choice", value, self._section.place())

    def _property(self, row: Row, *, choosing: bool) -> None:
        name = row.texts[0].lstrip("> ")
        if self._name == ENVELOPE and name == "data":
            return
        if choosing:
            self._choice.append(name)
        subject, place = f"{self._name}.{name}", self._section.place(row.line)
        self._add_fact(subject, "property", "there", place)
        card = row.texts[2]
        self._add_fact(
            subject, "cardinality", {"1": "?"}.get(card, card) if choosing else card, place
        )
        self._type(subject, row, place)

    def _type(self, subject: str, row: Row, place: SourcePosition) -> None:
        datatype = self._types.read(row.cells[1], row.cells[3])
        name = subject.rpartition(".")[2]
        pattern = datatype.pattern or self._patterns.get(datatype.same_as, "")
        if pattern:
            self._patterns[name] = pattern
            self._add_fact(subject, "pattern", f"^{pattern}$", place)
        self._add_fact(subject, "type", datatype.name, place)
        if datatype.length:
            self._add_fact(subject, "length", datatype.length, place)
        if datatype.doubt:
            self._add_fact(subject, "doubt", datatype.doubt, place)

    def _add_fact(self, subject: str, aspect: str, value: str, place: SourcePosition) -> None:
        parent = self._name if subject != self._name else ""
        kind = Kind.PROPERTY if parent else Kind.CLASS
        self._facts.add(Fact(subject, aspect, value, kind, self._module, place, parent))

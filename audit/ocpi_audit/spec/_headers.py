"""Headers: those of every message, those of pages, and those that single methods answer with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._operations import Operation
from ocpi_audit._profiles import HeaderRule
from ocpi_audit.markup.document import Row
from ocpi_audit.spec._datatypes import Types
from ocpi_audit.spec._methods import Part
from ocpi_audit.spec.chapters import Book

__all__ = ["Header", "common_headers", "header_facts", "own_headers"]

_FIRST: Final = {"http header", "http parameter"}
_TRANSPORT: Final = "transport"


@dataclass(frozen=True, slots=True)
class Header:
    """A header of some messages.

    Attributes:
        name: As it is sent.
        group: ``ids``, ``routing``, ``paging``; or ``own`` for one of a single method.
        value: Its type, and whether it is required, in words.
        place: Where the specification names it.
    """

    name: str
    group: str
    value: str
    place: SourcePosition


def common_headers(book: Book, types: Types, rules: Mapping[str, HeaderRule]) -> list[Header]:
    """List the headers that the chapter on transport names."""
    found = []
    for located in book.located:
        if located.module != _TRANSPORT:
            continue
        for table in located.section.tables:
            if table.header[:1] and table.header[0] in _FIRST:
                typed = "datatype" in table.header
                for row in table.rows:
                    place = located.section.place(row.line)
                    found.append(_common(row, place, types, rules, typed=typed))
    return found


def _common(
    row: Row, place: SourcePosition, types: Types, rules: Mapping[str, HeaderRule], *, typed: bool
) -> Header:
    name = row.texts[0]
    known = next((each for each in rules if each.lower() == name.lower()), name)
    rule = rules.get(known, HeaderRule("unknown"))
    value = str(types.read(row.cells[1])) if typed else rule.type
    if rule.range:
        value += f"({rule.range})"
    return Header(known, rule.group, f"{value} {_word(required=rule.required)}", place)


def own_headers(parts: Iterable[Part], types: Types) -> Iterator[Header]:
    """List the headers that a method answers with."""
    for part in parts:
        for found in part.headers:
            for row in found.table.rows:
                value = str(types.read(row.cells[1]))
                word = _word(required=row.texts[2] == "yes")
                yield Header(row.texts[0], "own", f"{value} {word}", found.section.place(row.line))


def header_facts(operation: Operation, headers: Iterable[Header], facts: Facts) -> None:
    """State which headers the messages of an operation have.

    Args:
        operation: The operation.
        headers: Those that it has: of every message, of pages, of its own.
        facts: Takes them up.
    """
    for header in headers:
        if header.group in {"ids", "routing", "unknown"}:
            _add_fact(operation, ">", header, header.value, facts)
            _add_fact(operation, "<", header, f"{header.value}, in every answer", facts)
        else:
            _add_fact(operation, "<", header, f"{header.value}, with success", facts)


def _add_fact(operation: Operation, sign: str, header: Header, value: str, facts: Facts) -> None:
    subject, parent = f"{operation.subject} {sign} {header.name}", operation.subject
    facts.add(Fact(subject, "header", value, Kind.HEADER, operation.module, header.place, parent))


def _word(*, required: bool) -> str:
    return "required" if required else "optional"

"""What the specification says of each method of an interface: its sections, put together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ocpi_audit._facts import SourcePosition
from ocpi_audit._operations import METHODS
from ocpi_audit.markup.document import Section, Table
from ocpi_audit.spec._paths import Pattern, patterns
from ocpi_audit.spec.chapters import Book, SectionContext

__all__ = ["FoundTable", "Interface", "Method", "Part", "interfaces"]

_PART: Final = re.compile(
    r"(?P<name>.*?):?\s*(request parameters|request body|response data|response headers)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table and the section that it is in."""

    section: Section
    table: Table


@dataclass(slots=True)
class Part:
    """What belongs together in the description of a method.

    A method that gives a list as well as single objects has a part for each.

    Attributes:
        parameters: Tables of parameters.
        contents: Tables that name the classes of bodies and answers.
        headers: Tables of headers in answers.
        patterns: The paths.
    """

    parameters: list[FoundTable] = field(default_factory=list)
    contents: list[FoundTable] = field(default_factory=list)
    headers: list[FoundTable] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)


@dataclass(slots=True)
class Method:
    """A heading of a method, and what is below it.

    Attributes:
        name: The method.
        head: The section with the heading.
        sections: All of it.
        parts: By name; the one without a name holds for all paths.
    """

    name: str
    head: Section
    sections: list[Section] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def patterns(self) -> list[Pattern]:
        """The paths of all its parts."""
        return [pattern for part in self.parts.values() for pattern in part.patterns]


@dataclass(slots=True)
class Interface:
    """An interface of a module.

    Attributes:
        module: The module.
        name: The interface.
        head: The section that it begins with.
        general: What is before its first method.
        offered: Methods that it lists as available.
        doubtful: Where a table lists a method as available and as not available.
        methods: In their order; one may be described several times, for different paths.
    """

    module: str
    name: str
    head: Section
    general: Part = field(default_factory=Part)
    offered: set[str] = field(default_factory=set)
    doubtful: dict[str, SourcePosition] = field(default_factory=dict)
    methods: list[Method] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """It, as the subject of facts."""
        return f"{self.module}.{self.name}"

    def named(self, method: str) -> list[Method]:
        """List the descriptions of a method."""
        return [each for each in self.methods if each.name == method]

    def patterns_of(self, method: Method) -> list[Pattern]:
        """List the paths of a description, or else those of the whole interface."""
        return method.patterns or self.general.patterns


def interfaces(book: Book) -> list[Interface]:
    """List the interfaces that the chapters describe."""
    found: dict[tuple[str, str], Interface] = {}
    for located in book.located:
        if located.interface:
            key = (located.module, located.interface)
            interface = found.setdefault(key, Interface(*key, located.head))
            _take(interface, located, book)
    return list(found.values())


def _take(interface: Interface, located: SectionContext, book: Book) -> None:
    section = located.section
    if located.method:
        if section is located.head:
            interface.methods.append(Method(located.method, section))
        method = interface.methods[-1]
        method.sections.append(section)
        part = method.parts.setdefault(_part(section, method.head), Part())
    else:
        part = interface.general
    part.patterns.extend(_patterns(section, interface.module, book))
    for table in section.tables:
        _sort(FoundTable(section, table), part, interface)


def _part(section: Section, head: Section) -> str:
    match = None if section is head else _PART.match(section.title)
    return match["name"] if match else ""


def _patterns(section: Section, module: str, book: Book) -> Iterator[Pattern]:
    for structure in section.structures:
        yield from patterns(structure.template, module, book.dialect)


def _sort(found: FoundTable, part: Part, interface: Interface) -> None:
    header = found.table.header
    if header == ("method", "description"):
        _offer(found, interface)
    elif header[0] == "http header" or found.section.title.lower() == "response headers":
        part.headers.append(found)
    elif header[:2] == ("parameter", "datatype") and len(header) == 4:  # noqa: PLR2004
        part.parameters.append(found)
    elif header[0] in {"type", "datatype"} and header[1:] == ("card.", "description"):
        part.contents.append(found)


def _offer(found: FoundTable, interface: Interface) -> None:
    listed: dict[str, set[bool]] = {}
    for row in found.table.rows:
        name, text = row.texts[0].strip(), row.texts[1]
        has = not re.match(r"n/[ac]\b", text)
        listed.setdefault(name, set()).add(has)
        if len(listed[name]) > 1:
            interface.doubtful[name] = found.section.place(row.line)
    interface.offered.update(name for name in METHODS if True in listed.get(name, ()))

"""All chapters of a version, and the classes that their links lead to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_conformance.audit import asciidoc, markdown
from ocpi_conformance.audit.document import Chapter, Section, Table
from ocpi_conformance.audit.profiles import Dialect, WrongUsage
from ocpi_conformance.audit.repository import Source

__all__ = ["Book", "ClassTable", "open_book"]

_READERS: Final = {".asciidoc": asciidoc.read, ".md": markdown.read}
_KINDS: Final = ("class", "object", "enum", "type", "openenum")
_PROPERTY: Final = {"property", "field name"}
_TYPE: Final = {"type", "field type"}


@dataclass(frozen=True, slots=True)
class ClassTable:
    """A table that describes a class or lists the values of an enumeration.

    Attributes:
        name: The class.
        module: The module whose chapter describes it.
        section: Where it stands.
        table: The table.
        column: For an enumeration, the column of the values; for a class, -1.
        open: Whether the heading says that there may be more values.
    """

    name: str
    module: str
    section: Section
    table: Table
    column: int = -1
    open: bool = False

    @property
    def is_enum(self) -> bool:
        """Whether it lists values."""
        return self.column >= 0


@dataclass(frozen=True, slots=True)
class Book:
    """The chapters of a version.

    Attributes:
        dialect: How they are written.
        chapters: By file.
        classes: The tables of classes and enumerations, in the order of the chapters.
        anchors: Where links lead to, by file and anchor.
        strangers: Files that look like chapters of modules and that the dialect does not know.
    """

    dialect: Dialect
    chapters: Mapping[str, Chapter]
    classes: tuple[ClassTable, ...]
    anchors: Mapping[tuple[str, str], Section]
    strangers: tuple[str, ...]

    def chapter_of(self, module: str) -> Chapter | None:
        """Find the chapter of a module."""
        return next((each for each in self.chapters.values() if each.module == module), None)

    def section_at(self, link: str) -> Section | None:
        """Find the section that a link ``file#anchor`` leads to."""
        file, _, anchor = link.partition("#")
        return self.anchors.get((file, anchor))

    def class_at(self, file: str, anchor: str) -> str | None:
        """Find the class that a link leads to; some links lack their file."""
        section = self.anchors.get((file, anchor))
        if section is None:
            found = [each for (_, known), each in self.anchors.items() if known == anchor]
            section = found[0] if len(found) == 1 else None
        return None if section is None else class_name(section)


def open_book(source: Source, dialect: Dialect) -> Book:
    """Read the chapters of a version.

    Raises:
        WrongUsage: There are none.
    """
    names = [name for name in source.files() if "/" not in name and name.endswith(dialect.suffix)]
    stems = {name.removesuffix(dialect.suffix): name for name in names}
    read = _READERS[dialect.suffix]
    chapters = {
        stems[stem]: read(stems[stem], module, source.read(stems[stem]))
        for stem, module in dialect.files.items()
        if stem in stems
    }
    if not chapters:
        raise WrongUsage(f"{source.name} holds no chapter of OCPI ending in {dialect.suffix}.")
    strange = (stem for stem in stems if stem.startswith("mod_") and stem not in dialect.files)
    return Book(
        dialect=dialect,
        chapters=chapters,
        classes=tuple(_classes(chapters.values(), dialect)),
        anchors=_anchors(chapters.values()),
        strangers=tuple(sorted(stems[stem] for stem in strange)),
    )


def _anchors(chapters: "Mapping[str, Chapter] | object") -> dict[tuple[str, str], Section]:
    return {}


def class_name(section: Section) -> str:
    """Read the name of a class off a heading: ``Location Object``, ``Status enum``."""
    words = section.title.split()
    while len(words) > 1 and words[-1].lower() in _KINDS:
        words.pop()
    return "".join(words)


def _classes(chapters: "object", dialect: Dialect) -> Iterator[ClassTable]:
    yield from ()

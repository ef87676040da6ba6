"""All chapters of a version: which section belongs to which interface and method."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_audit._operations import METHODS
from ocpi_audit._profiles import Dialect, WrongUsage
from ocpi_audit._repository import Source
from ocpi_audit.markup import asciidoc, markdown
from ocpi_audit.markup.document import Chapter, Section

__all__ = ["Book", "SectionContext", "open_book"]

_READERS: Final = {".asciidoc": asciidoc.read, ".md": markdown.read}
_METHOD: Final = re.compile(rf"({'|'.join(METHODS)})\b")
_PART: Final = re.compile(r"request|response|example", re.IGNORECASE)
_OBJECTS: Final = re.compile(r"(object descriptions?|data types)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SectionContext:
    """A section, and what it belongs to.

    Attributes:
        module: The module of its chapter.
        section: The section.
        interface: The interface that it describes, or nothing.
        method: The method that it describes, or nothing.
        head: The section with the heading of the method, or of the interface.
    """

    module: str
    section: Section
    interface: str
    method: str
    head: Section


@dataclass(frozen=True, slots=True)
class Book:
    """The chapters of a version.

    Attributes:
        dialect: How they are written.
        chapters: In the order of the dialect.
        located: All their sections.
        strangers: Files that look like chapters of modules and that the dialect does not know.
    """

    dialect: Dialect
    chapters: tuple[Chapter, ...]
    located: tuple[SectionContext, ...]
    strangers: tuple[str, ...]

    def chapter_of(self, module: str) -> Chapter | None:
        """Find the chapter of a module."""
        return next((each for each in self.chapters if each.module == module), None)

    def at(self, file: str, anchor: str) -> SectionContext | None:
        """Find where a link leads to."""
        return next(
            (
                each
                for each in self.located
                if each.section.file == file and anchor in each.section.anchors
            ),
            None,
        )

    def anywhere(self, anchor: str) -> SectionContext | None:
        """Find where a link leads to that lacks its file."""
        found = [each for each in self.located if anchor in each.section.anchors]
        return found[0] if len(found) == 1 else None


def open_book(source: Source, dialect: Dialect) -> Book:
    """Read the chapters of a version.

    Raises:
        WrongUsage: There are none.
    """
    names = [name for name in source.files() if "/" not in name and name.endswith(dialect.suffix)]
    stems = {name.removesuffix(dialect.suffix): name for name in names}
    read = _READERS[dialect.suffix]
    chapters = tuple(
        read(stems[stem], module, source.read(stems[stem]))
        for stem, module in dialect.files.items()
        if stem in stems
    )
    if not chapters:
        raise WrongUsage(f"{source.name} contains no chapter of OCPI ending in {dialect.suffix}.")
    strange = sorted(
        stem for stem in stems if stem.startswith("mod_") and stem not in dialect.files
    )
    return Book(
        dialect=dialect,
        chapters=chapters,
        located=tuple(
            each for chapter in chapters for each in _locate(chapter, dialect.interfaces)
        ),
        strangers=tuple(stems[stem] for stem in strange),
    )


def _locate(chapter: Chapter, interfaces: Mapping[str, str]) -> Iterator[SectionContext]:
    """Walk through a chapter: headings begin interfaces and methods, and objects end them."""
    interface = method = ""
    head = chapter.sections[0]
    for section in chapter.sections:
        title = section.title
        begun = interfaces.get(f"{chapter.module} {title}") or interfaces.get(title)
        if begun:
            interface, method, head = begun, "", section
        elif _OBJECTS.match(title):
            interface, method, head = "", "", section
        elif interface and (match := _METHOD.match(title)) and not _PART.search(title):
            method, head = match[1], section
        yield SectionContext(chapter.module, section, interface, method, head)

"""The official examples in JSON: files, and what chapters show."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ocpi_audit._facts import SourcePosition
from ocpi_audit._repository import Source
from ocpi_audit.markup.document import Snippet
from ocpi_audit.spec.chapters import Book, SectionContext

__all__ = ["Example", "examples_in"]

_REQUEST: Final = re.compile(r"\s*(?:GET|POST|PUT|PATCH|DELETE) To URL: (\S+)\s*")
_JSON: Final = re.compile(r"\s*[{\[\"]")
_FOLDER: Final = "examples/"


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Attributes:
        name: How errata call it: the file, or file and anchor of the section that shows it.
        text: The JSON, sometimes a fragment: ``"energy_mix": {...}``.
        place: Where it is shown.
        located: The section that shows it; none for a file that no chapter shows.
        url: Where the request goes that it is the body of, or nothing.
    """

    name: str
    text: str
    place: SourcePosition
    located: SectionContext | None
    url: str = ""


def examples_in(source: Source, book: Book) -> Iterator[Example]:
    """List the examples of a version."""
    shown: set[str] = set()
    names: Counter[str] = Counter()
    for located in book.located:
        for snippet in located.section.snippets:
            example = _shown(snippet, located, source)
            if example and example.name not in shown:
                shown.update({example.name} if snippet.file else ())
                yield _numbered(example, names)
    for path in source.files():
        if path.startswith(_FOLDER) and path.endswith(".json") and path not in shown:
            yield Example(path, source.read(path), SourcePosition(path, "", 1), None)


def _shown(snippet: Snippet, located: SectionContext, source: Source) -> Example | None:
    """Read what a chapter shows, if it is JSON."""
    request = _REQUEST.match(snippet.text)
    url = request[1] if request else ""
    if snippet.file:
        text = source.read(snippet.file)
        return Example(snippet.file, text, SourcePosition(snippet.file, "", 1), located, url)
    text = snippet.text[request.end() :] if request else snippet.text
    if not _JSON.match(text):
        return None
    name = f"{located.section.file}#{_anchor(located)}"
    return Example(name, text, located.section.place(snippet.line), located, url)


def _anchor(located: SectionContext) -> str:
    """Name a section by its anchor, or else by the method that it is about, or its title."""
    section = located.section
    if section.anchors:
        return section.anchors[0]
    return f"{located.method.lower()} example" if located.method else section.title.lower()


def _numbered(example: Example, names: Counter[str]) -> Example:
    """Number the examples of one section: the second is ``...:2``."""
    names[example.name] += 1
    count = names[example.name]
    if count == 1:
        return example
    name = f"{example.name}:{count}"
    return Example(name, example.text, example.place, example.located, example.url)

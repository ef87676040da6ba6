"""Markdown of the repository as HTML, its links leading to pages of the site."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["Text", "render", "text_pages"]

_PARSER: Final = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Text:
    """A document ready for its page.

    Attributes:
        title: Its first heading.
        html: Its body.
    """

    title: str
    html: str


def text_pages(paths: Iterable[str]) -> dict[str, str]:
    """Return the page of each document, by its path in the repository."""
    return {path: path.removesuffix(".md") + ".html" for path in sorted(paths)}


def render(path: str, source: str, pages: dict[str, str]) -> Text:
    """Render a document.

    Args:
        path: Where it stands in the repository.
        source: Its text.
        pages: The documents that have pages. A link to anything else in the repository becomes
            plain text: the site stands without the sources.
    """
    tokens = _PARSER.parse(source)
    titles = list(_headings(tokens))
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, lambda to: _target(path, to, pages)))
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Text(titles[0] if titles else path, html)


def _headings(tokens: list[Token]) -> Iterator[str]:
    """Set the id of each heading that links to it use, and name it."""
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        words = "".join(one.content for one in inline.children or ())
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        opening.attrSet("id", f"{slug}-{count}" if count else slug)
        yield words


def _linked(children: list[Token], target: Callable[[str], str | None]) -> Iterator[Token]:
    """Turn links to where they lead now; keep the words of those that lead nowhere."""
    dropped = False
    for token in children:
        if token.type == "link_open":
            href = target(str(token.attrGet("href")))
            dropped = href is None
            if href is not None:
                token.attrSet("href", href)
        if not (dropped and token.type in {"link_open", "link_close"}):
            yield token


def _target(path: str, href: str, pages: dict[str, str]) -> str | None:
    """Find the page that a link leads to, relative to the one that it stands on."""
    place, mark, anchor = href.partition("#")
    if re.match(r"[a-z]+:", href) or not place:
        return href
    wanted = normpath((PurePosixPath(path).parent / place).as_posix())
    known = wanted in pages
    page = place.removesuffix(".md") + ".html" if known else place.rstrip("/") + "/README.html"
    return page + mark + anchor if known or f"{wanted}/README.md" in pages else None

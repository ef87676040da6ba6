"""Markdown of the repository as sources of pages: its links lead to pages of the site."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

__all__ = ["START", "page_of", "source", "title"]

START: Final = "index.md"
"""The start page; it takes the place of the README of the repository."""
_CODE: Final = re.compile(r"(^```.*?^```$|`[^`\n]+`(?!\]))", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^# (.+)$", re.MULTILINE)


def title(path: str, text: str) -> str:
    """Return the first heading of a document, or its path if it has none."""
    found = _HEADING.search(text)
    return found[1].replace("`", "") if found else path


def page_of(path: str) -> str:
    """Return where a document of the repository is in the sources of the site."""
    if path == "README.md":
        return START
    return re.sub(r"(^|/)README\.md$", r"\1index.md", path)


def source(path: str, text: str, known: Collection[str]) -> str:
    """Return the text of a page.

    Args:
        path: Where the document is in the repository.
        text: Its Markdown.
        known: The documents that have pages. A link to anything else in the repository becomes
            plain text: the site is without the sources.
    """
    parts = _CODE.split(text)
    for number in range(0, len(parts), 2):
        parts[number] = _LINK.sub(lambda link: _linked(path, link, known), parts[number])
    return "".join(parts)


def _linked(path: str, link: re.Match[str], known: Collection[str]) -> str:
    words, href = link.groups()
    place, mark, anchor = href.partition("#")
    if re.match(r"[a-z]+:", href) or not place:
        return link[0]
    folder = PurePosixPath(path).parent
    wanted = normpath((folder / place).as_posix())
    target = next((one for one in (wanted, f"{wanted}/README.md") if one in known), None)
    if target is None:
        return words
    here = PurePosixPath(page_of(path)).parent.parts
    return f"[{words}]({'../' * len(here)}{page_of(target)}{mark}{anchor})"

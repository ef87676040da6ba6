"""The rendered diffs between neighbouring versions, in ``docs/versions``."""

from itertools import pairwise
from pathlib import Path
from typing import Final

from ocpi_generator.bundle import build_bundles
from ocpi_generator.diff._compare import compare
from ocpi_generator.diff._render import as_markdown
from ocpi_generator.documents import Library

__all__ = ["pages", "stale"]

_HEADER: Final = "<!-- Rendered by `ocpi diff --pages`. Not to be edited. -->\n\n"


def pages(root: Path) -> dict[str, str]:
    """Return the pages by file name: one for each version and the one after it.

    Raises:
        Refused: The documents are broken.
    """
    library = Library(root)
    names = sorted(library.names(), key=_order)
    bundles = {name: build_bundles(library.readable(name)) for name in names}
    return {
        f"{old}-to-{new}.md": _HEADER + as_markdown(compare(bundles[old], bundles[new], (old, new)))
        for old, new in pairwise(names)
    }


def _order(version: str) -> list[tuple[int, str]]:
    """Sort 2.10 after 2.9, and what is no number after the numbers."""
    return [(int(one), "") if one.isdecimal() else (10**9, one) for one in version.split(".")]


def stale(texts: dict[str, str], folder: Path) -> list[str]:
    """Name the pages that are not as rendered, and those that would not be rendered any more."""
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*-to-*.md")}
    return sorted(name for name in {*texts, *found} if texts.get(name) != found.get(name))

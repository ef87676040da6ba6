"""The sections of the site: tutorials, guides, reference and explanations."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from ocpi_generator.site._api import ApiPage

__all__ = ["navigation"]

_TUTORIALS: Final = (
    "docs/guides/first-steps.md",
    "docs/guides/embed-client.md",
    "docs/guides/embed-server.md",
    "docs/guides/test-integration.md",
)
_PROJECT: Final = ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def navigation(titles: Mapping[str, str], tables: Mapping[str, str], api: Sequence[ApiPage]) -> str:
    """Return the navigation as an array of TOML.

    Args:
        titles: The titles of the texts by their pages.
        tables: The titles of the pages with tables of modules, likewise.
        api: The pages of the API reference.
    """
    named = dict(titles)
    tutorials = _taken(named, [page for page in _TUTORIALS if page in named])
    guides = _taken(named, _below(named, "docs/guides/"))
    versions = _taken(named, _below(named, "docs/versions/"))
    decisions = _taken(named, _below(named, "docs/decisions/"))
    project = _taken(named, [page for page in _PROJECT if page in named])
    others = _taken(named, sorted(named))
    reference = [*(_page(title, page) for page, title in tables.items()), *others]
    reference += _group("From version to version", versions)
    for group in dict.fromkeys(one.group for one in api):
        pages = [_page(one.title, one.page) for one in api if one.group == group]
        reference += _group(f"API: {group}", pages)
    entries = [_page("Start", "index.md")]
    entries += _group("Tutorials", tutorials) + _group("Guides", guides)
    entries += _group("Reference", reference)
    entries += _group("Explanations", project[:1] + _group("Decisions", decisions) + project[1:])
    return f"[{', '.join(entries)}]"


def _below(titles: Mapping[str, str], folder: str) -> list[str]:
    """List the pages of a folder, its index first."""
    found = [page for page in titles if page.startswith(folder)]
    return sorted(found, key=lambda page: (not page.endswith("/index.md"), page))


def _taken(titles: dict[str, str], pages: Sequence[str]) -> list[str]:
    return [_page(titles.pop(page), page) for page in pages]


def _page(title: str, page: str) -> str:
    return f"{{{json.dumps(title)} = {json.dumps(page)}}}"


def _group(title: str, entries: Sequence[str]) -> list[str]:
    return [f"{{{json.dumps(title)} = [{', '.join(entries)}]}}"] if entries else []

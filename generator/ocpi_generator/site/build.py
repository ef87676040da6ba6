"""Writing the site."""

import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ocpi_generator.bundle import VersionBundle, weave
from ocpi_generator.documents import Library
from ocpi_generator.site.markdown import render, text_pages
from ocpi_generator.site.reference import entries, verb_rows

__all__ = ["SiteError", "build"]

_TEMPLATES: Final = Path(__file__).parent.parent / "templates" / "site"
_VIEWER: Final = ("javascripts/swagger-ui-bundle.js", "stylesheets/swagger-ui.css")
_PACKAGE: Final = "mkdocs_swagger_ui_tag"
"""Has the files of Swagger UI; it is a plug-in for something else, so it is not imported."""
_MARK: Final = ".ocpi-docs"
"""Tells a folder that was written here, and may be replaced, from any other."""
_SHELVES: Final = {
    "docs/guides": "Guides",
    "docs/versions": "From version to version",
    "docs/decisions": "Decisions",
    "": "The project",
}
"""Where texts are listed, by the folder of their pages; those of other folders are at the last."""


class SiteError(ValueError):
    """The site cannot be written there."""


def build(root: Path, out: Path) -> int:
    """Write the site.

    Args:
        root: The folder of the documents; the guides are in ``docs`` beside it.
        out: The folder to write, replaced as a whole if this wrote it before.

    Returns:
        The number of pages.

    Raises:
        SiteError: The folder holds something else.
        Refused: The documents are broken.
    """
    library = Library(root)
    names = library.names()
    bundles = [weave(library.readable(name)) for name in names]
    _clear(out)
    site = _Site(out)
    shutil.copyfile(_TEMPLATES / "site.css", out / "site.css")
    (out / "viewer").mkdir()
    for name in _VIEWER:
        shutil.copyfile(_viewer() / name, out / "viewer" / Path(name).name)
    for bundle in bundles:
        _reference(site, bundle)
    texts = _texts(site, root.absolute().parent)
    rows = verb_rows(bundles)
    site.write("verbs.html", "verbs.html.jinja", versions=names, rows=rows)
    site.write(
        "index.html",
        "index.html.jinja",
        versions={one.meta.version: entries(one) for one in bundles},
        shelves=_shelves(texts),
    )
    return site.pages


def _viewer() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named {_PACKAGE!r}", name=_PACKAGE)
    return Path(found.submodule_search_locations[0]) / "swagger-ui"


def _clear(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise SiteError(f"{out} is not empty and was not written by this command.")
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / _MARK).touch()


class _Site:
    """Writes pages from templates."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.pages = 0
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, page: str, template: str, **values: Any) -> None:
        """Write a page; ``up`` leads from it to the root of the site."""
        path = self.out / page
        path.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * page.count("/")
        text = self._environment.get_template(template).render(up=up, **values)
        path.write_text(text, encoding="utf-8")
        self.pages += 1


def _reference(site: _Site, bundle: VersionBundle) -> None:
    for entry in entries(bundle):
        document = bundle.documents[f"{entry.module}.{entry.interface}"]
        # A page opened from a disk may not fetch a file beside it, so the bundle stands in it.
        text = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
        site.write(entry.page, "reference.html.jinja", entry=entry, document=Markup(text))  # noqa: S704 - JSON without <


def _texts(site: _Site, repository: Path) -> dict[str, str]:
    """Write the guides; give their titles by page."""
    sources = _sources(repository)
    pages = text_pages({path.relative_to(repository).as_posix() for path in sources})
    titles = {}
    for path, page in pages.items():
        text = render(path, (repository / path).read_text(encoding="utf-8"), pages)
        body = Markup(text.html)  # noqa: S704 - rendered from our own documents
        site.write(page, "text.html.jinja", title=text.title, body=body)
        titles[page] = text.title
    return titles


def _shelves(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Sort the titles of pages by what they are for."""
    shelves: dict[str, dict[str, str]] = {name: {} for name in _SHELVES.values()}
    for page, title in texts.items():
        shelves[_SHELVES.get(page.rpartition("/")[0], _SHELVES[""])][page] = title
    return {name: titles for name, titles in shelves.items() if titles}


def _sources(repository: Path) -> Sequence[Path]:
    return [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]

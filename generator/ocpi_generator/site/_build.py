"""Writing the site: sources for Zensical, which makes the pages, and pages of the bundles."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ocpi_generator.bundle import VersionBundle, build_bundles
from ocpi_generator.documents import Library, document_sets
from ocpi_generator.site._api import api_pages, source_folders
from ocpi_generator.site._markdown import START, page_of, source, title
from ocpi_generator.site._reference import ReferenceEntry, entries, module_rows, verb_rows
from ocpi_generator.site._sections import navigation

__all__ = ["PagesFailed", "SiteError", "build"]

_TEMPLATES: Final = Path(__file__).parent.parent / "templates" / "site"
_COPIED: Final = ("chain.svg", "chain-narrow.svg", "ocpi.css")
_VIEWER: Final = ("javascripts/swagger-ui-bundle.js", "stylesheets/swagger-ui.css")
_PACKAGE: Final = "mkdocs_swagger_ui_tag"
"""Has the files of Swagger UI; it is a plug-in for something else, so it is not imported."""
_NEEDED: Final = ("zensical", "mkdocstrings_handlers.python", _PACKAGE)
_MATRIX: Final = "versions.md"
_MARK: Final = ".ocpi-docs"
"""Marks a folder that was written here, and may be replaced."""


class SiteError(ValueError):
    """The site cannot be written there."""


class PagesFailed(Exception):
    """The generator of pages failed; the message has what it printed."""


def build(root: Path, out: Path) -> int:
    """Write the site.

    Args:
        root: The folder of the documents; the guides are in ``docs`` beside it.
        out: The folder to write, replaced as a whole if this wrote it before.

    Returns:
        The number of pages.

    Raises:
        SiteError: The folder holds something else.
        PagesFailed: The generator of pages fails.
        Refused: The documents are broken.
        ModuleNotFoundError: The extra ``docs`` is not installed.
    """
    _require()
    bundles = _bundles(root)
    sets = {folder.name: _bundles(folder) for folder in document_sets(root)}
    _clear(out)
    with TemporaryDirectory(prefix="ocpi-docs-") as folder:
        site = _Sources(Path(folder))
        _write_sources(site, root.absolute().parent, bundles, sets)
        _run_zensical(site.folder)
        # The page for what is not found refers to the root of a server.
        ignored = shutil.ignore_patterns("404.html", "sitemap.xml")
        shutil.copytree(site.folder / "site", out, dirs_exist_ok=True, ignore=ignored)
    return sum(1 for _ in out.rglob("*.html"))


def _bundles(root: Path) -> list[VersionBundle]:
    library = Library(root)
    return [build_bundles(library.readable(name)) for name in library.names()]


def _require() -> None:
    for name in _NEEDED:
        try:
            found = find_spec(name)
        except ModuleNotFoundError:
            found = None
        if found is None:
            module = name.partition(".")[0]
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)


def _clear(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise SiteError(f"{out} is not empty and was not written by this command.")
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / _MARK).touch()


class _Sources:
    """The folder from which the pages are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(("html.jinja",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, page: str, text: str) -> None:
        """Write a file below the folder of the pages."""
        path = self.folder / "docs" / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def render(self, template: str, **values: Any) -> str:
        """Return what a template makes of values."""
        return self._environment.get_template(template).render(**values)


def _write_sources(
    site: _Sources,
    repository: Path,
    bundles: Sequence[VersionBundle],
    sets: Mapping[str, Sequence[VersionBundle]],
) -> None:
    versions = [one.meta.version for one in bundles]
    titles = dict(_texts(site, repository))
    for bundle in bundles:
        _reference(site, bundle, entries(bundle), _MATRIX)
    others = dict(each for name, found in sets.items() for each in _set(site, name, found))
    rows = verb_rows(bundles)
    site.write(_MATRIX, site.render("versions.md.jinja", versions=versions, rows=rows))
    pages = list(api_pages(repository, versions))
    for one in pages:
        site.write(one.page, f"# {one.group}: {one.title.lower()}\n\n::: {one.module}\n")
    texts = bool(titles)
    site.write(START, site.render("index.md.jinja", versions=versions, texts=texts))
    for name in _COPIED:
        shutil.copyfile(_TEMPLATES / name, site.folder / "docs" / name)
    viewer = site.folder / "docs" / "viewer"
    viewer.mkdir()
    for name in _VIEWER:
        shutil.copyfile(_viewer() / name, viewer / Path(name).name)
    nav = navigation(titles, {_MATRIX: "Versions and modules", **others}, pages)
    paths = json.dumps([str(path) for path in source_folders(repository)])
    settings = site.render("zensical.toml.jinja", navigation=nav, paths=paths)
    (site.folder / "zensical.toml").write_text(settings, encoding="utf-8")


def _texts(site: _Sources, repository: Path) -> Iterator[tuple[str, str]]:
    """Write the guides; yield page and title of each."""
    found = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]
    texts = {
        path.relative_to(repository).as_posix(): path.read_text(encoding="utf-8") for path in found
    }
    for path, text in sorted(texts.items()):
        if page_of(path) != START:
            site.write(page_of(path), source(path, text, texts))
            yield page_of(path), title(path, text)


def _set(site: _Sources, name: str, bundles: Sequence[VersionBundle]) -> Iterator[tuple[str, str]]:
    """Write the pages of documents that are no version of OCPI; yield page and title of each."""
    for bundle in bundles:
        version = bundle.meta.version
        title, page = f"{bundle.meta.name} {version}", f"{name}-{version}.md"
        found = entries(bundle, f"reference/{name}")
        _reference(site, bundle, found, page)
        site.write(
            page, site.render("modules.md.jinja", title=title, rows=module_rows(bundle, found))
        )
        yield page, title


def _reference(
    site: _Sources, bundle: VersionBundle, found: Sequence[ReferenceEntry], index: str
) -> None:
    documents = bundle.published()
    for entry in found:
        document = documents[f"{entry.module}.{entry.interface}"]
        # A page opened from a disk may not fetch a file beside it, so the bundle is in it.
        text = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
        up = "../" * entry.page.count("/")
        shown = Markup(text)  # noqa: S704 - JSON without <
        site.write(
            entry.page,
            site.render(
                "reference.html.jinja",
                entry=entry,
                document=shown,
                up=up,
                index=Path(index).with_suffix(".html").name,
            ),
        )


def _viewer() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named {_PACKAGE!r}", name=_PACKAGE)
    return Path(found.submodule_search_locations[0]) / "swagger-ui"


def _run_zensical(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or not (folder / "site" / "index.html").is_file():
        raise PagesFailed(f"Zensical failed: {(done.stderr or done.stdout).strip()}")

"""The site: complete, its links lead somewhere, and nothing is loaded from anywhere else."""

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from ocpi_generator.cli import app

REPOSITORY = Path(__file__).parents[2]
ROOT = REPOSITORY / "openapi"
LAYERED = REPOSITORY / "tests" / "generator" / "layered" / "openapi"
LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
EXTERNAL = re.compile(r"^([a-z]+:)?//|^(?!data:)[a-z]+:", re.IGNORECASE)


class Page(HTMLParser):
    """What a page refers to.

    Attributes:
        links: Where it leads.
        loads: What a browser fetches to show it.
        ids: What can be linked to.
        bundle: The text of the bundle in it, if it has one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.bundle = ""
        self._in_bundle = False
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in LOADING or (name == "href" and tag != "a"):
                self.loads.append(value or "")
            elif name == "id":
                self.ids.add(value or "")
        self._in_bundle = ("id", "bundle") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._in_bundle = False

    def handle_data(self, data: str) -> None:
        if self._in_bundle:
            self.bundle += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs") / "site"
    assert run(out)[0] == 0
    return out


def run(out: Path, root: Path = ROOT) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["docs", "--out", str(out), "--root", str(root)])
    return result.exit_code, result.stderr


@cache
def page(path: Path) -> Page:
    return Page(path)


def pages(site: Path) -> Iterator[tuple[Path, Page]]:
    for path in site.rglob("*.html"):
        yield path, page(path)


def test_every_interface_of_every_version_has_its_page_with_its_bundle(site: Path) -> None:
    bindings = REPOSITORY / "generated" / "ocpi_bindings"
    bundles = list(bindings.glob("*/documents/*.*.json"))
    assert len(bundles) == len(list(site.glob("reference/*/*.html")))
    for path in bundles:
        document = json.loads(path.read_text(encoding="utf-8"))
        version = document["info"]["version"]
        shown = page(site / "reference" / version / f"{path.stem}.html")
        assert json.loads(shown.bundle) == document
        assert "../../viewer/swagger-ui-bundle.js" in shown.loads


def test_the_operator_api_has_its_pages_beside_them(site: Path) -> None:
    bundles = list(
        (REPOSITORY / "generated" / "ocpi_operator" / "v1" / "documents").glob("*.both.*")
    )
    assert bundles
    text = (site / "operator-1.html").read_text(encoding="utf-8")
    assert "Operator API 1" in text
    for path in bundles:
        place = f"reference/operator/1/{path.stem}.html"
        assert f'href="{place}"' in text
        shown = page(site / place)
        assert json.loads(shown.bundle) == json.loads(path.read_text(encoding="utf-8"))
        assert "../../../operator-1.html" in shown.links
    assert "ocpi_operator.v1.models.Event.kind" in page(site / "api/operator/models.html").ids


def test_every_link_leads_somewhere(site: Path) -> None:
    for path, shown in pages(site):
        for link in shown.links:
            if EXTERNAL.match(link):
                continue
            place, _, anchor = unquote(link).partition("#")
            target = (path.parent / place).resolve() if place else path
            assert target.is_file(), f"{path}: {link}"
            assert not anchor or anchor in page(target).ids, f"{path}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path, shown in pages(site):
        for loaded in shown.loads:
            assert not EXTERNAL.match(loaded), f"{path}: {loaded}"
            assert loaded.startswith("data:") or (path.parent / loaded).is_file()
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        for quoted in re.findall(r"url\(\s*[\"']?([^\"')]{0,8})", text):
            assert not EXTERNAL.match(quoted), f"{sheet}: {quoted}"


def test_every_page_can_be_reached(site: Path) -> None:
    seen, waiting = set(), [site / "index.html"]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            places = [link.partition("#")[0] for link in page(path).links]
            local = [unquote(one) for one in places if one and not EXTERNAL.match(one)]
            waiting += [(path.parent / one).resolve() for one in local]
    assert seen == {path.resolve() for path in site.rglob("*.html")}


def test_classes_link_to_the_specification(site: Path) -> None:
    links = page(site / "api" / "2.2.1" / "models.html").links
    wanted = "/release-2.2.1-bugfixes/mod_tokens.asciidoc#mod_tokens_allowed_enum"
    assert any(link.endswith(wanted) for link in links)


def test_the_table_names_the_verbs(site: Path) -> None:
    text = (site / "versions.html").read_text(encoding="utf-8")
    rows = [re.sub(r"\s+", " ", row) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)]
    row = next(each for each in rows if "<td>locations</td> <td>receiver</td>" in each)
    assert row.count(">GET PUT PATCH</a>") == 5
    row = next(each for each in rows if "<td>payments</td> <td>sender</td>" in each)
    assert row.count("<td></td>") == 4


def test_the_start_page_has_the_picture_and_the_sections(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    for picture in ("chain.svg", "chain-narrow.svg"):
        assert picture in text
        assert (site / picture).read_text(encoding="utf-8").startswith("<svg")
    tabs = re.findall(r'class="md-tabs__link">\s*(.*?)\s*</a>', text, re.DOTALL)
    assert tabs == ["Start", "Tutorials", "Guides", "Reference", "Explanations"]
    assert 'data-md-color-scheme="slate"' in text
    assert (site / "search.json").stat().st_size > 0


def test_guides_and_diffs_are_part_of_it_with_highlighted_code(site: Path) -> None:
    text = (site / "docs" / "guides" / "embed-client.html").read_text(encoding="utf-8")
    assert '<h1 id="embed-the-client">' in text
    assert '<span class="kn">import</span>' in text
    assert (site / "docs" / "versions" / "2.2-to-2.2.1.html").is_file()


def test_the_api_is_described_by_docstrings(site: Path) -> None:
    runtime = page(site / "api" / "runtime" / "client.html")
    models = page(site / "api" / "2.2.1" / "models.html")
    assert "ocpi_runtime.client.Peer" in runtime.ids
    assert "ocpi_bindings.v2_2_1.models.Location.coordinates" in models.ids


def test_only_its_own_folder_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert run(out, LAYERED)[0] == 0
    (out / "left.html").write_text("old", encoding="utf-8")
    assert run(out, LAYERED)[0] == 0
    assert not (out / "left.html").exists()
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(tmp_path, LAYERED)[0] == 2
    assert (tmp_path / "mine.txt").is_file()
    assert run(out, tmp_path)[0] == 2

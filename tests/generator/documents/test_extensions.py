"""Extensions of a version: modules described elsewhere, and what they add to other classes."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ocpi_generator.bundle import VersionBundle, bundle_version
from ocpi_generator.lint import lint

FIXTURE = Path(__file__).parents[1] / "layered"
ELSEWHERE = "https://example.com/stamps/"
STAMPS = '[modules.stamps]\nkind = "configuration"\n'
SIZE = "[SMALL, LARGE]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the made-up specification, its module stamps turned into an extension."""
    shutil.copytree(FIXTURE, tmp_path / "spec")
    root = tmp_path / "spec" / "openapi"
    shutil.rmtree(root / "1.1")
    extended = f'{STAMPS}extension = true\nspecification = "{ELSEWHERE}"\n'
    change(root / "1.0/version.toml", STAMPS, extended)
    return root


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def mark(root: Path, extra: str) -> None:
    change(root / "1.0/boxes/schemas.yaml", SIZE, f"{SIZE}  x-ocpi-extension: {extra}\n")


def classes(bundle: VersionBundle) -> Any:
    return bundle.schemas["components"]["schemas"]


def rules(root: Path) -> list[tuple[str, str]]:
    return [(one.rule, Path(one.file).relative_to(root).as_posix()) for one in lint(root)]


def test_an_extension_links_to_its_own_specification(root: Path) -> None:
    bundle = bundle_version(root, "1.0")
    document = bundle.documents["stamps.both"]
    assert document["externalDocs"]["url"].startswith(ELSEWHERE)
    assert document["paths"]["/"]["get"]["externalDocs"]["url"].startswith(ELSEWHERE)
    assert classes(bundle)["Stamp"]["externalDocs"]["url"].startswith(ELSEWHERE)
    assert classes(bundle)["Box"]["externalDocs"]["url"].startswith("https://example.com/boxes/")
    assert bundle.meta.modules["stamps"].extension


def test_a_specification_is_a_url(root: Path) -> None:
    change(root / "1.0/version.toml", ELSEWHERE, "stamps")
    assert ("version", "1.0/version.toml") in rules(root)


@pytest.mark.parametrize("extra", ["stamps", "{LARGE: stamps}"])
def test_what_an_extension_adds_is_marked(root: Path, extra: str) -> None:
    mark(root, extra)
    assert rules(root) == []
    assert "x-ocpi-extension" in classes(bundle_version(root, "1.0"))["Size"]


@pytest.mark.parametrize("extra", ["jobs", "{LARGE: jobs}", "{HUGE: stamps}", "7"])
def test_a_mark_that_fits_nothing(root: Path, extra: str) -> None:
    mark(root, extra)
    assert rules(root) == [("extension", "1.0/boxes/schemas.yaml")]


def test_an_operation_of_an_extension_is_marked(root: Path) -> None:
    path, line = root / "1.0/boxes/receiver.yaml", "      operationId: patch_box\n"
    change(path, line, f"{line}      x-ocpi-extension: stamps\n")
    assert rules(root) == []
    change(path, "x-ocpi-extension: stamps", "x-ocpi-extension: stemps")
    assert rules(root) == [("extension", "1.0/boxes/receiver.yaml")]


def test_a_patch_may_lack_what_others_must_carry(root: Path) -> None:
    assert classes(bundle_version(root, "1.0"))["BoxPatch"]["required"] == ["last_updated"]
    change(root / "1.0/version.toml", "[patch]\n", '[patch]\noptional = ["Box.last_updated"]\n')
    assert rules(root) == []
    patch = classes(bundle_version(root, "1.0"))["BoxPatch"]
    assert "required" not in patch
    assert "last_updated" in patch["x-ocpi-not-null"]


@pytest.mark.parametrize("entry", ["Box.id", "Box.stamp", "Bag.last_updated"])
def test_an_exception_of_patch_that_matches_nothing(root: Path, entry: str) -> None:
    change(root / "1.0/version.toml", "[patch]\n", f'[patch]\noptional = ["{entry}"]\n')
    assert rules(root) == [("patch-optional", "1.0/version.toml")]

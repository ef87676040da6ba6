"""Our readings of the specification, rendered for people."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator.cli import app

REPOSITORY = Path(__file__).parent.parent.parent
ERRATUM = """
[[erratum]]
id = "E-ONE"
versions = ["2.2.1"]
where = ["types.asciidoc#types_url_type"]
reading = "A URL has at most 255 characters."
reason = "The table has it."
leniency = "none"
"""

runner = CliRunner()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder of documents with errata beside it."""
    shutil.copytree(REPOSITORY / "openapi", tmp_path / "openapi")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "errata.toml").write_text(ERRATUM, encoding="utf-8")
    return tmp_path / "openapi"


def run(root: Path, *options: str) -> tuple[int, str]:
    result = runner.invoke(app, ["errata", "--root", str(root), *options])
    return result.exit_code, result.stderr


def test_the_rendering_in_the_repository_is_current() -> None:
    assert run(REPOSITORY / "openapi", "--check")[0] == 0


def test_an_erratum_is_rendered_with_links_to_the_specification(root: Path) -> None:
    assert run(root)[0] == 0
    text = (root.parent / "docs" / "errata.md").read_text(encoding="utf-8")
    assert "## E-ONE\n\nA URL has at most 255 characters." in text
    assert "Also accepted: nothing" in text
    base = "https://github.com/ocpi/ocpi/blob/release-2.2.1-bugfixes/"
    assert f"([2.2.1]({base}types.asciidoc#types_url_type))" in text


def test_a_place_in_an_extension_is_linked_on_its_branch(root: Path) -> None:
    changed = ERRATUM.replace('"2.2.1"', '"2.3.0"').replace("types", "bookings:mod_bookings", 1)
    (root.parent / "docs" / "errata.toml").write_text(changed, encoding="utf-8")
    assert run(root)[0] == 0
    text = (root.parent / "docs" / "errata.md").read_text(encoding="utf-8")
    base = "https://github.com/ocpi/ocpi/blob/2.3.0/release/bookings/"
    assert f"([2.3.0]({base}mod_bookings.asciidoc#types_url_type))" in text


def test_a_stale_rendering_has_the_code_four_and_is_not_touched(root: Path) -> None:
    target = root.parent / "docs" / "errata.md"
    code, output = run(root, "--check")
    assert (code, target.exists()) == (4, False)
    assert "Run `ocpi errata`" in output
    run(root)
    assert run(root, "--check")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('leniency = "none"', "", "leniency of the erratum E-ONE"),
        ('["2.2.1"]', '"2.2.1"', "versions of the erratum E-ONE"),
        (ERRATUM, ERRATUM + ERRATUM, "two errata E-ONE"),
        ('id = "E-ONE"', "id = ", "errata.toml:3:"),
    ],
)
def test_a_broken_erratum_is_reported_and_nothing_is_written(
    root: Path, old: str, new: str, complaint: str
) -> None:
    source = root.parent / "docs" / "errata.toml"
    source.write_text(ERRATUM.replace(old, new), encoding="utf-8")
    code, output = run(root)
    assert code == 1
    assert complaint in output
    assert not source.with_suffix(".md").exists()

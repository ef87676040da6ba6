"""The pages about what changed: current, and in line with what the specification says of itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator.bundle import bundle_version
from ocpi_generator.cli import app
from ocpi_generator.diff import Change, compare

REPOSITORY = Path(__file__).parents[2]
ROOT = REPOSITORY / "openapi"
PAGES = REPOSITORY / "docs" / "versions"

CHANGELOGS = Path(__file__).parent / "changelogs"
"""What the changelogs of the specification list, and what the tables change beyond them.

A line has module, subject, kind, what is new (a value, a type, an operation), and whom it breaks.
Classes that come or go are left out, and so is what new modules hold.
"""

PAIRS = [("2.0", "2.1.1"), ("2.1.1", "2.2"), ("2.2", "2.2.1"), ("2.2.1", "2.3.0")]

Fact = tuple[str, str, str, str, str]


def facts(name: str) -> Iterator[Fact]:
    """Read a list of facts; several values of an enumeration are in one line."""
    for line in (CHANGELOGS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith(("#", "[")):
            continue
        module, subject, kind, what, breaks = (part.strip() for part in line.split("|"))
        for one in what.split() if kind.startswith("value-") else [what]:
            yield module, subject, kind, one, breaks


def found(old: str, new: str) -> Iterator[Fact]:
    """Compare two versions, and return what is no matter of course."""
    bundles = [bundle_version(ROOT, version) for version in (old, new)]
    changes = compare(bundles[0], bundles[1], (old, new)).changes
    fresh = {one.module for one in changes if one.kind == "module-added"}
    for one in changes:
        whole = one.kind in {"class-added", "class-removed"}
        if not whole and (one.module not in fresh or one.kind == "module-added"):
            yield one.module, one.subject, one.kind, description(one), " ".join(one.breaks)


def description(change: Change) -> str:
    """Return what is new in one word; of a value or an operation that is gone, what it was."""
    if change.kind == "pattern":
        return ""
    gone = change.old if change.kind in {"value-removed", "operation-removed"} else None
    return change.new or gone or ""


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_neighbours_differ_as_the_changelog_lists(old: str, new: str) -> None:
    expected, listed = list(found(old, new)), list(facts(f"{old}-to-{new}"))
    assert sorted(expected) == sorted(listed)


def test_every_pair_of_neighbours_has_its_list() -> None:
    names = {f"{old}-to-{new}" for old, new in PAIRS}
    assert {path.stem for path in CHANGELOGS.glob("*.txt")} == names
    assert {path.stem for path in PAGES.glob("*-to-*.md")} == names


def test_the_pages_in_the_repository_are_current() -> None:
    result = CliRunner().invoke(
        app, ["diff", "--pages", str(PAGES), "--check", "--root", str(ROOT)]
    )
    assert result.exit_code == 0, result.stderr


def test_every_page_is_listed() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    for page in PAGES.glob("*-to-*.md"):
        assert f"]({page.name})" in index

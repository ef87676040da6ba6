"""Hand-written vectors: laid over those of the parent, and checked with file and line."""

import shutil
from pathlib import Path

import pytest

from ocpi_generator.bundle import bundle_version
from ocpi_generator.lint import lint

FIXTURE = Path(__file__).parents[1] / "layered" / "openapi"
GOOD = """receiver.put_box.older:
  kind: good
  title: An older box changes nothing.
  section: "boxes.asciidoc#box"
  before: [{operation: put_box, merge: {size: LARGE}}]
  request: {body: {id: BA, size: SMALL, last_updated: "2026-01-01T00:00:00Z"}}
  after: [{operation: get_stored_box, data: {/size: LARGE}}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE, tmp_path / "openapi")
    (tmp_path / "openapi" / "1.0" / "boxes" / "vectors.yaml").write_text(GOOD)
    return tmp_path / "openapi"


def test_whole_vectors_have_no_problems_and_get_urls_of_their_sections(root: Path) -> None:
    assert lint(root) == []
    (vector,) = bundle_version(root, "1.0").vectors["boxes"].values()
    assert vector["section"].startswith("https://")
    assert vector["section"].endswith("/boxes.asciidoc#box")


@pytest.mark.parametrize(
    ("rule", "old", "new", "line"),
    [
        ("vector-operation", "receiver.put_box.older", "receiver.put_bax.older", 1),
        ("vector-operation", "receiver.put_box.older", "both.put_box.older", 1),
        ("vector-operation", "{operation: put_box,", "{operation: put_bax,", 5),
        ("vector-body", "{id: BA, size: SMALL,", "{id: BA, size: MIDDLE,", 6),
        ("vector-body", "{id: BA, size: SMALL,", "{size: SMALL,", 6),
        ("vector-body", "merge: {size: LARGE}", "merge: {size: 5}", 5),
        ("vector-path", "request: {body:", "request: {path: {lid_id: B1}, body:", 6),
        ("vector-expected", "kind: good", "kind: malformed", 1),
        ("vector", "kind: good", "kind: perfect", 2),
        ("vector", "  title: An older box changes nothing.\n", "", 1),
        ("vector", "receiver.put_box.older", "put_box", 1),
    ],
)
def test_a_fault_is_named_with_file_and_line(
    root: Path, rule: str, old: str, new: str, line: int
) -> None:
    path = root / "1.0" / "boxes" / "vectors.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    found = [(one.rule, Path(one.file), one.line) for one in lint(root, ["1.0"])]
    assert (rule, path, line) in found


def test_vectors_of_a_module_that_is_not_there_are_a_problem(root: Path) -> None:
    (root / "1.0" / "types" / "vectors.yaml").write_text(GOOD)
    assert "vector-operation" in {one.rule for one in lint(root, ["1.0"])}


def test_a_version_changes_removes_and_loses_vectors(root: Path) -> None:
    own = root / "1.1" / "boxes" / "vectors.yaml"
    stored = "  after: [{operation: get_stored_box, data: {/size: LARGE}}]\n"  # gone in 1.1
    own.write_text(GOOD.replace(stored, "").replace("An older box", "A box of yesterday"))
    assert lint(root) == []
    (vector,) = bundle_version(root, "1.1").vectors["boxes"].values()
    assert vector["title"] == "A box of yesterday changes nothing."
    own.unlink()
    assert bundle_version(root, "1.1").vectors == {}
    meta = root / "1.1" / "version.toml"
    line = 'vectors = ["boxes.receiver.put_box.older"]\n'
    meta.write_text(meta.read_text().replace("[removed]\n", f"[removed]\n{line}"))
    assert lint(root) == []
    assert bundle_version(root, "1.1").vectors == {}
    meta.write_text(meta.read_text().replace("put_box.older", "put_box.newer"))
    assert "removed" in {one.rule for one in lint(root)}


def test_a_vector_that_is_the_same_in_the_parent_is_a_problem(root: Path) -> None:
    shutil.copy(root / "1.0" / "boxes" / "vectors.yaml", root / "1.1" / "boxes" / "vectors.yaml")
    assert "layer-repeats" in {one.rule for one in lint(root, ["1.1"])}

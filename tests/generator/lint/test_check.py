"""``ocpi generate --check``: anything that is not as generated ends with 4 and is listed."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ocpi_generator.cli import app
from tests.generator.tinyspec import PACKAGE, change, copy_of_tiny, files, generated

REPOSITORY = Path(__file__).parents[3]


def check(root: Path, target: Path, *options: str) -> Result:
    arguments = ["generate", "--check", "--root", str(root), "--out", str(target), *options]
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of_tiny(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return Path(shutil.copytree(generated(), tmp_path / "out" / PACKAGE))


def test_what_was_just_generated_passes(root: Path, target: Path) -> None:
    found = check(root, target)
    assert (found.exit_code, found.stdout) == (0, "")


def test_python_caches_do_not_count(root: Path, target: Path) -> None:
    cache = target / "v1_0" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "x.pyc").write_bytes(b"")
    assert check(root, target).exit_code == 0


def edit(target: Path) -> None:
    change(target / "v1_0" / "interfaces.py", "paged=True", "paged=False")


def remove(target: Path) -> None:
    (target / "v1_0" / "stubs" / "things.py").unlink()


def add(target: Path) -> None:
    (target / "v1_0" / "stubs" / "mine.py").write_text("", encoding="utf-8")


def forge(target: Path) -> None:
    """Edit a file and enter it into the manifest."""
    from ocpi_generator.generate._manifest import outputs_of  # noqa: PLC0415 - used here alone

    edit(target)
    path = target / "MANIFEST.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["outputs"] = outputs_of(target)
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "listed"),
    [
        (edit, ["stale   v1_0/interfaces.py"]),
        (remove, ["missing v1_0/stubs/things.py"]),
        (add, ["orphan  v1_0/stubs/mine.py"]),
        (forge, ["stale   MANIFEST.json", "stale   v1_0/interfaces.py"]),
        (shutil.rmtree, None),
    ],
)
def test_a_touched_package_is_stale(
    root: Path, target: Path, harm: Callable[[Path], object], listed: list[str] | None
) -> None:
    harm(target)
    before = files(target)
    found = check(root, target)
    assert found.exit_code == 4
    if listed is not None:
        assert found.stdout.splitlines() == listed
    assert "Run `ocpi generate`" in found.stderr
    assert files(target) == before


def test_a_change_of_a_document_makes_stale(root: Path, target: Path) -> None:
    change(root / "1.0" / "things" / "schemas.yaml", "maxLength: 100", "maxLength: 101")
    found = check(root, target, "--json")
    assert found.exit_code == 4
    assert {(one["kind"], one["path"]) for one in json.loads(found.stdout)} == {
        ("stale", "MANIFEST.json"),
        ("stale", "v1_0/documents/schemas.json"),
        ("stale", "v1_0/documents/things.receiver.json"),
        ("stale", "v1_0/documents/things.sender.json"),
        ("stale", "v1_0/models/__init__.py"),
    }


def test_a_broken_document_is_a_failure_and_not_stale(root: Path, target: Path) -> None:
    change(root / "1.0" / "things" / "schemas.yaml", "Kind:\n", "Kind: [\n")
    assert check(root, target).exit_code == 1


def test_one_longer_field_of_2_2_1_makes_the_bindings_stale(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(REPOSITORY / "openapi", tmp_path / "openapi"))
    path = copied / "2.2.1" / "locations" / "schemas.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"maxLength: \d+", "maxLength: 7", text, count=1), encoding="utf-8")
    found = check(copied, REPOSITORY / "generated" / "ocpi_bindings")
    assert found.exit_code == 4
    assert "stale   v2_2_1/documents/schemas.json" in found.stdout

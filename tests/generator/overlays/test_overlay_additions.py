"""Overlays that hold only what they add, alone and laid on each other."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ocpi_generator.bundle import build_bundles
from ocpi_generator.cli import app
from ocpi_generator.documents import Library
from tests.generator.tinyspec import change

LAYERED = Path(__file__).parents[1] / "layered" / "openapi"
VERSION = 'parent = "1.1"\npackage = "v1_1"\n'
NOTES = """\
Box:
  x-ocpi-addition: true
  properties:
    notes:
      description: Notes on it.
      type: array
      items: {$ref: "schemas.yaml#/Note"}

Note:
  description: A note.
  externalDocs: {url: "https://acme.example/notes"}
  type: object
  properties:
    text: {type: string, maxLength: 10, description: What it says.}
"""
WEIGHT = """\
Box:
  x-ocpi-addition: true
  properties:
    weight: {type: integer, description: Weight in gram.}
"""
SIZE = """\
Size:
  x-ocpi-addition: true
  enum: [TINY]
"""
MODULE = '\n[modules.lids]\nkind = "functional"\ninterfaces = ["sender"]\n'
LIDS = """\
openapi: 3.0.3
info: {title: Lids, version: "1.1", description: Lids of boxes.}
x-ocpi: {version: "1.1", module: lids, interface: sender}
externalDocs: {url: "https://acme.example/lids"}
paths:
  /:
    get:
      operationId: get_lids
      summary: List lids
      externalDocs: {url: "https://acme.example/lids"}
      responses:
        "200":
          description: Number of lids.
          content: {application/json: {schema: {type: integer}}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAYERED, tmp_path / "openapi"))


def overlay(folder: Path, classes: str = "", settings: str = VERSION) -> Path:
    (folder / "boxes").mkdir(parents=True)
    (folder / "version.toml").write_text(settings, encoding="utf-8")
    if classes:
        (folder / "boxes" / "schemas.yaml").write_text(classes, encoding="utf-8")
    return folder


def run(command: str, root: Path, *overlays: Path, options: tuple[str, ...] = ()) -> Result:
    laid = [word for folder in overlays for word in ("--overlay", str(folder))]
    return CliRunner().invoke(app, [command, "--root", str(root), *laid, *options])


def problems(root: Path, *overlays: Path) -> list[tuple[str, int, str]]:
    found = json.loads(run("lint", root, *overlays, options=("--json",)).stdout)
    return [(one["rule"], one["line"], one["what"]) for one in found]


def classes(root: Path, *overlays: Path) -> Any:
    version = Library(root).overlay(*overlays)
    assert version is not None
    return build_bundles(version).schemas["components"]["schemas"]


def test_an_addition_holds_only_what_is_added(root: Path, tmp_path: Path) -> None:
    notes = overlay(tmp_path / "notes", NOTES)
    assert problems(root, notes) == []
    before = build_bundles(Library(root).readable("1.1")).schemas["components"]["schemas"]["Box"]
    after = classes(root, notes)["Box"]
    assert list(after["properties"]) == [*before["properties"], "notes"]
    assert {**after, "properties": 0} == {**before, "properties": 0}


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("Box:", "Crate:", 1, "boxes has no class Crate to add to"),
        ("true", "false", 1, "Box adds nothing"),
        ("properties:", "required: [lid]\n  properties:", 3, "`required` cannot be added to Box"),
        ("properties:", "enum: [A]\n  properties:", 3, "`enum` cannot be added to Box"),
    ],
)
def test_an_addition_adds_and_nothing_else(
    root: Path, tmp_path: Path, old: str, new: str, line: int, what: str
) -> None:
    folder = overlay(tmp_path / "weight", WEIGHT)
    change(folder / "boxes" / "schemas.yaml", old, new)
    assert problems(root, folder) == [("overlay", line, what)]


def test_a_field_of_the_version_is_not_added_again(root: Path, tmp_path: Path) -> None:
    folder = overlay(tmp_path / "weight", WEIGHT.replace("weight", "size"))
    ((rule, line, what),) = problems(root, folder)
    assert (rule, line) == ("overlay-clash", 4)
    assert what.startswith("Box.size is in ")
    assert "/openapi/" in what
    assert "/boxes/schemas.yaml:" in what


def test_the_folder_of_a_version_has_no_additions(root: Path) -> None:
    change(root / "1.1" / "boxes" / "schemas.yaml", "Size:", "Size:\n  x-ocpi-addition: true")
    assert [(rule, line) for rule, line, _ in problems(root)] == [("mark", 2)]


def test_a_closed_enumeration_gets_values_where_version_toml_says_so(
    root: Path, tmp_path: Path
) -> None:
    folder = overlay(tmp_path / "size", SIZE)
    what = "Size is a closed enumeration, and these are other values"
    assert problems(root, folder) == [("overlay", 3, what)]
    settings = VERSION + 'closed_enumerations = ["boxes/Size"]\n'
    (folder / "version.toml").write_text(settings, encoding="utf-8")
    assert problems(root, folder) == []
    assert classes(root, folder)["Size"]["enum"][-1] == "TINY"
    full = SIZE.replace("  x-ocpi-addition: true", "  description: Size.\n  type: string")
    full = full.replace("type", 'externalDocs: {url: "boxes.asciidoc#size"}\n  type')
    (folder / "boxes" / "schemas.yaml").write_text(full, encoding="utf-8")
    assert {what for _, _, what in problems(root, folder)} == {
        f"Size lacks the value {value}" for value in ("SMALL", "LARGE", "HUGE")
    }


@pytest.mark.parametrize("name", ["boxes/Box", "boxes/Crate", "boxes/Size"])
def test_an_enumeration_that_gets_no_values_is_not_listed(
    root: Path, tmp_path: Path, name: str
) -> None:
    folder = overlay(tmp_path / "w", WEIGHT, f'{VERSION}closed_enumerations = ["{name}"]\n')
    what = f"{name} is not a closed enumeration that gets values here"
    assert problems(root, folder) == [("overlay", 3, what)]


def test_overlays_of_one_package_are_laid_on_each_other(root: Path, tmp_path: Path) -> None:
    patch = '\n[patch]\nappend = ["Box.tags", "Box.{}"]\n'
    notes = overlay(tmp_path / "notes", NOTES, VERSION + patch.format("notes"))
    weight = overlay(tmp_path / "weight", WEIGHT, VERSION + '\n[patch]\nappend = ["Box.tags"]\n')
    assert problems(root, notes, weight) == []
    made = classes(root, notes, weight)
    assert list(made["Box"]["properties"])[-2:] == ["notes", "weight"]
    assert made["BoxPatch"]["x-ocpi-append"] == ["tags", "notes"]
    out = tmp_path / "out" / "both"
    result = run("generate", root, notes, weight, options=("--out", str(out)))
    assert result.exit_code == 0, result.stderr
    models = (out / "v1_1" / "models" / "__init__.py").read_text(encoding="utf-8")
    assert "notes: list[Note]" in models
    assert "weight: int" in models


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (WEIGHT, WEIGHT, (4, "Box.weight is in {first}:4 already")),
        (NOTES, NOTES.replace("notes:", "words:"), (9, "Note is a class of {first}:9, too")),
    ],
)
def test_what_two_overlays_have_is_reported_with_both_places(
    root: Path, tmp_path: Path, first: str, second: str, expected: tuple[int, str]
) -> None:
    below = overlay(tmp_path / "below", first)
    above = overlay(tmp_path / "above", second)
    line, what = expected
    text = what.format(first=below / "boxes" / "schemas.yaml")
    assert problems(root, below, above) == [("overlay-clash", line, text)]
    assert problems(root, below) == problems(root, above) == []
    result = run("generate", root, below, above, options=("--out", str(tmp_path / "out")))
    assert result.exit_code == 1
    assert f"above/boxes/schemas.yaml:{line}: {text}" in result.stderr


def test_two_overlays_with_one_module_are_reported(root: Path, tmp_path: Path) -> None:
    folders = [overlay(tmp_path / name, settings=VERSION + MODULE) for name in ("a", "b")]
    for folder in folders:
        (folder / "lids").mkdir()
        (folder / "lids" / "sender.yaml").write_text(LIDS, encoding="utf-8")
    assert problems(root, folders[0]) == []
    first = folders[0]
    assert problems(root, *folders) == [
        ("overlay-clash", 7, f"get_lids is an operation of {first}/lids/sender.yaml:7, too"),
        ("overlay-clash", 4, f"lids is a module of {first}/version.toml:4, too"),
    ]


def test_overlays_beside_the_documents_are_checked_and_generated(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    notes = overlay(tmp_path / "overlays" / "notes", NOTES)
    assert "overlays/notes" in run("lint", Path("openapi")).stderr
    made = json.loads(run("generate", Path("openapi"), options=("--json",)).stdout)
    assert made["overlays"] == {
        "written": True,
        "package": str(tmp_path / "generated/ocpi_overlays"),
    }
    assert run("generate", Path("openapi"), options=("--check",)).exit_code == 0
    change(notes / "boxes" / "schemas.yaml", "maxLength: 10", "maxLength: 11")
    stale = run("generate", Path("openapi"), options=("--check",))
    assert stale.exit_code == 4
    assert "ocpi_overlays/v1_1/documents/schemas.json" in stale.stdout
    change(notes / "boxes" / "schemas.yaml", "Box:", "Crate:")
    assert run("lint", Path("openapi")).exit_code == 1


def test_documents_that_are_no_version_are_checked_and_generated_apart(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is no version but has some is a set with common parts of its own."""
    monkeypatch.chdir(tmp_path)
    own = Path(shutil.copytree(LAYERED, root / "parcels"))
    assert run("lint", Path("openapi")).exit_code == 0
    made = json.loads(run("generate", Path("openapi"), options=("--json",)).stdout)
    package = tmp_path / "generated" / "ocpi_parcels"
    assert made["parcels"] == {"written": True, "package": str(package)}
    assert (package / "v1_1" / "_binding.py").is_file()
    bindings = json.loads((tmp_path / "generated/ocpi_bindings/MANIFEST.json").read_text())
    assert not [name for name in bindings["inputs"] if "parcels" in name]
    version = own / "1.1" / "version.toml"
    version.write_text(version.read_text().replace("package", "bundle"), encoding="utf-8")
    assert "parcels/1.1/version.toml" in run("lint", Path("openapi")).output

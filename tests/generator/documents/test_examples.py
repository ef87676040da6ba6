"""Examples of bundles: composed from values by name, and valid."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ocpi_generator.bundle import bundle_version
from ocpi_generator.lint import lint

FIXTURE = Path(__file__).parents[1] / "layered"
VALUES = """\
applies: everywhere
examples:
  DateTime: "2026-03-01T10:00:00Z"
  code: "7"
  Box.id: ABOX
  Fault.code: E7
example-fields:
  Box: [tags]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "openapi"
    (folder / "common" / "examples.yaml").write_text(VALUES)
    file = folder / "1.0" / "version.toml"
    file.write_text(file.read_text().replace('"formats"]', '"formats", "examples"]'))
    return folder


def document(root: Path, name: str) -> Any:
    return bundle_version(root, "1.0").published()[name]


def test_a_class_has_what_it_requires_and_what_has_a_value(root: Path) -> None:
    example = document(root, "schemas")["components"]["schemas"]["Box"]["example"]
    assert example == {
        "id": "ABOX",
        "size": "SMALL",
        "tags": ["tags"],
        "last_updated": "2026-03-01T10:00:00Z",
    }


def test_requests_and_answers_have_examples(root: Path) -> None:
    found = document(root, "boxes.sender")["paths"]["/"]["get"]["responses"]["200"]
    example = found["content"]["application/json"]["example"]
    assert [box["id"] for box in example["data"]] == ["ABOX"]
    assert example["at"] == "2026-03-01T10:00:00Z"


def test_an_example_that_is_not_valid_is_a_problem(root: Path) -> None:
    path = root / "1.0" / "boxes" / "schemas.yaml"
    path.write_text(path.read_text().replace("\nSize:\n", "\nSize:\n  example: HUGE\n"))
    assert {(one.rule, Path(one.file).name) for one in lint(root, ["1.0"])} >= {
        ("example", "schemas.yaml")
    }


def state(root: Path, example: str) -> Path:
    """Write an example into the answer of an operation."""
    path = root / "1.0" / "boxes" / "sender.yaml"
    schema = '              schema: {type: array, items: {$ref: "schemas.yaml#/Box"}}\n'
    text = path.read_text()
    assert schema in text
    path.write_text(text.replace(schema, f"{schema}              example: {example}\n", 1))
    return path


def test_an_answer_has_the_example_that_it_states_in_its_envelope(root: Path) -> None:
    stated = [{"id": "BBOX", "size": "SMALL", "last_updated": "2026-03-01T10:00:00Z"}]
    state(root, json.dumps(stated))
    assert [one for one in lint(root, ["1.0"]) if one.rule == "example"] == []
    found = document(root, "boxes.sender")["paths"]["/"]["get"]["responses"]["200"]
    example = found["content"]["application/json"]["example"]
    assert (example["data"], example["at"]) == (stated, "2026-03-01T10:00:00Z")


def test_a_stated_example_that_is_not_valid_is_a_problem_at_its_place(root: Path) -> None:
    path = state(root, "[{id: BBOX, size: HUGE}]")
    found = [one for one in lint(root, ["1.0"]) if one.rule == "example"]
    assert {Path(one.file).name for one in found} == {path.name}
    assert any("HUGE" in one.what for one in found), found


@pytest.mark.parametrize("text", ["Box: 7", "Box: [7]"])
def test_fields_of_examples_are_names(root: Path, text: str) -> None:
    path = root / "common" / "examples.yaml"
    path.write_text(path.read_text().replace("Box: [tags]", text))
    assert "part" in {one.rule for one in lint(root, ["1.0"])}

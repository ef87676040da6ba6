"""``ocpi audit`` and examples: which class they are, and what becomes of them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ocpi_audit.examples._roundtrip import changes, known
from tests.audit import devices
from tests.audit.audited import report_of, run


def examples(spec: Path, package: Path, version: str) -> dict[str, dict[str, Any]]:
    (audit,) = report_of(run(spec, package, "--version", version, "--json"))["audits"]
    return {each["name"]: each for each in audit["examples"]}


def test_examples_are_matched_with_their_classes(clone: Path, package: Path) -> None:
    found = examples(clone, package, "9.2")
    assert {name: each["class"] for name, each in found.items()} == {
        "transport_and_format.asciidoc#example: a device in an answer": "Device",
        "mod_devices.asciidoc#mod_devices_example_patch": "DevicePatch",
        "examples/device_example.json": "Device",
        "examples/lid_example.json": "Lid",
        "examples/label_example.json": "Label",
    }
    assert [name for name, each in found.items() if not each["passed"]] == [
        "examples/lid_example.json"
    ]


def test_so_are_snippets_of_markdown(clone: Path, package: Path) -> None:
    found = examples(clone, package, "9.1")
    assert {name: each["class"] for name, each in found.items()} == {
        "mod_devices.md#example-switch-it-on": "DevicePatch",
        "mod_devices.md#example": "Device",
        "mod_devices.md#example-with-labels": "Label",
    }
    assert all(each["passed"] for each in found.values())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"id": "K1"', '"name": "K1"', "/id is missing"),
        ('"STEEL"', '"WOOD"', "/material"),
        ('"volume": 1.70', '"volume": 17', "/volume"),
        ('"17:00"', '"25:00"', "/tea_time"),
        ('"on": false,', '"on": false', "it is not JSON"),
        ('"2026-01-01T00:00:00Z"\n}', '"yesterday"\n}', "/last_updated"),
    ],
)
def test_a_broken_example_fails(old: str, new: str, fault: str, own: Path, package: Path) -> None:
    file = "examples/device_example.json"
    devices.rewrite(own, "devices-9.2", file, old, new)
    result = run(own, package, "--version", "9.2", "--json")
    assert result.exit_code == 1
    (audit,) = report_of(result)["audits"]
    (found,) = (each for each in audit["examples"] if each["name"] == file)
    assert any(fault in each for each in found["faults"]), found
    assert found["file"] == file


def test_an_example_that_passes_again_makes_its_erratum_stale(own: Path, package: Path) -> None:
    devices.rewrite(own, "devices-9.2", "examples/lid_example.json", "LID-NUMBER-1", "L1")
    result = run(own, package, "--version", "9.2", "--json")
    assert result.exit_code == 0, result.output
    (audit,) = report_of(result)["audits"]
    assert audit["stale"] == [{"erratum": "K-LID-EXAMPLE", "explains": "examples/lid_example.json"}]


SCHEMAS: dict[str, Any] = {
    "Pot": {
        "properties": {
            "lid": {"$ref": "#/components/schemas/Lid"},
            "lids": {"type": "array", "items": {"$ref": "#/components/schemas/Lid"}},
        }
    },
    "Lid": {"properties": {"id": {"type": "string"}}},
}


def test_unknown_fields_are_left_out_all_the_way_down() -> None:
    value = {"lid": {"id": "1", "hue": 2}, "lids": [{"id": "1", "hue": 2}], "handle": {}}
    assert known(value, SCHEMAS["Pot"], SCHEMAS) == {"lid": {"id": "1"}, "lids": [{"id": "1"}]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Decimal("1.50"), Decimal("1.5")),
        (1, Decimal("1.0")),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"),
        ({"a": [None, True]}, {"a": [None, True]}),
    ],
)
def test_how_a_value_is_written_is_no_change(before: object, after: object) -> None:
    assert not list(changes(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {}, "/a was lost"),
        ({}, {"a": 1}, "/a was added"),
        ({"a": [1]}, {"a": [1, 2]}, "/a was [1] and became [1, 2]"),
        ({"a": True}, {"a": 1}, "/a was True and became 1"),
        ({"a": "x"}, {"a": "y"}, "/a was 'x' and became 'y'"),
        ({"a": None}, {"a": "y"}, "/a was None and became 'y'"),
    ],
)
def test_changes_are_reported(before: object, after: object, expected: str) -> None:
    assert list(changes(before, after)) == [expected]

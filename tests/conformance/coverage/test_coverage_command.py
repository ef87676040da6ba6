"""``ocpi coverage``: counts by chapter and version, and the reasons of what is not covered."""

import json

import pytest
from typer.testing import CliRunner

from ocpi_conformance.cli import app
from ocpi_conformance.coverage import (
    Chapter,
    FaultDescription,
    Proof,
    Requirement,
    chapter_coverage,
    coverage_of,
)
from ocpi_conformance.rules import Strength
from ocpi_conformance.rules.catalogue import RULES

RULE = "headers.request-id"  # not of 2.1.1
FAULT = FaultDescription(
    name="no-id", text="No id.", rule=RULE, versions=("2.2.1",), roles=("cpo",)
)


def _requirement(**more: object) -> Requirement:
    fixed = {
        "id": "notes.kept", "text": "Kept.", "section": "notes.md#kept", "strength": Strength.MUST,
        "versions": ("2.1.1", "2.2.1", "2.3.0"), "roles": ("any",),
    }  # fmt: skip
    return Requirement(**{**fixed, **more})  # type: ignore[arg-type]  # the fields of each test


def _proofs(**more: object) -> list[Proof]:
    chapter = Chapter("notes", "Notes", (_requirement(**more),))
    return [one.proof for one in coverage_of([chapter], RULES, [FAULT])]


def test_a_fault_proves_a_rule_in_the_versions_where_it_was_tried() -> None:
    assert _proofs(rules=(RULE,), faults=("no-id",)) == [Proof.NOTHING, Proof.FAULT, Proof.RULE]
    assert _proofs(rules=("envelope.shape",), faults=("no-id",)) == [Proof.RULE] * 3


def test_a_document_counts_where_no_rule_looks() -> None:
    assert _proofs(document=("Note",), reason="So.") == [Proof.DOCUMENT] * 3
    assert _proofs(document=("Note",), rules=(RULE,))[0] is Proof.DOCUMENT
    assert _proofs(rules=("no.rule",)) == [Proof.NOTHING] * 3


def test_musts_are_counted_apart() -> None:
    must = _requirement(rules=(RULE,), faults=("no-id",))
    may = _requirement(id="notes.may", strength=Strength.MAY, reason="So.")
    chapter = Chapter("notes", "Notes", (must, may))
    counted, total = chapter_coverage(coverage_of([chapter], RULES, [FAULT], "2.2.1"))
    assert (counted.proofs[Proof.FAULT], counted.proofs[Proof.NOTHING]) == (1, 1)
    assert sum(counted.musts.values()) == 1
    assert counted.musts_proved == 1.0
    assert (total.chapter, total.musts) == ("all", counted.musts)


def test_the_command_prints_a_table_and_reasons() -> None:
    result = CliRunner().invoke(app, ["coverage", "--version", "2.2.1"], env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert "musts proved" in result.stdout
    assert "transport.order" in result.stdout
    assert "2.3.0" not in result.stdout


def test_the_command_prints_json() -> None:
    data = json.loads(CliRunner().invoke(app, ["coverage", "--json"]).stdout)
    assert data["format"] == "ocpi-coverage/1"
    assert {one["version"] for one in data["coverage"]} == {"2.0", "2.1.1", "2.2", "2.2.1", "2.3.0"}
    (shape,) = (one for one in data["requirements"] if one["id"] == "transport.envelope")
    assert shape["versions"]["2.1.1"]["section"] == "transport_and_format.md#response-format"


@pytest.mark.parametrize("version", ["2.4", "x"])
def test_an_unknown_version_is_wrong_usage(version: str) -> None:
    result = CliRunner().invoke(app, ["coverage", "--version", version])
    assert result.exit_code == 2
    assert f"Version {version} is not supported" in result.stderr

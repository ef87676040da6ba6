"""The audit of all versions and editions over a clone of the specification.

It is read where ``OCPI_SPECIFICATION`` names a clone; nothing of the specification is kept here.
"""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_audit import read_profiles
from ocpi_audit.cli import app
from tests.conformance.coverage.anchors import VERSIONS, missing_links, missing_sections

REPOSITORY = Path(__file__).parent.parent.parent
CLONE = os.environ.get("OCPI_SPECIFICATION", "")
LINK = re.compile(r'"(https://github\.com/ocpi/ocpi/blob/[^"]+#[^"]+)"')


def test_each_edition_of_the_documents_is_audited() -> None:
    documented = {
        (path.parents[2].name, path.parent.name)
        for path in (REPOSITORY / "openapi").glob("*/editions/*/edition.toml")
    }
    profiles = read_profiles().versions.values()
    assert {(each.version, each.edition) for each in profiles if each.edition} == documented
    assert documented


@pytest.mark.skipif(not CLONE, reason="OCPI_SPECIFICATION names no clone")
@pytest.mark.parametrize("name", list(read_profiles().versions))
def test_documents_agree_with_the_specification(name: str) -> None:
    words = ["audit", "--spec", CLONE, "--version", name, "--root", str(REPOSITORY / "openapi")]
    result = CliRunner().invoke(app, [*words, "--errata", str(REPOSITORY / "docs/errata.toml")])
    assert result.exit_code == 0, result.output
    assert ": 0 unexplained differences" in result.stderr.replace("compared, ", ": ")


@pytest.mark.skipif(not CLONE, reason="OCPI_SPECIFICATION names no clone")
@pytest.mark.parametrize("version", VERSIONS)
def test_sections_of_requirements_and_rules_are_in_the_specification(version: str) -> None:
    assert missing_sections(Path(CLONE), version) == []


@pytest.mark.skipif(not CLONE, reason="OCPI_SPECIFICATION names no clone")
def test_links_of_bundles_and_vectors_lead_into_the_specification() -> None:
    files = list((REPOSITORY / "generated" / "ocpi_bindings").glob("*/documents/*.json"))
    links = {link for file in files for link in LINK.findall(file.read_text(encoding="utf-8"))}
    assert len(links) > 500
    assert missing_links(Path(CLONE), links) == []
    wrong = f"{min(links)}-of-no-section"
    assert missing_links(Path(CLONE), {wrong}) == [wrong]

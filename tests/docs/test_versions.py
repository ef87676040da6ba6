"""The pages about what changed: current, and in line with what the specification says of itself."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator.bundle import bundle_version
from ocpi_generator.cli import app
from ocpi_generator.diff import Change, compare

REPOSITORY = Path(__file__).parents[2]
ROOT = REPOSITORY / "openapi"
PAGES = REPOSITORY / "docs" / "versions"

CONNECTORS = [
    *("CHAOJI", "DOMESTIC_M", "DOMESTIC_N", "DOMESTIC_O", "GBT_AC", "GBT_DC", "NEMA_5_20"),
    *("NEMA_6_30", "NEMA_6_50", "NEMA_10_30", "NEMA_10_50", "NEMA_14_30", "NEMA_14_50"),
]

LISTED = {
    ("CdrToken.country_code", "property-added", "CiString(2), required"),
    ("CdrToken.party_id", "property-added", "CiString(3), required"),
    ("CDR.home_charging_compensation", "property-added", "boolean, optional"),
    ("CdrLocation.postal_code", "cardinality", "optional"),
    ("CdrLocation.state", "property-added", "string(20), optional"),
    ("SignedData.public_key", "type", "string"),
    ("SignedValue.signed_data", "length", "5000"),
    ("SignedValue.plain_data", "type", "string"),
    ("SignedValue.signed_data", "type", "string"),
    ("SignedData.url", "type", "string"),
    ("StartSession.connector_id", "property-added", "CiString(36), optional"),
    ("Capability", "value-added", "START_SESSION_CONNECTOR_REQUIRED"),
    *(("ConnectorType", "value-added", value) for value in CONNECTORS),
    ("PowerType", "value-added", "AC_2_PHASE"),
    ("PowerType", "value-added", "AC_2_PHASE_SPLIT"),
}
"""What the changelog of 2.2.1 lists, less the OCPI status 4000, which is no part of a contract. It
has the `url` in SignedValue; the tables have it in SignedData."""

UNLISTED = {
    (
        "SignedValue.plain_data",
        "length",
        "5000",
    ),  # the length of its neighbour, in the tables alone
    ("Location.address", "length", "255"),  # raised on the branch of 2.2.1 long after the release
    ("Location.state", "length", "45"),  # likewise
    ("VersionNumber", "value-added", "2.2.1"),  # goes without saying
}
"""What differs in the tables of the two branches beyond the changelog."""


@pytest.fixture(scope="module")
def found() -> tuple[Change, ...]:
    old, new = (bundle_version(ROOT, version) for version in ("2.2", "2.2.1"))
    return compare(old, new, ("2.2", "2.2.1")).changes


def test_from_2_2_to_2_2_1_is_what_the_changelog_lists(found: tuple[Change, ...]) -> None:
    assert {(one.subject, one.kind, one.new) for one in found} == LISTED | UNLISTED
    assert len(found) == len(LISTED | UNLISTED)


def test_new_fields_that_are_required_break_whoever_sends_them(found: tuple[Change, ...]) -> None:
    sides = {one.subject: one.breaks for one in found}
    assert sides["CdrToken.party_id"] == ("sender",)
    assert sides["Capability"] == ("receiver",)
    assert sides["StartSession.connector_id"] == ()


def test_the_pages_in_the_repository_are_current() -> None:
    result = CliRunner().invoke(
        app, ["diff", "--pages", str(PAGES), "--check", "--root", str(ROOT)]
    )
    assert result.exit_code == 0, result.stderr


def test_every_page_is_listed() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    for page in PAGES.glob("*-to-*.md"):
        assert f"]({page.name})" in index

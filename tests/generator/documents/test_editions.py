"""An earlier edition of a version is a layer of what was different."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ocpi_bindings.v2_2_1.models import Location as OtherLocation
from ocpi_bindings.v2_3_0.models import Booking, InvoiceReconciliationRecord, Location
from ocpi_generator.bundle import build_bundles, bundle_version, edition_text
from ocpi_generator.cli import app
from ocpi_generator.documents import Library
from ocpi_generator.lint import lint
from ocpi_runtime.codec import check, encode, in_edition, violations
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.testing._factories import Factory
from tests.server_impl.samples import booking_of_1_0

FIXTURE = Path(__file__).parents[1] / "layered"
EDITION = """\
title = "Boxes, first edition"
specification = "https://github.com/boxes/spec/blob/first/"
branch = "first"
commit = "{commit}"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A made-up specification with an earlier edition in which one length differs."""
    root = Path(shutil.copytree(FIXTURE / "openapi", tmp_path / "openapi"))
    folder = root / "1.0" / "editions" / "first"
    (folder / "boxes").mkdir(parents=True)
    (folder / "edition.toml").write_text(EDITION.format(commit="a1" * 20))
    text = (root / "1.0/boxes/schemas.yaml").read_text()
    box = text[text.index("Box:") :].split("\n\n")[0] + "\n"
    assert "maxLength: 8" in box
    (folder / "boxes" / "schemas.yaml").write_text(box.replace("maxLength: 8", "maxLength: 5"))
    return root


def differing(root: Path) -> dict[str, Any]:
    edition = Library(root).edition("1.0", "first")
    assert edition is not None
    text = edition_text("first", "First", build_bundles(edition), bundle_version(root, "1.0"))
    found: dict[str, Any] = json.loads(text)
    return found


def test_an_edition_differs_in_one_length(root: Path) -> None:
    assert [one for one in lint(root) if "editions" in one.file] == []
    found = differing(root)
    assert "Box" in found["schemas"]
    assert (found["absent"], found["absent_documents"]) == ([], [])
    result = CliRunner().invoke(app, ["diff", "1.0@first", "1.0", "--root", str(root)])
    assert result.exit_code == 0, result.output
    assert "Box.id: at most 8 characters; was at most 5 characters" in result.stdout


def test_the_version_itself_does_not_change(root: Path) -> None:
    before = bundle_version(FIXTURE / "openapi", "1.0").files()
    assert bundle_version(root, "1.0").files() == before


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('branch = "first"\n', "", "version"),
        ("a1a1", "", "specification"),
        ('title = "Boxes', 'name = "Boxes', "version"),
    ],
)
def test_an_edition_names_where_it_was_read(root: Path, old: str, new: str, rule: str) -> None:
    path = root / "1.0/editions/first/edition.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    assert rule in {one.rule for one in lint(root) if one.file == path.as_posix()}


def test_a_class_that_does_not_differ_is_no_part_of_an_edition(root: Path) -> None:
    path = root / "1.0/editions/first/boxes/schemas.yaml"
    path.write_text(path.read_text().replace("maxLength: 5", "maxLength: 8"))
    assert {one.rule for one in lint(root) if "editions" in one.file} == {"layer-repeats"}


def test_objects_are_validated_by_an_edition() -> None:
    first = in_edition(Location, "core-1")
    text = encode(Factory().make(Location, address="A" * 46))
    assert violations(text, Location) == []
    assert [(one.pointer, one.code) for one in violations(text, first)] == [
        ("/address", "maxLength")
    ]
    with pytest.raises(InvalidParameters):
        check(text, first)
    assert isinstance(check(encode(Factory().make(Location, address="A")), first), Location)
    assert in_edition(Location, "core-1") is first


def test_a_dialect_reads_by_an_edition() -> None:
    text = encode(Factory().make(Location, address="A" * 46))
    reading = Dialect.lenient.read(text, in_edition(Location, "core-1"))
    assert [(one.pointer, one.rule) for one in reading.repairs] == [("/address", "text-length")]
    assert reading.value["address"] == "A" * 45


def test_editions_and_classes_that_are_not_there_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"has no edition 'core1', only bookings-1.0, core-1; did you mean"
    ):
        in_edition(Location, "core1")
    with pytest.raises(ValueError, match=r"has no edition 'core-1', none at all"):
        in_edition(OtherLocation, "core-1")
    with pytest.raises(ValueError, match="no class InvoiceReconciliationRecord"):
        in_edition(InvoiceReconciliationRecord, "core-1")


def test_an_object_of_an_earlier_edition_is_valid_for_a_partner_on_it() -> None:
    text = json.dumps(booking_of_1_0()).encode()
    assert violations(text, in_edition(Booking, "bookings-1.0")) == []
    assert {one.pointer for one in violations(text, Booking)} >= {"/period/start_date_time"}
    reading = Dialect(level="standard", edition="bookings-1.0").read(text, Booking)
    assert (reading.verdict, reading.edition, reading.text) == ("valid", "bookings-1.0", text)
    assert reading.object is not None
    assert (reading.object.id, reading.object.booking_requests[0].booking_request.request_id) == (
        "B1",
        "R1",
    )
    assert Dialect.lenient.read(text, Booking).verdict == "partial"
    assert Dialect(edition="core-1").read(text, Booking).verdict == "partial"


def test_what_is_valid_by_the_newest_edition_is_not_cut_for_an_earlier_one() -> None:
    long = json.loads(encode(Factory().make(Location, address="A" * 46)))
    dialect = Dialect(level="lenient", edition="core-1")
    assert dialect.read(long, Location).verdict == "valid"
    offset = {**long, "last_updated": "2026-03-01T09:00:00+01:00"}
    assert [one.rule for one in dialect.read(offset, Location).repairs] == ["timestamp-offset"]


def test_an_object_of_an_earlier_edition_is_repaired_by_it() -> None:
    offset = {**booking_of_1_0(), "last_updated": "2026-03-01T09:00:00+01:00"}
    reading = Dialect(edition="bookings-1.0").read(offset, Booking)
    assert [one.rule for one in reading.repairs] == ["timestamp-offset"]
    assert (reading.verdict, reading.value["access_methods"]) == (
        "repaired",
        offset["access_methods"],
    )

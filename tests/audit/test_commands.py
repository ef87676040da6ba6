"""``ocpi audit`` over a made-up specification: what it compares, tells, and ends with."""

import shutil
from pathlib import Path

import pytest

from tests.audit import devices
from tests.audit.audited import differences, edited, report_of, run


def test_bundles_that_say_what_the_specification_says_pass(clone: Path, package: Path) -> None:
    result = run(clone, package)
    assert result.exit_code == 0, result.output
    for name in ("9.1", "9.2", "spouts"):
        assert f"{name}: " in result.stderr
    assert "0 unexplained differences" in result.stderr
    assert "OCPI 9.2, as devices-9.2 (" in result.stdout


def test_a_bare_clone_is_as_good(clone: Path, package: Path) -> None:
    result = run(devices.bare(clone), package, "--version", "9.2", "--version", "9.1", "--json")
    assert result.exit_code == 0, result.output
    assert [audit["name"] for audit in report_of(result)["audits"]] == ["9.1", "9.2"]


def test_the_files_of_one_version_are_enough(package: Path, tmp_path: Path) -> None:
    shutil.copytree(devices.HERE / "asciidoc", tmp_path / "files")
    result = run(tmp_path / "files", package, "--version", "9.2")
    assert result.exit_code == 0, result.output
    assert f"OCPI 9.2, as {tmp_path / 'files'} says" in result.stdout


def test_coverage_is_reported_by_module(clone: Path, package: Path) -> None:
    (audit,) = report_of(run(clone, package, "--version", "9.2", "--json"))["audits"]
    device = audit["modules"]["devices"]
    assert (device["classes"], device["properties"], device["values"]) == (6, 21, 4)
    assert (device["operations"], device["parameters"], device["headers"]) == (6, 10, 28)
    assert audit["facts"] == sum(each["facts"] for each in audit["modules"].values())
    assert audit["modules"]["status codes"]["facts"] == 2


def test_json_has_both_sides_of_a_difference(own: Path, package: Path) -> None:
    edited(own, "|id |<<types.asciidoc#types_cistring_type,CiString>>(8)", "|id |string(9)")
    result = run(own, package, "--version", "9.2", "--json")
    assert result.exit_code == 1
    report = report_of(result)
    (audit,) = report["audits"]
    assert not report["passed"]
    assert not audit["passed"]
    found = [each for each in audit["differences"] if each["aspect"] == "length"]
    length = next(each for each in found if each["subject"] == "Lid.id")
    assert (length["specified"], length["bundled"], length["erratum"]) == ("9", "8", None)
    lines = (own / "mod_devices.asciidoc").read_text().splitlines()
    place = length["specification"]
    assert place["section"] == "Lid Object"
    assert "string(9)" in lines[place["line"] - 1]
    assert length["bundle"] == {
        "document": "v9_2/documents/schemas.json",
        "pointer": "/components/schemas/Lid/properties/id",
    }


def test_the_source_of_a_difference_is_reported_if_it_is_there(
    own: Path, package: Path, tmp_path: Path
) -> None:
    edited(own, "|loud |boolean |1", "|loud |boolean |?")
    folder = tmp_path / "openapi" / "9.2" / "devices"
    folder.mkdir(parents=True)
    (folder.parent / "version.toml").write_text('version = "9.2"\nparent = "9.1"\n')
    (folder / "schemas.yaml").write_text("Lid: {}\nAlarm:\n  properties:\n    loud: {}\n")
    result = run(own, package, "--version", "9.2", "--root", str(tmp_path / "openapi"))
    assert result.exit_code == 1
    assert "Alarm.loud cardinality: ? -> 1" in result.stdout
    assert "openapi/9.2/devices/schemas.yaml:4" in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("|loud |boolean |1 |", "|noisy |boolean |1 |", "Alarm.noisy property: there -> nothing"),
        ("|GLASS |It does.", "|CLAY |It does.", "Material.GLASS value: nothing -> there"),
        ("|on |boolean |1", "|on |int |1", "Device.on type: int -> boolean"),
        ("Lid>> |+", "Lid>> |*", "Device.lids cardinality: * -> +"),
        ("(0-9)", "(1-9)", "Device.volume length: 1..9 -> 0..9"),
        ("2[0-3])", "2[0-4])", "Device.coffee_time pattern: ^([0-1][0-9]|2[0-4]):[0-5][0-9]$ -> "),
        ("|_Choice: one of two_ | | |\n", "", "Alarm choice: nothing -> one of tone, tune"),
        ("_OpenEnum_", "_enum_", "Colour class: enum -> open enum"),
        ("[[mod_devices_lid_object]]", "[[mod_lid]]", "Lid link: mod_devices.asciidoc#mod_lid -> "),
        ("identifier: `devices`".title()[:0] + "`devices`*", "`pots`*", "devices identifier: pots"),
        (
            "{device_id}/start",
            "{device_id}/cook",
            "devices.sender POST paths: /{device_id}/cook -> ",
        ),
        ("|PUT |n/a", "|PUT |It can.", "devices.sender methods: GET POST PUT -> GET POST"),
        ("|limit |int |no", "|limit |int |yes", "devices.sender GET / ?limit doubt: required in"),
        ("|device_id |<<types", "|pot_id |<<types", "{device_id} parameter: nothing -> path "),
        (",Start>> |1", ",Start>> |?", "/start body: Start optional -> Start required"),
        (",Device>> |*", ",Device>> |+", "devices.sender GET / data: Device + -> Device *"),
        ("|Location |", "|Place |", "< Place header: URL required, with success -> nothing"),
        ("*Type:* Functional", "*Type:* Configuration", "> OCPI-to-party-id header: nothing -> "),
        (
            "SHALL contain the `last_updated`",
            "may have",
            "DevicePatch.last_updated cardinality: ? -> 1",
        ),
        (
            "|response_url |",
            "|reply_url |",
            "/start callback: nothing -> {$request.body#/response_url}",
        ),
        (
            "|STEEL |It does not break.",
            "|STEEL |It | does",
            "unread: a row of 3 cells, not 2: STEEL",
        ),
        (
            "|Value |Description\n\n|RED",
            "|Tint |Description\n\n|RED",
            "unread: a table of tint, desc",
        ),
        ("|PUT |n/a", "|POST |n/a", "devices.sender POST doubt: offered, and not available -> "),
    ],
)
def test_what_the_specification_changes_is_noticed(
    old: str, new: str, difference: str, own: Path, package: Path
) -> None:
    edited(own, old, new)
    result = run(own, package, "--version", "9.2", "--json", "--no-examples")
    assert result.exit_code == 1
    assert any(difference in each for each in differences(result)), differences(result)


@pytest.mark.parametrize(
    ("file", "old", "new", "difference"),
    [
        ("types.asciidoc", "string(25)", "string(26)", "DateTime length: 26 -> 25"),
        ("status_codes.asciidoc", "|2000 |", "|2999 |", "status 2999 code: there -> nothing"),
        (
            "transport_and_format.asciidoc",
            "|X-Limit |int",
            "|X-Limit |string",
            "< X-Limit header: ",
        ),
        (
            "transport_and_format.asciidoc",
            "|X-Request-ID |",
            "|X-Me |",
            "> X-Me header: string opt",
        ),
        (
            "transport_and_format.asciidoc",
            "status_message |<",
            "message |<",
            "Envelope.message prop",
        ),
    ],
)
def test_so_is_what_other_chapters_change(
    file: str, old: str, new: str, difference: str, own: Path, package: Path
) -> None:
    edited(own, old, new, file)
    result = run(own, package, "--version", "9.2", "--json", "--no-examples")
    assert any(difference in each for each in differences(result)), differences(result)


def test_a_chapter_that_nobody_reads_is_noticed(own: Path, package: Path) -> None:
    shutil.copy(own / "old" / "types.md", own / "old" / "mod_pots.md")
    devices._git(own, "add", ".")  # noqa: SLF001 - the helper of these tests
    devices._git(own, "commit", "-q", "-m", "pots")  # noqa: SLF001
    result = run(own, package, "--version", "9.1", "--json", "--no-examples")
    assert differences(result) == ["mod_pots.md unread: a chapter -> nothing"]


def test_an_erratum_explains_exactly_its_differences(clone: Path, package: Path) -> None:
    result = run(clone, package, "--version", "9.2", "--explained")
    assert result.exit_code == 0
    assert "Device.degrees length: 3 -> 0..999  (K-DEGREES)" in result.stdout
    assert "example examples/lid_example.json, Lid  (K-LID-EXAMPLE)" in result.stdout


def test_another_difference_of_the_same_fact_is_not_explained(own: Path, package: Path) -> None:
    edited(own, "|degrees |int(3) |?", "|degrees |int(4) |?")
    result = run(own, package, "--version", "9.2", "--json")
    assert result.exit_code == 1
    assert "Device.degrees length: 4 -> 0..999" in differences(result)


def test_an_erratum_that_the_specification_has_repaired_is_stale(own: Path, package: Path) -> None:
    edited(own, "{device_endpoint_url}{party_id}", "{device_endpoint_url}/{party_id}")
    result = run(own, package, "--version", "9.2")
    assert result.exit_code == 0, result.output
    assert "stale: K-SLASH explains devices.receiver PUT paths: " in result.stdout
    assert "2 stale explanations" in result.stderr


def test_bundles_that_leave_the_reading_of_an_erratum_fail(
    own: Path, package: Path, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(package, tmp_path / "other_devices"))
    for path in (target / "v9_2" / "documents").glob("*.json"):
        text = path.read_text().replace('"minimum": 0, "maximum": 999', '"maximum": 999')
        path.write_text(text)
    result = run(own, target, "--version", "9.2", "--json", "--no-examples")
    assert result.exit_code == 1
    assert "Device.degrees length: 3 -> ..999" in differences(result)
    edited(own, "|degrees |int(3) |?", "|degrees |int |?")
    assert run(own, target, "--version", "9.2", "--no-examples").exit_code == 1


def test_without_errata_nothing_is_explained(clone: Path, package: Path, tmp_path: Path) -> None:
    (tmp_path / "none.toml").write_text("")
    result = run(clone, package, "--version", "9.2", "--json", errata=tmp_path / "none.toml")
    assert result.exit_code == 1
    assert len(differences(result)) == 5


def test_an_extension_is_what_its_branch_adds(clone: Path, package: Path) -> None:
    result = run(clone, package, "--version", "spouts", "--json")
    assert result.exit_code == 0, result.output
    (audit,) = report_of(result)["audits"]
    assert audit["version"] == "9.2"
    assert audit["modules"]["spouts"]["operations"] == 1
    assert audit["modules"]["devices"]["facts"] == 1


def test_what_an_extension_adds_to_classes_of_core_must_be_there(
    clone: Path, package: Path, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(package, tmp_path / "clayless_devices"))
    for path in (target / "v9_2" / "documents").glob("*.json"):
        path.write_text(path.read_text().replace(', "CLAY"', ""))
    result = run(clone, target, "--version", "spouts", "--json", "--no-examples")
    assert result.exit_code == 1
    assert differences(result) == ["Material.CLAY value: there -> nothing"]
    assert run(clone, target, "--version", "9.2", "--no-examples").exit_code == 0


def test_what_core_has_repaired_since_does_not_count_for_an_extension(
    own: Path, package: Path
) -> None:
    edited(own, "|on |boolean |1", "|switched_on |boolean |1")
    assert run(own, package, "--version", "spouts", "--no-examples").exit_code == 0
    assert run(own, package, "--version", "9.2", "--no-examples").exit_code == 1

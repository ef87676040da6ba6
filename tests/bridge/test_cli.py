"""``ocpi convert``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ocpi_bridge.cli import app
from tests.bridge.support import cdr_samples, samples
from tests.bridge.support.conversions import changed

runner = CliRunner()


def run(document: Any, *options: str) -> Result:
    text = document if isinstance(document, str) else json.dumps(document)
    return runner.invoke(app, ["convert", *options, "-"], input=text)


def versions(source: str, target: str, kind: str) -> list[str]:
    return ["--from", source, "--to", target, "--as", kind]


def test_the_object_goes_to_stdout_and_the_losses_to_stderr() -> None:
    found = run(samples.TOKEN_2_3_0, *versions("2.3.0", "2.1.1", "token"), "--emsp", "DE-ABC")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["auth_id"] == "DE8ACC12E46L89"
    assert "/group_id" in found.stderr
    assert "Lost (3)" in found.stderr


def test_json_holds_everything() -> None:
    location = ["--cpo", "NL-TNM", *versions("2.1.1", "2.2.1", "Location")]
    found = run(samples.LOCATION_2_1_1, *location, "--json")
    document = json.loads(found.stdout)
    assert document["value"]["energy_mix"]["environ_impact"][0]["amount"] == 0.00074
    assert document["losses"] == []
    assert {each["pointer"] for each in document["assumptions"]} == {
        "/publish",
        "/time_zone",
        "/opening_times/twentyfourseven",
    }


def test_fields_of_somebody_are_lost() -> None:
    evse = changed(samples.EVSE_2_3_0, x_power=1)
    document = changed(samples.LOCATION_2_3_0, evses=[evse], x_own={"a": 1})
    found = run(document, *versions("2.3.0", "2.2.1", "location"), "--json")
    pointers = {each["pointer"] for each in json.loads(found.stdout)["losses"]}
    assert {"/x_own", "/evses/0/x_power"} <= pointers


def test_a_session_needs_its_location(tmp_path: Path) -> None:
    file = tmp_path / "location.json"
    file.write_text(json.dumps(samples.LOCATION_2_3_0))
    session = versions("2.3.0", "2.1.1", "session")
    missing = run(samples.SESSION_2_3_0, *session)
    assert missing.exit_code == 2
    assert "--location" in missing.stderr
    found = run(samples.SESSION_2_3_0, *session, "--location", str(file))
    assert found.exit_code == 0
    assert json.loads(found.stdout)["location"]["id"] == "LOC1"


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "cdr.json"
    file.write_text(json.dumps(cdr_samples.CDR_2_0))
    options = ["--last-updated", samples.UPDATED, *versions("2.0", "2.1.1", "cdr")]
    found = runner.invoke(app, ["convert", *options, str(file)])
    assert found.exit_code == 0
    assert json.loads(found.stdout)["total_energy"] == 15.342


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_what_is_invalid_is_refused(as_json: list[str]) -> None:
    document = changed(samples.TOKEN_2_3_0, uid=None)
    found = run(document, *versions("2.3.0", "2.2.1", "token"), *as_json)
    assert found.exit_code == 1
    assert "/uid is missing" in found.stderr
    if as_json:
        assert json.loads(found.stdout)["violations"][0]["pointer"] == "/uid"
    else:
        assert not found.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b'{\n "uid": "1",\n "type" "RFID"\n}', "is not JSON: expected ':' (line 3, column 9)"),
        (b'{"uid": "\xc3\xa9\xe9"}', "is not UTF-8 (line 1, column 11)"),
        (b'{"uid": ', "(line 1, column 9)"),
        (b'{"uid": 1e999}', "has a number that is too large"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[{}]", "holds a list"),
        (b'{"data": {}, "status_code": 1000}', "holds a whole response"),
        (b"{}", "is not a valid Token of OCPI 2.3.0"),
    ],
)
def test_what_is_wrong_with_a_file_is_reported_with_its_name(
    text: bytes, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.json"
    file.write_bytes(text)
    found = runner.invoke(app, ["convert", *versions("2.3.0", "2.1.1", "token"), str(file)])
    assert found.exit_code == 1
    assert not found.stdout
    assert str(file) in found.stderr
    assert message in found.stderr


def test_a_file_beside_the_object_is_named_too(tmp_path: Path) -> None:
    file = tmp_path / "location.json"
    file.write_text("{}")
    session = versions("2.3.0", "2.1.1", "session")
    found = run(samples.SESSION_2_3_0, *session, "--location", str(file))
    assert found.exit_code == 1
    assert f"{file} is not a valid Location" in found.stderr


def test_what_the_other_version_does_not_have_is_reported_first() -> None:
    found = run("{}", *versions("2.2", "2.1.1", "client-info"))
    assert found.exit_code == 1
    assert "OCPI 2.1.1 does not define ClientInfo" in found.stderr


def test_stdin_holds_one_object() -> None:
    session = versions("2.3.0", "2.1.1", "session")
    found = run(samples.SESSION_2_3_0, *session, "--location", "-")
    assert found.exit_code == 2
    assert "stdin holds one object" in found.stderr


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{", versions("2.0", "2.1.1", "evse")),
        ('{"result": "ACCEPTED"}', versions("2.1.1", "2.0", "command-response")),
    ],
)
def test_what_cannot_be_represented_is_refused(text: str, options: list[str]) -> None:
    found = run(text, *options)
    assert found.exit_code == 1
    assert not found.stdout


@pytest.mark.parametrize(
    "options",
    [
        versions("2.4", "2.1.1", "token"),
        versions("2.3.0", "2.1.1", "tokens"),
        [*versions("2.3.0", "2.1.1", "token"), "--emsp", "ABC"],
        [*versions("2.3.0", "2.1.1", "token"), "--last-updated", "today"],
        [*versions("2.3.0", "2.1.1", "token"), "--role", "HUB"],
        [*versions("2.3.0", "2.1.1", "token"), "--evse-status", "FREE"],
        [*versions("2.3.0", "2.1.1", "token"), "--time-zone", ""],
        versions("2.3.0", "2.1.1", "token")[:4],
    ],
)
def test_wrong_usage(options: list[str]) -> None:
    assert run(samples.TOKEN_2_3_0, *options).exit_code == 2

"""``ocpi config``: which settings are in effect, and where each was set."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_server.cli import app
from ocpi_server.settings import load_settings
from ocpi_server.store.database.errors import StoreError

FILE = """\
base_url = "https://ocpi.example.com/ocpi"
database = "postgresql+asyncpg://ocpi:s3cret@db.example.com/ocpi"
key_file = "ocpi.key"

[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example"

[[parties]]
country_code = "NL"
party_id = "EXE"
role = "EMSP"
name = "Example"

[limits]
connections = 100
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ocpi.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def printed(file: Path, *options: str, **environment: str) -> str:
    done = CliRunner().invoke(app, ["config", "--config", str(file), *options], env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_setting_has_its_origin(file: Path) -> None:
    found = json.loads(printed(file, "--json", OCPI_CURRENCY="CHF"))
    by_key = {each["key"]: (each["value"], each["origin"]) for each in found}
    assert by_key["base_url"] == ("https://ocpi.example.com/ocpi", f"{file}:1")
    assert by_key["parties.1.role"] == ("EMSP", f"{file}:14")
    assert by_key["limits.connections"] == (100, f"{file}:18")
    assert by_key["currency"] == ("CHF", "OCPI_CURRENCY")
    assert by_key["push.at_once"] == (4, "default")
    assert by_key["key_file"] == (str(file.parent / "ocpi.key"), f"{file}:3")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_passwords_are_masked(file: Path, options: tuple[str, ...]) -> None:
    text = printed(file, *options)
    assert "s3cret" not in text
    assert "ocpi:***@db.example.com" in text


def test_what_is_printed_is_a_settings_file(file: Path) -> None:
    again = file.with_name("again.toml")
    again.write_text(printed(file).replace("***", "s3cret"), encoding="utf-8")
    assert load_settings(again, {}) == load_settings(file, {})


def test_no_password_is_shown_where_the_url_is_odd(file: Path) -> None:
    for url in ("postgresql+asyncpg://ocpi:can@ary@host:x/y", "postgresql://ocpi:canary@[::1/x"):
        done = CliRunner().invoke(
            app, ["config", "--config", str(file)], env={"OCPI_DATABASE": url}
        )
        shown = f"{done.output}{done.exception}"
        assert "ocpi:***@" in shown
        assert "ary" not in shown
    text = printed(file, OCPI_DATABASE="postgresql+asyncpg://host/x?user=ocpi&password=canary")
    assert "canary" not in text


def test_a_database_that_cannot_be_reached_is_one_line(file: Path) -> None:
    for url in ("postgresql+asyncpg://127.0.0.1:1/x", "postgresql+asyncpg://127.0.0.1:1/x?y=z"):
        done = CliRunner().invoke(
            app, ["db", "check", "--config", str(file)], env={"OCPI_DATABASE": url}
        )
        assert isinstance(done.exception, StoreError)
        assert str(done.exception).startswith("the database cannot be reached: ")

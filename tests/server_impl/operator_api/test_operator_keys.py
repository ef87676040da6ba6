"""Keys of operators: made once, found by their secret alone, listed, ended and removed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select, text
from typer.testing import CliRunner, Result

from ocpi_server.cli import app
from ocpi_server.operator_keys import Keys, KeyTaken, UnknownScope
from ocpi_server.store import Database, open_database
from ocpi_server.store.database.operator_tables import operator_keys
from ocpi_server.store.database.schema import HEAD, ensure, revision
from tests.server_impl.migrating import downgrade

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SETTINGS = """
base_url = "http://127.0.0.1:9/ocpi"
database = "sqlite:///{folder}/ocpi.sqlite"

[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example Charging"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    return file


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments, "--config", str(config)])


async def test_a_key_is_found_by_its_secret_alone(database: Database) -> None:
    keys = Keys(database, lambda: NOW)
    key, secret = await keys.create("Back end", ["objects:read", "log:read"])
    other, other_secret = await keys.create("Console", ["*"])
    assert await keys.find(secret) == key
    assert await keys.find(other_secret) == other
    swapped = secret.replace(key.id, other.id)
    for wrong in ("", secret[:-1], secret + "x", swapped, key.id, "ocpi-key-", "x" * 100_000):
        assert await keys.find(wrong) is None
    assert key.allows("log:read")
    assert not key.allows("objects:write")
    assert other.allows("objects:write")


async def test_secrets_are_random_and_not_stored(database: Database) -> None:
    keys = Keys(database, lambda: NOW)
    secrets = [(await keys.create(f"Key {number}", ["*"]))[1] for number in range(3)]
    assert len({*secrets}) == 3

    def stored(link: Connection) -> str:
        return str([tuple(row) for row in link.execute(select(operator_keys))])

    found = await database.read(stored)
    for secret in secrets:
        random_part = secret.split("-", 3)[3]
        assert len(random_part) == 43, "that is 256 bits"
        assert random_part not in found


async def test_a_key_ends(database: Database) -> None:
    instants = [NOW]
    keys = Keys(database, lambda: instants[-1])
    key, secret = await keys.create("Back end", ["*"], NOW + timedelta(hours=1))
    assert await keys.find(secret) == key
    instants.append(NOW + timedelta(hours=1))
    assert await keys.find(secret) is None
    assert await keys.list() == [key]


async def test_a_removed_key_opens_nothing(database: Database) -> None:
    keys = Keys(database, lambda: NOW)
    key, secret = await keys.create("Back end", ["*"])
    _, kept = await keys.create("Other", ["*"])
    assert await keys.remove(key.id)
    assert not await keys.remove(key.id)
    assert await keys.find(secret) is None
    assert await keys.find(kept) is not None
    assert [each.name for each in await keys.list()] == ["Other"]


async def test_a_name_is_taken_once_and_scopes_exist(database: Database) -> None:
    keys = Keys(database, lambda: NOW)
    await keys.create("Back end", ["*"])
    with pytest.raises(KeyTaken, match="Back end"):
        await keys.create("Back end", ["*"])
    with pytest.raises(UnknownScope, match="objects:red does not exist; did you mean"):
        await keys.create("Other", ["objects:red"])
    with pytest.raises(UnknownScope, match="at least one"):
        await keys.create("Other", [])
    assert [each.name for each in await keys.list()] == ["Back end"]


def test_the_commands_make_list_and_remove_keys(config: Path) -> None:
    made = run(config, "add", "Back end", "--scope", "objects:read", "--scope", "log:read")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("ocpi-key-")
    other = msgspec.json.decode(
        run(config, "add", "Console", "--scope", "*", "--days", "1", "--json").stdout
    )
    assert other["secret"] not in {secret, ""}
    assert other["expires"] > other["created"]
    listed = run(config, "list", "--json").stdout
    assert secret not in listed
    assert other["secret"] not in listed
    known = msgspec.json.decode(listed)
    assert [(each["name"], each["scopes"]) for each in known] == [
        ("Back end", ["log:read", "objects:read"]),
        ("Console", ["*"]),
    ]
    assert "Back end" in run(config, "list").stdout
    assert run(config, "remove", "Back end").exit_code == 0
    again = run(config, "remove", "Back end")
    assert (again.exit_code, "Key Back end not found" in again.output) == (2, True)
    assert run(config, "add", "Console", "--scope", "*").exit_code == 2


async def test_a_database_before_keys_gets_their_table(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    await ensure(database, migrate=True)
    await database.write(lambda link: downgrade(link, "0018"))
    assert await database.read(revision) == "0018"
    await ensure(database, migrate=True)
    assert await database.read(revision) == HEAD
    await Keys(database).create("Back end", ["*"])
    count = await database.read(
        lambda link: link.execute(text("SELECT count(*) FROM operator_keys")).scalar()
    )
    assert count == 1
    await database.close()

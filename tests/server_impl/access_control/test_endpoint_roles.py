"""Stored endpoints have the interface role of the wire; those of earlier releases are migrated."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from ocpi_server import Platform
from ocpi_server.store import open_database
from tests.server_impl.migrating import downgrade
from tests.server_impl.pair import paired


def stored(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "ocpi.sqlite")) as link:
        return str(link.execute("SELECT endpoints FROM partners").fetchone()[0])


@pytest.mark.sqlite
async def test_endpoints_are_migrated_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "emsp"
    async with paired(tmp_path) as pair:
        settings, known = pair.emsp.platform.settings, pair.at_emsp
    now = stored(folder)
    roles = {"SENDER", "RECEIVER", "list", "details"}
    assert {each["role"] for each in msgspec.json.decode(now)} == roles
    database = open_database(settings.database)
    await database.write(lambda link: downgrade(link, "0012"))
    await database.close()
    before = msgspec.json.decode(stored(folder))
    assert {each["side"] for each in before} == {role.lower() for role in roles}
    assert not any("role" in each for each in before)
    async with Platform(settings) as platform:
        assert (await platform.partner(known.id)).endpoints == known.endpoints
    assert msgspec.json.decode(stored(folder)) == msgspec.json.decode(now)


@pytest.mark.sqlite
async def test_damaged_endpoints_do_not_stop_a_migration(tmp_path: Path) -> None:
    async with paired(tmp_path) as pair:
        settings, known = pair.emsp.platform.settings, pair.at_emsp
    database = open_database(settings.database)
    await database.write(lambda link: downgrade(link, "0012"))
    await database.close()
    with closing(sqlite3.connect(tmp_path / "emsp" / "ocpi.sqlite")) as link:
        link.execute("UPDATE partners SET endpoints = '[{'")
        link.commit()
    async with Platform(settings) as platform:
        assert (await platform.partner(known.id)).damaged == ("endpoints",)

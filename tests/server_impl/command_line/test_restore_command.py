"""Restoring backups: only whole ones, only while nobody uses the database, and nothing is lost."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from ocpi_runtime.types import PartyId
from ocpi_server.store import Key, ObjectStore, open_database
from ocpi_server.store.maintenance.backup import back_up
from tests.server_impl.store.test_backup import names_in, ocpi, stored


async def has(file: Path, number: int) -> bool:
    database = open_database(f"sqlite:///{file}")
    try:
        key = Key.of("locations", PartyId("NL", "CPO"), f"L{number}")
        return await ObjectStore(database).get(key) is not None
    finally:
        await database.close()


async def test_a_backup_replaces_the_database_which_is_kept(tmp_path: Path) -> None:
    file, copy = tmp_path / "ocpi.sqlite", tmp_path / "copy.sqlite"
    url = f"sqlite:///{file}"
    key = tmp_path / "ocpi.key"
    key.write_text("old")
    key.chmod(0o600)
    await stored(url, 1)
    words = ("--with-key",)
    assert (await asyncio.to_thread(ocpi, tmp_path, url, "db", "backup", str(copy), *words))[0] == 0
    await stored(url, 2)
    key.write_text("new")
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, "db", "restore", str(copy), *words)
    assert (code, f"{file}.replaced" in output) == (0, True), output
    assert [await has(file, number) for number in (1, 2)] == [True, False]
    assert await has(tmp_path / "ocpi.sqlite.replaced", 2)
    assert (key.read_text(), (tmp_path / "ocpi.key.replaced").read_text()) == ("old", "new")
    assert {stat.S_IMODE(each.stat().st_mode) for each in (file, key)} == {0o600}


async def test_each_restore_keeps_what_it_replaces(tmp_path: Path) -> None:
    file, copy = tmp_path / "ocpi.sqlite", tmp_path / "copy.sqlite"
    url = f"sqlite:///{file}"
    key, words = tmp_path / "ocpi.key", ("db", "restore", str(copy), "--with-key")
    await stored(url, 0)
    back_up(file, copy)
    copy.with_suffix(".key").write_text("of the backup")
    kept = {"": 1, ".2": 2, ".3": 3}
    for ending, number in kept.items():
        await stored(url, number)
        key.write_text(str(number))
        code, output = await asyncio.to_thread(ocpi, tmp_path, url, *words)
        names = [f"{name}.replaced{ending}." for name in ("ocpi.sqlite", "ocpi.key")]
        assert (code, [name in output for name in names]) == (0, [True, True]), output
    for ending, number in kept.items():
        assert await has(tmp_path / f"ocpi.sqlite.replaced{ending}", number)
        assert (tmp_path / f"ocpi.key.replaced{ending}").read_text() == str(number)


async def test_a_database_in_use_is_not_replaced(tmp_path: Path) -> None:
    file, copy = tmp_path / "ocpi.sqlite", tmp_path / "copy.sqlite"
    url = f"sqlite:///{file}"
    await stored(url, 1)
    back_up(file, copy)
    await stored(url, 2)
    used = open_database(url)
    await used.read(lambda link: link.exec_driver_sql("SELECT 1 FROM objects").all())
    before = names_in(tmp_path)
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, "db", "restore", str(copy))
    assert (code, "is in use" in output) == (1, True), output
    assert set(names_in(tmp_path)) - {"ocpi.toml"} == set(before)
    await used.close()
    assert await has(file, 2)


@pytest.mark.parametrize("kind", ["missing", "text", "truncated", "another", "newer"])
async def test_what_is_no_backup_changes_nothing(tmp_path: Path, kind: str) -> None:
    file, copy = tmp_path / "ocpi.sqlite", tmp_path / "copy.sqlite"
    url = f"sqlite:///{file}"
    await stored(url, 1)
    if kind == "text":
        copy.write_text("no database at all, but some text\n" * 100)
    elif kind == "another":
        with closing(sqlite3.connect(copy)) as link:
            link.execute("CREATE TABLE notes (text)")
    elif kind != "missing":
        back_up(file, copy)
    if kind == "truncated":
        copy.write_bytes(copy.read_bytes()[:5000])
    if kind == "newer":
        with closing(sqlite3.connect(copy)) as link, link:
            link.execute("UPDATE alembic_version SET version_num = '9000'")
    before = names_in(tmp_path)
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, "db", "restore", str(copy))
    assert (code, len(output.splitlines())) == (1, 1), output
    assert set(names_in(tmp_path)) - {"ocpi.toml"} == set(before)
    assert await has(file, 1)


async def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    file, copy = tmp_path / "ocpi.sqlite", tmp_path / "copy.sqlite"
    url = f"sqlite:///{file}"
    await stored(url, 1)
    back_up(file, copy)
    file.write_text("no database any more\n" * 100)
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, "db", "restore", str(copy))
    assert code == 0, output
    assert await has(file, 1)

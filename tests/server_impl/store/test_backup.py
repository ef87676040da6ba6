"""Backups while another process writes, and databases that cannot be used."""

import asyncio
import errno
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from ocpi_runtime.types import PartyId
from ocpi_server.cli import app
from ocpi_server.store import OWN, Draft, Key, ObjectStore, open_database
from ocpi_server.store.database.errors import StoreError
from ocpi_server.store.database.schema import HEAD, SchemaError, ensure
from ocpi_server.store.maintenance.backup import back_up
from tests.support.commands import run_command

ROOT = Path(__file__).parents[3]
CONFIG = """
base_url = "http://127.0.0.1:1/ocpi"
database = "{url}"

[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"
"""


def ocpi(folder: Path, url: str, *words: str) -> tuple[int, str]:
    """Run a command on a database; returns its exit code and what it printed to stderr."""
    config = folder / "ocpi.toml"
    config.write_text(CONFIG.format(url=url))
    code, _, stderr = run_command(app, [*words, "--config", str(config)])
    return code, stderr


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def in_backup(file: Path) -> dict[str, int]:
    """Read the last number of each writer in a backup, which must be whole."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = link.execute("SELECT uid, raw FROM objects").fetchall()
        total = link.execute("SELECT sum(total) FROM listings").fetchone()[0]
    assert len(rows) == total
    numbers = {}
    for uid, raw in rows:
        whole = msgspec.json.decode(raw)
        assert whole["first"] == whole["last"]
        numbers[uid] = whole["last"]
    return numbers


def test_a_backup_has_every_write_that_was_acknowledged_before(tmp_path: Path) -> None:
    source = tmp_path / "store.sqlite"
    command = [sys.executable, "-m", "tests.server_impl.writer", f"sqlite:///{source}"]
    acknowledged: dict[str, int] = {}
    written = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        for at in range(5):
            for _ in range(60):
                lane, number = process.stdout.readline().split()
                acknowledged[f"l{lane}"] = int(number)
                written += 1
            before = dict(acknowledged)
            back_up(source, tmp_path / f"backup{at}.sqlite")
            found = in_backup(tmp_path / f"backup{at}.sqlite")
            assert all(found[lane] >= number for lane, number in before.items())
        process.kill()
    assert written == 300


async def stored(url: str, *numbers: int) -> None:
    database = open_database(url)
    await ensure(database, migrate=True)
    store = ObjectStore(database)
    for number in numbers:
        key = Key.of("locations", PartyId("NL", "CPO"), f"L{number}")
        await store.put(Draft(key, b"{}", number, "2.2.1", OWN))
    await database.close()


async def test_the_command_copies_database_and_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ocpi.sqlite'}"
    await stored(url, 1, 2, 3)
    (tmp_path / "ocpi.key").touch(0o600)
    copy = tmp_path / "copy.sqlite"
    words = ("db", "backup", str(copy))
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, *words, "--with-key")
    assert (code, "copy.key" in output) == (0, True)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (copy, copy.with_suffix(".key"))} == {
        0o600
    }
    code, output = await asyncio.to_thread(ocpi, tmp_path, url, *words)
    assert (code, output) == (1, f"{copy} exists; name a new file\n")
    assert names_in(tmp_path) == [
        "copy.key",
        "copy.sqlite",
        "ocpi.key",
        "ocpi.sqlite",
        "ocpi.toml",
    ]
    again = open_database(f"sqlite:///{copy}")
    assert await ObjectStore(again).get(Key.of("locations", PartyId("NL", "CPO"), "L3"))
    await again.close()


def test_only_sqlite_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As where the driver is installed.
    monkeypatch.setattr("ocpi_server.settings._databases._check_driver", lambda _url: None)
    monkeypatch.setenv("OCPI_KEY_FILE", str(tmp_path / "x.key"))
    code, output = ocpi(tmp_path, "postgresql+asyncpg://u@h/d", "db", "backup", str(tmp_path / "x"))
    assert (code, "pg_dump" in output) == (2, True)


def test_a_backup_of_nothing_makes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.sqlite'}"
    code, output = ocpi(tmp_path, url, "db", "backup", str(tmp_path / "x"))
    assert (code, "does not exist" in output) == (1, True)
    assert [each.name for each in tmp_path.iterdir()] == ["ocpi.toml"]


async def test_a_newer_database_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ocpi.sqlite'}"
    await stored(url)
    database = open_database(url)
    newer = text("UPDATE alembic_version SET version_num = '9000'")
    await database.write(lambda link: link.execute(newer))
    with pytest.raises(SchemaError, match=rf"revision 9000, .*newer.*\(revision {HEAD}\)"):
        await ensure(database, migrate=True)
    await database.close()
    for words in (("db", "upgrade"), ("partners", "list"), ("serve",), ("losses",)):
        code, output = await asyncio.to_thread(ocpi, tmp_path, url, *words)
        assert (code, len(output.splitlines())) == (1, 1), output
        assert "newer than this release" in output


@pytest.mark.parametrize("kind", ["text", "folder", "truncated", "below a file"])
async def test_what_is_no_database_is_one_line(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "ocpi.sqlite"
    if kind == "folder":
        file.mkdir()
    elif kind == "truncated":
        await stored(f"sqlite:///{file}", *range(50))
        file.write_bytes(file.read_bytes()[:5000])
    else:
        file.write_text("no database at all, but some text\n" * 100)
    url = f"sqlite:///{file}" + ("/deeper.sqlite" if kind == "below a file" else "")
    for words in (("db", "upgrade"), ("partners", "list"), ("serve",), ("partners", "invite", "x")):
        code, output = await asyncio.to_thread(ocpi, tmp_path, url, *words)
        seen_in_settings = kind in {"folder", "below a file"}
        assert (code, len(output.splitlines())) == (2 if seen_in_settings else 1, 1), output


async def test_a_locked_database_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocpi_server.store.database._sqlite._BUSY_SECONDS", 0.2)
    url = f"sqlite:///{tmp_path / 'ocpi.sqlite'}"
    await stored(url)
    with closing(sqlite3.connect(tmp_path / "ocpi.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, output = await asyncio.to_thread(ocpi, tmp_path, url, "partners", "invite", "x")
        assert (code, len(output.splitlines())) == (1, 1), output
        assert "locked" in output
    code, _ = await asyncio.to_thread(ocpi, tmp_path, url, "partners", "invite", "x")
    assert code == 0


async def test_a_full_disk_is_an_error_of_its_writes_only(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'ocpi.sqlite'}")
    await ensure(database, migrate=True)
    store = ObjectStore(database)

    def put(number: int) -> Draft:
        key = Key.of("locations", PartyId("NL", "CPO"), f"L{number}")
        return Draft(key, b'"%s"' % (b"x" * 20_000), number, "2.2.1", OWN)

    def limit(pages: int) -> None:
        database._writer.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]  # noqa: SLF001

    await store.put(put(0))
    limit(1)
    done = await asyncio.gather(*(store.put(put(n)) for n in range(1, 9)), return_exceptions=True)
    assert any(isinstance(each, Exception) and "full" in str(each) for each in done)
    assert await store.get(put(0).key)
    limit(100_000)
    await store.put(put(9))
    assert await store.get(put(9).key)
    await database.close()


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "ocpi.sqlite"
    asyncio.run(stored(f"sqlite:///{source}", 1))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(source, tmp_path / "copy")
    assert not list(tmp_path.glob("*copy*"))

"""The key of partners' tokens, and the modes of all files."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ocpi_runtime.errors import GenericServerError
from ocpi_server import Platform, Settings
from ocpi_server._vault import Vault, VaultError
from ocpi_server.cli import app
from ocpi_server.partners._records import InvitationTerms
from tests.server_impl.pair import CPO
from tests.support.commands import run_command

CONFIG = """
base_url = "http://127.0.0.1:1/ocpi"
database = "sqlite:///{folder}/ocpi.sqlite"

[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"
"""


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def settings(folder: Path) -> Settings:
    database = f"sqlite:///{folder / 'ocpi.sqlite'}"
    return Settings(base_url="http://127.0.0.1:1/ocpi", parties=(CPO,), database=database)


def modes_in(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


def terms() -> InvitationTerms:
    return InvitationTerms(
        token_here="here",
        token_there="there",
        versions_url="https://example.com/versions",
        version="2.2.1",
        endpoints=(),
        roles=(),
    )


async def with_a_partner(folder: Path) -> str:
    """Make a database in which the token of one partner is sealed."""
    async with Platform(settings(folder)) as platform:
        partner = await platform.partners.begin("guest", "secret")
        return (await platform.partners.agree(partner, terms())).id


@pytest.mark.usefixtures("open_umask")
async def test_all_files_are_for_their_owner_only(tmp_path: Path) -> None:
    async with Platform(settings(tmp_path)) as platform:
        await platform.partners.invite("guest")
        modes = modes_in(tmp_path)
    assert set(modes.values()) == {0o600}
    assert {"ocpi.sqlite", "ocpi.sqlite-wal", "ocpi.sqlite-shm", "ocpi.key"} <= set(modes)


async def test_a_missing_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    await with_a_partner(tmp_path)
    key = tmp_path / "ocpi.key"
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(VaultError, match=r"ocpi\.key is missing.*1 stored token.*db new-key"):
        await Platform(settings(tmp_path)).start()
    assert not key.exists()
    key.touch(0o600)
    key.write_bytes(kept)
    async with Platform(settings(tmp_path)) as platform:
        assert [each.sealed_token for each in await platform.partners.every()] != [None]


async def test_another_key_is_an_error_at_the_start(tmp_path: Path) -> None:
    await with_a_partner(tmp_path)
    (tmp_path / "ocpi.key").unlink()
    Vault.at(tmp_path / "ocpi.key")
    with pytest.raises(VaultError, match="not the one that encrypted"):
        await Platform(settings(tmp_path)).start()


async def with_a_proposal_only(folder: Path) -> str:
    """Make a database in which only the token of a renewal without answer is sealed."""
    partner_id = await with_a_partner(folder)
    async with Platform(settings(folder)) as platform:
        await platform.partners.propose(await platform.partner(partner_id))
    with closing(sqlite3.connect(folder / "ocpi.sqlite")) as database, database:
        database.execute("update partners set sealed_token = null")
    return partner_id


async def test_the_key_of_a_proposed_token_is_needed_too(tmp_path: Path) -> None:
    partner_id = await with_a_proposal_only(tmp_path)
    (tmp_path / "ocpi.key").unlink()
    with pytest.raises(VaultError, match=r"is missing.*1 stored token"):
        await Platform(settings(tmp_path)).start()
    Vault.at(tmp_path / "ocpi.key")
    with pytest.raises(VaultError, match="not the one that encrypted"):
        await Platform(settings(tmp_path)).start()
    code, output = await in_thread(tmp_path, "db", "check")
    assert code == 1
    assert "1 damaged rows" in output
    code, output = await in_thread(tmp_path, "db", "new-key")
    assert code == 0
    assert f"--again {partner_id}" in output
    async with Platform(settings(tmp_path)):
        pass


async def test_a_damaged_proposal_is_replaced(tmp_path: Path) -> None:
    partner_id = await with_a_partner(tmp_path)
    async with Platform(settings(tmp_path)) as platform:
        partner = await platform.partner(partner_id)
        _, first = await platform.partners.propose(partner)
        assert (await platform.partners.propose(partner))[1] == first
        with closing(sqlite3.connect(tmp_path / "ocpi.sqlite")) as database, database:
            database.execute("update partners set sealed_pending = x'00'")
        _, second = await platform.partners.propose(partner)
        assert second != first
        assert await platform.partners.authenticate([first]) is None
        assert await platform.partners.authenticate([second]) is not None


async def test_the_only_token_may_be_damaged(tmp_path: Path) -> None:
    partner = await with_a_partner(tmp_path)
    async with Platform(settings(tmp_path)) as platform:
        damage = "UPDATE partners SET sealed_token = x'00ff'"
        await platform.parts.store.database.write(lambda link: link.exec_driver_sql(damage))
    async with Platform(settings(tmp_path)) as platform:
        with pytest.raises(GenericServerError, match="is damaged"):
            platform.partners.open_token(await platform.partner(partner))


async def test_a_database_without_tokens_gets_a_key(tmp_path: Path) -> None:
    async with Platform(settings(tmp_path)) as platform:
        await platform.partners.invite("guest")
    (tmp_path / "ocpi.key").unlink()
    async with Platform(settings(tmp_path)):
        assert (tmp_path / "ocpi.key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
async def test_a_key_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    await with_a_partner(tmp_path)
    key = tmp_path / "ocpi.key"
    key.chmod(mode)
    with pytest.raises(VaultError, match=f"run: chmod 600 {key}"):
        Platform(settings(tmp_path))


async def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    key = tmp_path / "ocpi.key"
    key.touch(0o600)
    key.write_text("no key")
    with pytest.raises(VaultError, match="is not a key"):
        Platform(settings(tmp_path))


def ocpi(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command; returns its exit code and what it printed to stderr."""
    config = folder / "ocpi.toml"
    config.write_text(CONFIG.format(folder=folder))
    code, _, stderr = run_command(app, [*words, "--config", str(config)])
    return code, stderr


async def in_thread(folder: Path, *words: str) -> tuple[int, str]:
    return await asyncio.to_thread(ocpi, folder, *words)


async def test_a_lost_key_is_replaced_and_its_partners_are_named(tmp_path: Path) -> None:
    partner = await with_a_partner(tmp_path)
    code, output = await in_thread(tmp_path, "db", "new-key")
    assert code == 1
    assert "need not be replaced" in output
    (tmp_path / "ocpi.key").unlink()
    code, output = await in_thread(tmp_path, "partners", "list")
    assert (code, len(output.splitlines())) == (1, 1)
    code, output = await in_thread(tmp_path, "serve")
    assert (code, len(output.splitlines())) == (1, 1)
    code, output = await in_thread(tmp_path, "db", "new-key")
    assert code == 0
    assert f"--again {partner}" in output
    async with Platform(settings(tmp_path)) as platform:
        assert [each.sealed_token for each in await platform.partners.every()] == [None]

"""Settings from a file and the environment; the key; work in the background."""

import asyncio
from pathlib import Path

import pytest

from ocpi_server import OwnParty, Settings, SettingsError, load_settings
from ocpi_server._background import Background
from ocpi_server._vault import Vault, VaultError

WHOLE = """
base_url = "https://example.com/ocpi/"
database = "sqlite:///var/ocpi.sqlite"
authorize_needs_location = true

[[parties]]
country_code = "nl"
party_id = "exa"
role = "CPO"
name = "Example Charging"

[urls]
allow_http = true
"""
PARTY = OwnParty("NL", "EXA", "CPO", "Example Charging")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ocpi.toml"
    (tmp_path / "var").mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, WHOLE), {})
    assert settings.base_url == "https://example.com/ocpi"
    assert {str(party) for party in settings.own_parties} == {"NL-EXA"}
    assert (settings.urls.allow_http, settings.urls.allow_private) == (True, False)
    assert settings.authorize_needs_location
    assert settings.key_path == tmp_path / "var/ocpi.key"


def test_the_key_needs_a_place_where_the_database_is_no_file(tmp_path: Path) -> None:
    text = WHOLE.replace("sqlite:///var/ocpi.sqlite", "postgresql+asyncpg://host/name")
    with pytest.raises(
        SettingsError, match="key_file: is required where the database is not an SQLite"
    ):
        load_settings(written(tmp_path, text), {})
    settings = load_settings(written(tmp_path, 'key_file = "a.key"' + text), {})
    assert settings.key_path == tmp_path / "a.key"


def test_the_environment_overrides_it(tmp_path: Path) -> None:
    environment = {
        "OCPI_BASE_URL": "https://other.example/x",
        "OCPI_KEY_FILE": "/run/key",
        "OCPI_URLS_ALLOW_PRIVATE": "yes",
        "UNRELATED": "1",
    }
    settings = load_settings(written(tmp_path, WHOLE), environment)
    assert settings.base_url == "https://other.example/x"
    assert settings.key_path == Path("/run/key")
    assert settings.urls.allow_private
    assert settings.urls.allow_http


def test_limits_and_response_hosts_are_read(tmp_path: Path) -> None:
    more = """
[limits]
connections = 500
rate_per_partner = 2.5
"""
    text = WHOLE.replace("[urls]", '[urls]\nresponse_hosts = ["results.example.com"]') + more
    settings = load_settings(written(tmp_path, text), {})
    assert settings.urls.response_hosts == ("results.example.com",)
    assert (settings.limits.connections, settings.limits.rate_per_partner) == (500, 2.5)
    assert settings.limits.header_seconds == 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "base_url = 1",
        'base_url = "https://example.com"',
        WHOLE.replace("party_id", "partyid"),
        WHOLE.replace("https://", ""),
        WHOLE + "\n[unknown]\nx = 1",
        WHOLE + WHOLE[WHOLE.index("[[parties]]") : WHOLE.index("[urls]")],
        "no toml",
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(written(tmp_path, text), {})


def test_a_party_twice_in_one_role_is_refused() -> None:
    with pytest.raises(SettingsError):
        Settings(base_url="https://example.com", parties=(PARTY, PARTY))
    with pytest.raises(SettingsError):
        Settings(base_url="https://example.com", parties=())


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ocpi.key"
    sealed = Vault.at(path).seal("secret")
    assert b"secret" not in sealed
    assert Vault.at(path).open(sealed) == "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["ocpi.key"]


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = Vault.at(tmp_path / "one").seal("secret")
    with pytest.raises(VaultError):
        Vault.at(tmp_path / "two").open(sealed)
    (tmp_path / "bad").write_text("no key")
    with pytest.raises(VaultError):
        Vault.at(tmp_path / "bad")


async def test_background_work_is_bounded_and_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    background = Background(most=2)
    gone: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            gone.append("work")

    async def broken() -> None:
        raise RuntimeError("no luck")

    background.start(broken(), "the broken one", "a")
    await background.settled()
    assert "the broken one failed" in caplog.text
    background.start(work(), "one", "a")
    assert not background.is_full("a")
    background.start(work(), "two", "a")
    assert background.is_full("a")
    assert background.is_full("b")
    await asyncio.sleep(0)
    await background.close()
    assert gone == ["work", "work"]


async def test_one_partner_takes_no_room_from_the_others() -> None:
    background = Background(most=10, most_of_one=1)
    never = asyncio.Event()
    background.start(_wait(never), "one", "a")
    assert background.is_full("a")
    assert not background.is_full("b")
    assert not background.try_start(_wait(never), "two", "a")
    never.set()
    await background.settled()
    assert not background.is_full("a")


async def test_work_for_one_partner_keeps_a_bounded_number_of_bytes() -> None:
    background = Background(bytes_of_one=100)
    end = asyncio.Event()
    assert background.try_start(_wait(end), "one", "a", 60)
    assert not background.try_start(_wait(end), "two", "a", 41)
    assert background.try_start(_wait(end), "three", "b", 100)
    with background.keeping("a", 30):
        assert background.is_full("a", 11)
    assert background.try_start(_wait(end), "four", "a", 40)
    end.set()
    await background.settled()
    assert background.fits("a", 100)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()

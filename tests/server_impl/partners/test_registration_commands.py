"""The commands that register a served platform at another one, and renew the registration."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from ocpi_server import Settings
from ocpi_server.cli import app
from ocpi_server.partners import Invitation, PartnerRole, Status
from ocpi_server.sync import retries
from tests.server_impl.pair import CPO, EMSP, Served, served
from tests.support.commands import run_command

ROLES = (PartnerRole("EMSP", "DE", "MSP"),)
ALLOWED = "[urls]\nallow_private = true\nallow_http = true\n"


def settings_file(folder: Path, settings: Settings, urls: str = ALLOWED) -> Path:
    """Write the settings of a platform that is served, for the commands about it."""
    (party,) = settings.parties
    file = folder / "ocpi.toml"
    lines = [
        f'base_url = "{settings.base_url}"',
        f'database = "{settings.database}"',
        f'key_file = "{settings.key_path}"',
        'versions = ["2.2.1"]',
        "[[parties]]",
        f'country_code = "{party.country_code}"',
        f'party_id = "{party.party_id}"',
        f'role = "{party.role}"',
        f'name = "{party.name}"',
        urls,
    ]
    file.write_text("\n".join(lines))
    return file


@asynccontextmanager
async def inviting(folder: Path) -> AsyncIterator[tuple[Served, Invitation]]:
    """Serve a CPO that has invited the eMSP."""
    (folder / "cpo").mkdir()
    async with served(folder / "cpo", CPO) as cpo:
        yield cpo, await cpo.platform.issue_token_a("Mobility", roles=ROLES)


async def run(words: Sequence[str], config: Path) -> tuple[int, str, str]:
    """Run a command in a thread, while the platforms answer."""
    return await asyncio.to_thread(run_command, app, [*words, "--config", str(config)])


async def test_a_platform_registers_and_renews_by_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inviting(tmp_path) as (cpo, invitation), served(tmp_path, EMSP) as emsp:
        config = settings_file(tmp_path, emsp.platform.settings)
        monkeypatch.setenv("OCPI_TOKEN", invitation.token)
        words = ["partners", "register", invitation.versions_url, "--name", "Charging", "--json"]
        code, stdout, stderr = await run(words, config)
        assert code == 0, stderr
        made = msgspec.json.decode(stdout)
        assert (made["name"], made["version"], made["roles"]) == (
            "Charging", "2.2.1", ["NL-CPO:CPO"],
        )  # fmt: skip
        there = await cpo.platform.partner(invitation.partner_id)
        assert there.status is Status.REGISTERED
        before = await emsp.platform.partner(made["partner"])
        code, _, stderr = await run(["partners", "renew", "Charging"], config)
        assert (code, "registered with OCPI 2.2.1" in stderr) == (0, True), stderr
        after = await emsp.platform.partner(made["partner"])
        assert after.sealed_token != before.sealed_token


async def test_token_a_is_read_from_stdin(tmp_path: Path) -> None:
    async with inviting(tmp_path) as (_, invitation), served(tmp_path, EMSP) as emsp:
        config = settings_file(tmp_path, emsp.platform.settings)
        words = ["partners", "register", invitation.versions_url, "--config", str(config)]
        given = f"{invitation.token}\n"
        done = await asyncio.to_thread(CliRunner().invoke, app, words, input=given)
        assert done.exit_code == 0, done.stderr
        assert invitation.token not in done.output


async def test_no_token_a_is_wrong_usage(tmp_path: Path) -> None:
    async with served(tmp_path, EMSP) as emsp:
        config = settings_file(tmp_path, emsp.platform.settings)
        words = ["partners", "register", "http://127.0.0.1:9/versions"]
        code, _, stderr = await run(words, config)
        assert (code, "OCPI_TOKEN" in stderr) == (2, True), stderr


async def test_a_platform_that_does_not_serve_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inviting(tmp_path) as (cpo, invitation):
        async with served(tmp_path, EMSP) as emsp:
            config = settings_file(tmp_path, emsp.platform.settings)
        monkeypatch.setenv("OCPI_TOKEN", invitation.token)
        words = ["partners", "register", invitation.versions_url]
        code, _, stderr = await run(words, config)
        assert (code, "'ocpi serve' must be running" in stderr) == (1, True), stderr
        assert emsp.base_url in stderr
        there = await cpo.platform.partner(invitation.partner_id)
        assert there.status is Status.INVITED


async def test_settings_that_forbid_the_url_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inviting(tmp_path) as (_, invitation), served(tmp_path, EMSP) as emsp:
        config = settings_file(tmp_path, emsp.platform.settings, urls="")
        monkeypatch.setenv("OCPI_TOKEN", invitation.token)
        code, _, stderr = await run(["partners", "register", invitation.versions_url], config)
        assert (code, "the setting urls.allow_http" in stderr) == (1, True), stderr
        code, _, stderr = await run(["partners", "register", "ftp://127.0.0.1/versions"], config)
        assert (code, "urls.allow_" in stderr) == (1, False), stderr


@pytest.mark.parametrize(
    ("url", "why", "hint"),
    [
        ("http://127.0.0.1:9/versions", "127.0.0.1:9 refuses connections", "firewall"),
        (None, "HTTP 401", "ask the partner for a new one"),
    ],
)
async def test_a_failure_is_one_message_with_its_cause_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None, why: str, hint: str
) -> None:
    monkeypatch.setattr(retries, "_PAUSES", ())
    monkeypatch.setenv("OCPI_TOKEN", "wrong")
    async with inviting(tmp_path) as (cpo, _), served(tmp_path, EMSP) as emsp:
        config = settings_file(tmp_path, emsp.platform.settings)
        url = url or cpo.platform.versions_url
        code, _, stderr = await run(["partners", "register", url], config)
    assert code == 1
    (line,) = stderr.splitlines()
    assert line.startswith(f"Registration at {url} failed: ")
    assert (why in line, hint in line) == (True, True), line

"""The command that shows the health of a platform, and its exit code."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ocpi_runtime.client import Endpoint
from ocpi_server import OwnParty, Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.command_line._tables import print_table
from ocpi_server.message_log import MessageRecorder
from ocpi_server.partners import InvitationTerms, PartnerRecord
from tests.server_impl.message_log.test_message_log import exchange
from tests.server_impl.pair import location
from tests.server_impl.partners.test_partner_commands import ROLES, SETTINGS

OWNER = OwnParty("NL", "EXA", "CPO", "Example Charging")
CLOSED = "http://127.0.0.1:9"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ocpi.toml"
    file.write_text(f"{SETTINGS.format(folder=tmp_path)}\n[messages]\nenabled = true\n")
    return file


def prepare(config: Path, work: Callable[[Platform], Awaitable[Any]]) -> Any:
    async def opened() -> Any:
        async with Platform(load_settings(config)) as platform:
            return await work(platform)

    return asyncio.run(opened())


async def register(platform: Platform) -> PartnerRecord:
    """Register a partner at which nobody listens, and which takes locations."""
    partner = await platform.partners.begin("Fun Drive", "a-token-of-theirs")
    terms = InvitationTerms(
        token_here="a-token-of-theirs",
        token_there="a-token-of-ours",
        versions_url=CLOSED,
        version="2.2.1",
        endpoints=(Endpoint("locations", "receiver", f"{CLOSED}/locations"),),
        roles=ROLES,
    )
    return await platform.partners.agree(partner, terms)


async def record(platform: Platform, partner: PartnerRecord, *, failures: int) -> None:
    """Write exchanges of now into the message log, ten of them in all."""
    recorder = MessageRecorder(platform.parts.store.database, platform.settings.messages)
    now = datetime.now(UTC)
    for number in range(10):
        status = 500 if number < failures else 200
        made = exchange(started=now, http_status=status)
        recorder.record(made, "in" if number % 2 else "out", partner.id)
    await recorder.close()


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["status", *words, "--config", str(config)])


def data(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_platform_in_order_is_well(config: Path) -> None:
    async def work(platform: Platform) -> None:
        await record(platform, await register(platform), failures=5)

    prepare(config, work)
    result = run(config, "--json")
    shown = data(result)
    assert (result.exit_code, shown["problems"]) == (0, [])
    (partner,) = shown["partners"]
    assert (partner["name"], partner["status"]) == ("Fun Drive", "registered")
    assert (partner["exchanges"], partner["error_rate"]) == (10, 0.5)
    assert partner["last_in"] is not None
    assert partner["last_out"] is not None
    text = run(config).stdout
    assert "All is well." in text
    assert "50% of 10" in " ".join(text.split())


def test_pushes_that_fail_are_wrong(config: Path) -> None:
    async def work(platform: Platform) -> None:
        partner = await register(platform)
        await platform.put_own("locations", json.dumps(location("L1", OWNER)).encode())
        await platform.resync(partner.id)
        await platform.pushed()

    prepare(config, work)
    result = run(config, "--json")
    assert result.exit_code == 1
    (problem,) = data(result)["problems"]
    assert problem.startswith("Fun Drive: pushes failed 1 times: ")
    (partner,) = data(result)["partners"]
    assert (partner["pending"], partner["push_failures"]) == (1, 1)
    assert data(result)["modules"]["locations"]["own"] == 1
    assert f"! {problem}" in run(config).stdout


def test_many_failures_within_an_hour_are_wrong(config: Path) -> None:
    async def work(platform: Platform) -> None:
        await record(platform, await register(platform), failures=6)

    prepare(config, work)
    result = run(config, "--json")
    assert result.exit_code == 1
    assert data(result)["problems"] == ["Fun Drive: 6 of 10 exchanges failed within an hour"]


def test_a_blocked_partner_is_not_judged(config: Path) -> None:
    async def work(platform: Platform) -> None:
        partner = await register(platform)
        await record(platform, partner, failures=10)
        await platform.administration.set_blocked(partner.id, blocked=True)

    prepare(config, work)
    result = run(config, "--json")
    assert result.exit_code == 0
    assert data(result)["partners"][0]["status"] == "blocked"


def test_a_database_without_tables_is_wrong_and_stays_as_it_is(config: Path) -> None:
    for _ in range(2):
        result = run(config, "--json")
        assert result.exit_code == 1
        (problem,) = data(result)["problems"]
        assert problem.startswith("the database is empty")
    assert "ocpi db upgrade" in run(config).stdout


def test_a_database_that_cannot_be_used_is_wrong(config: Path, tmp_path: Path) -> None:
    (tmp_path / "ocpi.sqlite").write_bytes(b"this is no database, but long enough to be read" * 99)
    result = run(config, "--json")
    assert result.exit_code == 1
    assert "not a database" in data(result)["problems"][0]


def test_tables_escape_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("error",), [("\x1b[31m[red] café",)])
    assert capsys.readouterr().out.splitlines()[1].rstrip() == r"\x1b[31m[red] café"

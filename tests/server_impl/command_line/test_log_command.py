"""The command that shows the message log: lines, one exchange in full, JSON lines, a HAR."""

import asyncio
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner, Result

from ocpi_conformance.replay import read_log
from ocpi_server import Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.command_line.monitoring._since import instant_of
from tests.server_impl.message_log.test_message_log import exchange
from tests.server_impl.partners.test_partner_commands import SETTINGS

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
VERSIONS = "http://127.0.0.1:9/ocpi/versions"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write settings, and a log of four exchanges, of which one is cut."""
    file = tmp_path / "ocpi.toml"
    file.write_text(
        f"{SETTINGS.format(folder=tmp_path)}\n[messages]\nenabled = true\nbody_bytes = 200\n"
    )
    asyncio.run(_fill(file))
    return file


async def _fill(file: Path) -> None:
    async with Platform(load_settings(file)) as platform:
        partner = await platform.partners.begin("Fun Drive", "a-token-of-theirs")
        for each in (
            exchange(),
            exchange(http_status=404, status_code=2003, status_message="Location \x1b[31m\nX", url="http://x/L"),
            exchange(method="PUT", module="tokens", request_body=b'{"uid":"T1"}'),
            exchange(response_body=b" " * 300),
        ):  # fmt: skip
            record = platform._observation.recorder  # noqa: SLF001 - no request is needed to fill it
            assert record is not None
            record.record(each, "in" if each.method == "GET" else "out", partner.id)


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["log", *words, "--config", str(config)])


def test_lines_show_the_latest_last_with_the_names_of_partners(config: Path) -> None:
    lines = run(config).stdout.splitlines()
    assert [int(line.split()[1]) for line in lines] == [1, 2, 3, 4]
    assert all("Fun Drive" in line for line in lines)
    assert re.search(r" 2 in  Fun Drive +404 2003 +250.0 ms GET +http://x/L  Location", lines[1])


def test_what_partners_sent_does_nothing_to_a_terminal(config: Path) -> None:
    assert "\x1b" not in run(config).stdout + run(config, "2").stdout


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--status", "failed"), [2]),
        (("--module", "tokens"), [3]),
        (("--partner", "Fun Drive", "--limit", "2"), [3, 4]),
        (("--since", "1d"), []),
        (("--since", "2026-05-01"), [1, 2, 3, 4]),
    ],
)
def test_options_choose(config: Path, words: tuple[str, ...], found: list[int]) -> None:
    result = run(config, *words)
    assert result.exit_code == 0
    assert [int(line.split()[1]) for line in result.stdout.splitlines()] == found


def test_one_exchange_is_shown_in_full(config: Path) -> None:
    shown = run(config, "3").stdout
    assert "authorization: ***" in shown
    assert '{"uid":"T1"}' in shown
    assert "request r-1, correlation c-1" in shown
    assert "[100 bytes more]" in run(config, "4").stdout


@pytest.mark.parametrize("form", ["json", "har"])
def test_replay_reads_what_is_written_but_for_cut_bodies(
    config: Path, tmp_path: Path, form: str
) -> None:
    file, left_out = tmp_path / f"log.{form}", list[int]()
    if form == "har":
        assert run(config, "--har", str(file)).exit_code == 0
        assert len(json.loads(file.read_text())["log"]["entries"]) == 4
    else:
        file.write_text(run(config, "--json").stdout)
    found = read_log(file, left_out.append)
    assert [(each.sent.method, each.answer.status) for each in found] == [
        ("GET", 200), ("GET", 404), ("PUT", 200),
    ]  # fmt: skip
    assert found[2].sent.body == b'{"uid":"T1"}'
    assert left_out == [1]


def test_json_lines_have_all_fields(config: Path) -> None:
    line = json.loads(run(config, "2", "--json").stdout)
    assert (line["id"], line["direction"], line["ocpi_status"], line["cut"]) == (
        2,
        "in",
        2003,
        False,
    )
    assert (line["module"], line["correlation_id"]) == ("locations", "c-1")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("99",), "Exchange 99 not found"),
        (("--follow", "--har", "x.har"), "exclude each other"),
        (("--since", "2x"), "for --since: '2x' is not an instant"),
        (("--status", "9x"), "for --status: status '9x' is not supported"),
        (("--module", "locatons"), "for --module: 'locatons' is not an OCPI module"),
    ],
)
def test_wrong_usage_is_named(config: Path, words: tuple[str, ...], why: str) -> None:
    result = run(config, *words)
    assert result.exit_code == 2
    assert why in " ".join(result.output.replace("│", " ").split())


def test_an_empty_log_that_is_off_names_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    assert "enabled = true in [messages]" in run(file).output


def test_ages_and_instants_are_read() -> None:
    assert instant_of("90s", NOW) == NOW - timedelta(seconds=90)
    assert instant_of("2h", NOW) == NOW - timedelta(hours=2)
    assert instant_of("2026-05-01T14:00:00+02:00") == NOW
    assert instant_of("2026-05-01T12:00:00") == NOW


async def test_follow_shows_what_comes(config: Path) -> None:
    code = "from ocpi_runtime.cli import main; main()"
    words = [sys.executable, "-c", code, "log", "--follow", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            for number in range(1, 5):
                assert f" {number} " in (await process.stdout.readline()).decode()
            async with Platform(load_settings(config)) as platform:
                await _request(platform)
            new = (await process.stdout.readline()).decode()
    finally:
        process.kill()
        await process.wait()
    assert "401" in new
    assert "/ocpi/versions" in new


async def _request(platform: Platform) -> Any:
    transport = httpx2.ASGITransport(platform.app)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.get(VERSIONS)

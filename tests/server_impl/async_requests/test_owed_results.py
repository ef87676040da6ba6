"""SIGKILL right after ACCEPTED: the platform sends a result once it runs again."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from sqlalchemy import update

from ocpi_server import Settings
from ocpi_server.charging import SimulatedChargePoints
from ocpi_server.store.database.operator_tables import deferred_results
from tests.server_impl.async_requests.test_result_delivery import (
    ResponseUrl,
    listening,
    send_commands,
    start_session,
)
from tests.server_impl.charging import started, with_location
from tests.server_impl.hub.test_broadcast_kills import port_of
from tests.server_impl.pair import CPO, EMSP, Caller, Served, introduce, served

ROOT = Path(__file__).parents[3]
PROFILE = {
    "charging_rate_unit": "W",
    "charging_profile_period": [{"start_period": 0, "limit": 7000}],
}


@pytest.mark.parametrize(
    ("method", "path", "result"),
    [
        ("POST", "commands/START_SESSION", "TIMEOUT"),
        ("PUT", "chargingprofiles/REF1", "REJECTED"),
    ],
)
async def test_who_is_killed_after_accepted_sends_a_result_later(
    tmp_path: Path, method: str, path: str, result: str
) -> None:
    target = ResponseUrl()
    async with served(tmp_path / "emsp", EMSP) as emsp, listening(target) as response_url:
        async with served(tmp_path / "cpo", CPO) as cpo:
            pair = await introduce(cpo, emsp)
            await started(pair)
        body = {
            "POST": start_session(response_url, "REF2", EMSP),
            "PUT": {"charging_profile": PROFILE, "response_url": response_url},
        }[method]
        secret = emsp.platform.partners.open_token(pair.at_emsp)
        settings = cpo.platform.settings
        answer = await killed(settings, secret, method, cpo.url("receiver", path), body)
        assert answer["data"]["result"] == "ACCEPTED"
        async with served(tmp_path / "cpo", CPO, port=port_of(settings)) as again:
            await due(again)
            await arrived(target, 1)
            await again.platform.settled()
            await due(again)
            await asyncio.sleep(1.5)  # the platform looks every second
    assert [msgspec.json.decode(each)["result"] for each in target.results] == [result]


async def test_a_late_result_outlives_another_restart(tmp_path: Path) -> None:
    target = ResponseUrl(*[503] * 100)
    async with served(tmp_path / "emsp", EMSP) as emsp, listening(target) as response_url:
        async with served(tmp_path / "cpo", CPO, points=SimulatedChargePoints(delay=60)) as cpo:
            pair = await introduce(cpo, emsp)
            await with_location(pair)
            assert await send_commands(pair, response_url, 1) == ["ACCEPTED"]
        port = port_of(cpo.platform.settings)
        for _ in range(2):
            seen = len(target.results)
            async with served(tmp_path / "cpo", CPO, port=port) as again:
                await due(again)
                await arrived(target, seen + 1)
            target.statuses.clear()
    assert {msgspec.json.decode(each)["result"] for each in target.results} == {"TIMEOUT"}


async def test_a_result_that_was_known_outlives_a_restart(tmp_path: Path) -> None:
    target = ResponseUrl(*[503] * 100)
    async with served(tmp_path / "emsp", EMSP) as emsp, listening(target) as response_url:
        async with served(tmp_path / "cpo", CPO) as cpo:
            pair = await introduce(cpo, emsp)
            await with_location(pair)
            assert await send_commands(pair, response_url, 1) == ["ACCEPTED"]
            await arrived(target, 1)
        seen = len(target.results)
        target.statuses.clear()
        async with served(tmp_path / "cpo", CPO, port=port_of(cpo.platform.settings)) as again:
            await due(again)
            await arrived(target, seen + 1)
    assert {msgspec.json.decode(each)["result"] for each in target.results} == {"ACCEPTED"}


async def arrived(target: ResponseUrl, count: int) -> None:
    """Wait until so many results have arrived."""
    async with asyncio.timeout(30):
        while len(target.results) < count:  # noqa: ASYNC110 - another task takes them
            await asyncio.sleep(0.05)


async def killed(
    settings: Settings, secret: str, method: str, url: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Send a request to a process that is killed when it has answered; return the answer."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.server_impl.async_requests.cpo_process"),
        *(settings.database, str(settings.key_path), str(port_of(settings))),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
        async with httpx2.AsyncClient(timeout=30) as http:
            answer = await Caller(http, secret)(method, url, body)
        await process.wait()
    whole: dict[str, Any] = msgspec.json.decode(answer.content)
    return whole


async def due(cpo: Served) -> None:
    """Change the notes of what is owed as if their time had passed."""
    database = cpo.platform.parts.store.database
    await database.write(lambda link: link.execute(update(deferred_results).values(due=0)))

"""How results find their way to partners that answer late, or not at all."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocpi_runtime.server import Partner
from ocpi_runtime.types import Raw
from ocpi_server import OwnParty
from ocpi_server.async_requests.pending import PendingRequests
from ocpi_server.store import Database
from tests.server_impl.charging import with_location
from tests.server_impl.pair import (
    Caller,
    Pair,
    introduce,
    paired,
    served,
    token,
)

OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
NEW = OwnParty("BE", "NEW", "EMSP", "New Mobility")
ACCEPTED = {"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}


class ResponseUrl:
    """A server for results: silent, or with these HTTP statuses in turn and 200 afterwards."""

    def __init__(self, *statuses: int, silent: bool = False) -> None:
        self.statuses = list(statuses)
        self.silent = silent
        self.results: list[bytes] = []
        self.most_open = 0
        self.ended = 0
        self._writers = set[asyncio.StreamWriter]()

    def close(self) -> None:
        """Close the connections that are still open."""
        for writer in self._writers:
            writer.transport.abort()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.most_open = max(self.most_open, len(self._writers))
        try:
            await self._handle(reader, writer)
        finally:
            self._writers.remove(writer)
            self.ended += 1
            writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        self.results.append(await reader.readexactly(length))
        if self.silent:
            await reader.read()  # until the other side closes
            return
        status = self.statuses.pop(0) if self.statuses else 200
        body = json.dumps(ACCEPTED).encode()
        lines = [
            f"HTTP/1.1 {status} X",
            "Connection: close",
            f"Content-Length: {len(body)}",
            "",
            "",
        ]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()


@asynccontextmanager
async def listening(target: ResponseUrl) -> AsyncIterator[str]:
    server = await asyncio.start_server(target.handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/result"
    finally:
        server.close()
        target.close()


def start_session(response_url: str, reference: str, emsp: OwnParty) -> dict[str, Any]:
    return {
        "response_url": response_url,
        "token": token(owner=emsp),
        "location_id": "LOC1",
        "authorization_reference": reference,
    }


async def send_commands(pair: Pair, response_url: str, count: int) -> list[str]:
    """Send commands as the eMSP; return how each was answered."""
    secret = pair.emsp.platform.partners.open_token(pair.at_emsp)
    emsp = pair.emsp.platform.settings.parties[0]
    url = pair.cpo.url("receiver", "commands", "START_SESSION")
    async with httpx2.AsyncClient(timeout=30) as http:
        call = Caller(http, secret)
        answers = [
            await call("POST", url, start_session(response_url, f"R{number}", emsp))
            for number in range(count)
        ]
    return [answer.json()["data"]["result"] for answer in answers]


@pytest.mark.parametrize("statuses", [(503,), (500, 429)])
async def test_a_result_is_sent_again_until_it_is_taken(
    pair: Pair, statuses: tuple[int, ...]
) -> None:
    await with_location(pair)
    target = ResponseUrl(*statuses)
    async with listening(target) as url:
        assert await send_commands(pair, url, 1) == ["ACCEPTED"]
        await pair.cpo.platform.settled()
    assert len(target.results) == len(statuses) + 1
    assert len(set(target.results)) == 1


async def test_a_result_that_is_refused_is_logged_and_not_sent_again(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    await with_location(pair)
    target = ResponseUrl(404)
    async with listening(target) as url:
        with caplog.at_level(logging.WARNING, "ocpi_server.results"):
            await send_commands(pair, url, 1)
            await pair.cpo.platform.settled()
    assert len(target.results) == 1
    (line,) = [each.getMessage() for each in caplog.records if each.name == "ocpi_server.results"]
    assert pair.at_cpo.id in line
    assert "127.0.0.1" in line
    assert "/result" not in line


@pytest.mark.one_node(reason="pending results are bounded in each process")
async def test_a_partner_whose_results_hang_delays_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocpi_server.async_requests.results._ATTEMPT_SECONDS", 60.0)
    target = ResponseUrl(silent=True)
    async with (
        paired(tmp_path, command_timeout=600.0) as pair,
        served(tmp_path / "other", OTHER) as other,
        served(tmp_path / "new", NEW) as new,
        listening(target) as silent,
    ):
        await with_location(pair)
        others = await introduce(pair.cpo, other, "other")
        answers = await send_commands(pair, silent, 300)
        assert answers.count("ACCEPTED") == 200
        assert answers.count("REJECTED") == 100
        prompt = ResponseUrl()
        async with listening(prompt) as url:
            assert await send_commands(others, url, 1) == ["ACCEPTED"]
            while not prompt.results:
                await asyncio.sleep(0.01)
                assert not target.ended, "the result waited for one that hangs"
            await introduce(pair.cpo, new, "new")
        assert target.ended == 0
        assert target.most_open == 10


async def test_a_result_that_came_to_another_process_just_in_time_counts(
    database: Database,
) -> None:
    one, other = PendingRequests(database), PendingRequests(database)
    uid = await one.open("P", "UNLOCK_CONNECTOR")
    waiting = asyncio.create_task(one.wait(uid, 0.9))  # less than the second between two looks
    await asyncio.sleep(0.2)
    await other.settle(Partner("P"), "UNLOCK_CONNECTOR", uid, Raw(b"{}"))
    assert await waiting == b"{}"


async def test_a_result_that_is_too_long_is_2001(pair: Pair, as_cpo: Caller) -> None:
    uid = await pair.emsp.platform.parts.exchanges.open(pair.at_emsp.id, "START_SESSION")
    url = pair.emsp.url("sender", "commands", "START_SESSION", uid)
    message = [{"language": "en", "text": "x" * 500} for _ in range(140)]
    answer = await as_cpo("POST", url, {"result": "ACCEPTED", "message": message})
    assert answer.json()["status_code"] == 2001
    assert "at most 65536 are allowed" in answer.json()["status_message"]
    assert await pair.emsp.platform.parts.exchanges.result(uid) is None

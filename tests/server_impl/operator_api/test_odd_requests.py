"""Requests of back ends that break off, contradict themselves, or outlast their key."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ocpi_server._vault import Vault
from ocpi_server.operator_api import _stream
from ocpi_server.operator_records import Answers, InProgress
from ocpi_server.store import Database
from tests.server_impl.operator_api.back_end import RULES, BackEnd, operated, stream
from tests.server_impl.operator_api.test_operator_keys import NOW
from tests.server_impl.pair import CPO, location, served

INVITATION_ROLE = {"country_code": "DE", "party_id": "GST", "role": "EMSP"}
INVITATION = {"name": "Guest", "roles": [INVITATION_ROLE]}


@asynccontextmanager
async def one_back_end(directory: Path) -> AsyncIterator[BackEnd]:
    async with served(directory, CPO, operator=RULES) as host, operated(host) as back_end:
        yield back_end


async def break_off(back_end: BackEnd, path: str, sent: bytes, size: int, *headers: str) -> None:
    """Begin a POST, send a part of its body, and disconnect."""
    target = urlsplit(back_end.url(path))
    head = (
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.netloc}",
        f"Authorization: Bearer {back_end.secret}",
        f"Content-Length: {size}",
        *headers,
    )
    _, writer = await asyncio.open_connection(target.hostname, target.port)
    writer.write("\r\n".join((*head, "", "")).encode() + sent)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await asyncio.sleep(0.2)


async def test_a_request_that_broke_off_can_be_sent_again_with_its_key(tmp_path: Path) -> None:
    body, path = json.dumps(INVITATION).encode(), "partners/invitations"
    plain = "Content-Type: application/json"
    kept = {"Idempotency_Key": "once", "Content_Type": "application/json"}
    async with one_back_end(tmp_path) as cpo:
        await break_off(cpo, path, body[:20], len(body), plain, "Idempotency-Key: once")
        made = await cpo.data("POST", path, body, **kept)
        assert await cpo.data("POST", path, body, **kept) == made


async def test_a_request_that_a_process_left_is_carried_out_again_once(
    database: Database, vault: Vault
) -> None:
    left, later = (
        Answers(database, vault, lambda at=at: at)  # type: ignore[misc]
        for at in (NOW, NOW + timedelta(minutes=3))
    )
    assert await left.begin("key", "1", "a") is None
    others = (left.begin("key", f"other {number}", "a") for number in range(8))
    assert await asyncio.gather(*others) == [None] * 8  # connections are open now
    again = (later.begin("key", "1", "a") for _ in range(8))
    found = await asyncio.gather(*again, return_exceptions=True)
    assert [each for each in found if not isinstance(each, InProgress)] == [None]


async def test_lines_of_a_request_that_broke_off_are_not_stored(tmp_path: Path) -> None:
    lines = [json.dumps(location(name)).encode() + b"\n" for name in ("A", "B")]
    size, path = sum(map(len, lines)), "own/2.2.1/locations"
    async with one_back_end(tmp_path) as cpo:
        await break_off(cpo, path, lines[0], size, "Content-Type: application/x-ndjson")
        assert await cpo.data("GET", path) == []


async def test_of_two_keys_none_counts(tmp_path: Path) -> None:
    path = "partners/invitations"
    async with one_back_end(tmp_path) as cpo:
        twice = [("Authorization", f"Bearer {cpo.secret}"), ("Authorization", "Bearer another")]
        asked = [*twice, ("Accept", "text/event-stream")]
        async with cpo.http.stream("GET", cpo.url("events"), headers=asked) as answer:
            assert answer.status_code == 401
        await cpo.data("POST", path, INVITATION, Idempotency_Key="once")
        again = [*twice, ("Idempotency-Key", "once")]
        answer = await cpo.http.post(cpo.url(path), json=INVITATION, headers=again)
        assert answer.status_code == 401


async def test_positions_beyond_all_events_are_answered(tmp_path: Path) -> None:
    async with one_back_end(tmp_path) as cpo:
        for place in (f"{2**63}-1", f"1-{2**63}", f"{10**18 - 1}-{10**18 - 1}"):
            answer = await cpo.send("GET", f"events?after={place}")
            assert answer.status_code == 200, place


async def test_a_stream_ends_soon_after_its_key_though_events_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_stream, "_CHECK_SECONDS", 0.1)
    async with (
        one_back_end(tmp_path) as cpo,
        operated(cpo.host, ("state:read",)) as reader,
        stream(reader) as events,
    ):

        async def store() -> None:
            for number in range(300):
                path = f"own/2.2.1/locations/NL/CPO/{number}"
                await cpo.data("PUT", path, location(str(number)))

        storing = asyncio.create_task(store())
        assert (await anext(events))["uid"] == "0"
        keys = cpo.host.platform.keys
        await keys.remove(next(each.id for each in await keys.list() if not each.allows("*")))
        async for _ in events:
            assert not storing.done(), "all events came"
        storing.cancel()


async def test_a_dialect_of_several_lines_is_set_as_it_was_read(tmp_path: Path) -> None:
    async with one_back_end(tmp_path) as cpo:
        await cpo.data("POST", "partners/invitations", INVITATION)
        text = '# Of the test.\nlevel = "lenient"\n\n[rules]\n\tmissing-publish = true\n'
        path = "partners/Guest/dialect"
        shown = await cpo.data("PUT", path, {"toml": text})
        assert await cpo.data("PUT", path, await cpo.data("GET", path)) == shown
        assert "missing-publish = true" in shown["toml"]
        refused = await cpo.send("PUT", path, {"toml": f"level = {'9' * 10_000}"})
        assert refused.json()["status_code"] == 2001


async def test_modules_that_are_not_pushed_are_refused(tmp_path: Path) -> None:
    async with one_back_end(tmp_path) as cpo:
        await cpo.data("POST", "partners/invitations", INVITATION)
        refused = await cpo.send("POST", "pushes/Guest", {"module": "commands"})
        assert refused.json()["violations"][0]["pointer"] == "/module"


@pytest.mark.parametrize(
    "wrong", [{"role": "KING"}, {"country_code": ""}, {"party_id": ""}, {"party_id": "ABCD"}]
)
async def test_invitations_name_roles_that_a_partner_can_have(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    async with one_back_end(tmp_path) as cpo:
        body = {"name": "Guest", "roles": [{**INVITATION_ROLE, **wrong}]}
        refused = await cpo.send("POST", "partners/invitations", body)
        assert refused.json()["violations"][0]["pointer"] == f"/roles/0/{next(iter(wrong))}"
        assert await cpo.data("GET", "partners") == []

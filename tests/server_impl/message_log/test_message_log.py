"""The message log: both directions, without secrets, cut, bounded, chosen by filters."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ocpi_runtime.client import Exchange
from ocpi_server.message_log import Message, MessageFilter, MessageLog, MessageRecorder
from ocpi_server.settings import MessageRules
from ocpi_server.store import Database, open_database
from ocpi_server.store.database.schema import ensure
from tests.server_impl.pair import CPO, EMSP, database_of, introduce, served

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def exchange(**changes: Any) -> Exchange:
    fields: dict[str, Any] = {
        "operation": "get_locations",
        "method": "GET",
        "url": "https://example.com/ocpi/2.2.1/sender/locations",
        "request_headers": {"authorization": "***"},
        "request_body": b"",
        "http_status": 200,
        "response_headers": {"content-type": "application/json"},
        "response_body": b'{"status_code":1000}',
        "status_code": 1000,
        "status_message": "Success",
        "error": None,
        "started": NOW,
        "duration": 0.25,
        "module": "locations",
        "request_id": "r-1",
        "correlation_id": "c-1",
    }
    return Exchange(**{**fields, **changes})


@pytest_asyncio.fixture(loop_scope="session")
async def database(tmp_path: Path) -> Any:
    opened = open_database(database_of(tmp_path))
    await ensure(opened, migrate=True)
    yield opened
    await opened.close()


async def kept(database: Database, *exchanges: Exchange, **rules: Any) -> list[Message]:
    """Record exchanges, and return what is kept, the first one first."""
    recorder = MessageRecorder(database, MessageRules(**rules), lambda: NOW)
    for each in exchanges:
        recorder.record(each, "in", "P1")
    await recorder.close()
    await recorder.purge()
    log = MessageLog(database)
    found = [await log.get(each.id) for each in (await log.list()).messages]
    return [each for each in reversed(found) if each is not None]


async def test_an_exchange_is_kept_with_all_that_is_known_of_it(database: Database) -> None:
    (message,) = await kept(database, exchange())
    assert (message.at, message.direction, message.partner) == (NOW, "in", "P1")
    assert (message.method, message.module, message.operation) == (
        "GET", "locations", "get_locations",
    )  # fmt: skip
    assert (message.http_status, message.ocpi_status, message.duration) == (200, 1000, 0.25)
    assert (message.request_id, message.correlation_id) == ("r-1", "c-1")
    assert message.request_headers == {"authorization": "***"}
    assert (message.error, message.failed, message.is_whole) == (None, False, True)


async def test_bodies_are_cut_and_their_lengths_kept(database: Database) -> None:
    (message,) = await kept(database, exchange(response_body=b"x" * 5000), body_bytes=100)
    assert message.response_body == b"x" * 100
    assert (message.response_bytes, message.is_whole) == (5000, False)


async def test_it_is_off_unless_enabled(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo:
        async with httpx2.AsyncClient(timeout=60) as http:
            await http.get(f"{cpo.base_url}/versions")
        await asyncio.sleep(0.3)
        assert not (await cpo.platform.messages.list()).messages


async def test_of_successful_exchanges_a_share_is_kept_and_all_failures(
    database: Database,
) -> None:
    failures = [
        exchange(http_status=0, status_code=None, error="refused"),
        exchange(http_status=500, status_code=3000, status_message="broken"),
        exchange(status_code=2001, status_message="wrong"),
    ]
    found = await kept(database, *[exchange()] * 20, *failures, sample=0)
    assert [(each.http_status, each.ocpi_status) for each in found] == [
        (0, None), (500, 3000), (200, 2001),
    ]  # fmt: skip
    assert [each.error for each in found] == ["refused", "broken", "wrong"]


async def test_texts_that_no_database_takes_are_kept_without_that(database: Database) -> None:
    strange = exchange(http_status=400, status_code=2001, status_message="a\0b\ud800c")
    first, second = await kept(database, strange, exchange())
    assert first.error == "a\ufffdb?c"
    assert second.http_status == 200


async def test_the_newest_rows_are_kept(database: Database) -> None:
    found = await kept(database, *(exchange(request_id=str(n)) for n in range(750)), rows=3)
    assert [each.request_id for each in found] == ["747", "748", "749"]


async def test_what_is_older_than_the_days_is_removed(database: Database) -> None:
    old = exchange(started=NOW - timedelta(days=2, seconds=1))
    new = exchange(started=NOW - timedelta(days=2, seconds=-1))
    (found,) = await kept(database, old, new, days=2)
    assert found.at == new.started


async def test_what_the_queue_cannot_take_is_dropped_and_counted(database: Database) -> None:
    recorder = MessageRecorder(database, MessageRules(), lambda: NOW)
    for _ in range(5010):
        recorder.record(exchange(), "out", None)
    assert recorder.dropped == 10
    await recorder.close()
    assert (await MessageLog(database).last_id()) == 5000


async def test_exchanges_are_dropped_while_the_database_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = open_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    recorder = MessageRecorder(empty, MessageRules(), lambda: NOW)
    recorder.record(exchange(), "in", None)
    await recorder.close()
    await empty.close()
    assert recorder.dropped == 1
    assert "1 exchanges could not be kept" in caplog.text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"status": "404"}, ["b"]),
        ({"status": "4xx"}, ["b"]),
        ({"status": "2003"}, ["b", "c"]),
        ({"status": "2xxx"}, ["b", "c"]),
        ({"status": "failed"}, ["b", "c"]),
        ({"module": "tokens"}, ["c"]),
        ({"partner": "P2"}, ["d"]),
        ({"direction": "out"}, ["d"]),
        ({"since": NOW}, ["a", "d"]),
        ({"until": NOW}, ["b", "c"]),
        ({"before_id": 2}, ["a"]),
        ({}, ["a", "b", "c", "d"]),
    ],
)
async def test_exchanges_are_chosen_by_filters(
    database: Database, wanted: dict[str, Any], found: list[str]
) -> None:
    earlier, recorder = NOW - timedelta(seconds=1), MessageRecorder(database, MessageRules())
    recorder.record(exchange(request_id="a"), "in", "P1")
    refused = exchange(request_id="b", started=earlier, http_status=404, status_code=2003)
    recorder.record(refused, "in", "P1")
    token = exchange(request_id="c", started=earlier, module="tokens", status_code=2003)
    recorder.record(token, "in", "P1")
    recorder.record(exchange(request_id="d"), "out", "P2")
    await recorder.close()
    page = await MessageLog(database).list(MessageFilter(**wanted))
    assert [each.request_id for each in reversed(page.messages)] == found


async def test_pages_follow_each_other(database: Database) -> None:
    await kept(database, *(exchange(request_id=str(n)) for n in range(5)))
    log, seen, before = MessageLog(database), [], None
    while True:
        page = await log.list(MessageFilter(limit=2, before_id=before))
        seen.append([each.request_id for each in page.messages])
        if (before := page.before_id) is None:
            break
    assert seen == [["4", "3"], ["2", "1"], ["0"]]


@pytest.mark.parametrize("wrong", [{"status": "20"}, {"direction": "up"}, {"limit": 0}])
def test_a_wrong_filter_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MessageFilter(**wrong)


async def test_who_follows_gets_what_comes(database: Database) -> None:
    log, recorder = MessageLog(database, pause=0.01), MessageRecorder(database, MessageRules())
    following = asyncio.create_task(log.follow(0, MessageFilter(status="failed")))
    recorder.record(exchange(), "in", None)
    recorder.record(exchange(http_status=500, status_code=None), "in", None)
    async with asyncio.timeout(60):
        (found,) = await following
    await recorder.close()
    assert found.http_status == 500


async def test_both_directions_of_a_platform_are_kept_without_tokens(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "cpo", CPO, messages=MessageRules(enabled=True)) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        token = cpo.platform.partners.open_token(pair.at_cpo)
        log, wanted = cpo.platform.messages, MessageFilter(module="credentials")
        async with asyncio.timeout(60):
            posted, *_ = await log.follow(0, wanted)
            called = await log.follow(0, MessageFilter(direction="out"))
    assert (posted.direction, posted.partner, posted.method) == ("in", pair.at_cpo.id, "POST")
    assert {each.operation for each in called} == {"get_versions", "get_version_details"}
    assert {each.partner for each in called} == {pair.at_cpo.id}
    assert posted.request_id
    assert token not in repr([await _in_full(tmp_path, each.id) for each in (posted, *called)])


async def test_of_requests_that_succeed_nothing_is_kept_if_the_share_is_none(
    tmp_path: Path,
) -> None:
    rules = MessageRules(enabled=True, sample=0)
    async with (
        served(tmp_path / "cpo", CPO, messages=rules) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        pair = await introduce(cpo, emsp)
        await emsp.platform.pull_locations(pair.at_emsp)
        refused = await http.get(cpo.url("sender", "locations"))
        async with asyncio.timeout(60):
            kept = await cpo.platform.messages.follow(0, MessageFilter(direction="in"))
    assert refused.status_code == 401
    assert [(each.operation, each.http_status) for each in kept] == [("get_locations", 401)]


async def _in_full(tmp_path: Path, id: int) -> Message | None:
    database = open_database(database_of(tmp_path / "cpo"))
    try:
        return await MessageLog(database).get(id)
    finally:
        await database.close()

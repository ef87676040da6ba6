"""What partners can make the platform keep for its back end has bounds."""

import asyncio
from pathlib import Path

import pytest

from ocpi_server._clock import utc_now
from ocpi_server.operator_records import EventDraft, EventLog, OrderBook
from ocpi_server.store import Database
from tests.server_impl.operator_api.back_end import back_ends
from tests.server_impl.operator_api.test_operator_keys import NOW
from tests.server_impl.pair import introduce, location
from tests.server_impl.reading import put

EVENTS = "ocpi_server.operator_records._events"
ORDERS = "ocpi_server.operator_records._orders"
LISTS = "ocpi_server.operator_api._lists"


async def test_of_too_many_events_the_oldest_go_and_who_lags_behind_learns_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{EVENTS}._MOST_KEPT", 30)
    monkeypatch.setattr(f"{EVENTS}._PURGED", 20)
    log = EventLog(database, lambda: NOW)
    await log.add(EventDraft("received.stored", uid="first"))
    behind = await log.last()
    await log.add(*(EventDraft("received.stored", uid=str(number)) for number in range(90)))
    await log.purge()
    found = await log.after(None)
    assert [each.news.uid for each in found] == [str(number) for number in range(60, 90)]
    assert await log.has_gap(behind)
    assert not await log.has_gap(found[0].id)


async def test_of_too_many_closed_orders_the_oldest_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{ORDERS}._MOST_CLOSED", 3)
    monkeypatch.setattr(f"{ORDERS}._EVERY", 5)
    book = OrderBook(database, EventLog(database, utc_now), utc_now)
    waiting = asyncio.create_task(book.ask("STOP", {"session_id": "OPEN"}, 30.0))
    for number in range(9):
        assert await book.ask("STOP", {"session_id": str(number)}, 0.01) is None
    kept, _ = await book.page(None, 0, 100)
    assert sum(each.state == "OPEN" for each in kept) == 1
    assert sum(each.state == "TIMEOUT" for each in kept) == 4  # one was closed since they went
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_report_to_another_process_just_in_time_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{ORDERS}._POLL_SECONDS", 60.0)  # more than the time that is left
    one, other = (OrderBook(database, EventLog(database, utc_now), utc_now) for _ in range(2))
    asked = asyncio.create_task(one.ask("STOP", {}, 3.0))
    while not (open_ones := (await other.page("OPEN", 0, 1))[0]):
        assert not asked.done()
        await asyncio.sleep(0.01)
    await other.report(open_ones[0].id, b"{}")
    assert await asked == b"{}"


async def test_a_page_of_large_objects_has_fewer_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{LISTS}._MOST_BYTES", 2000)
    monkeypatch.setattr(f"{LISTS}._CHUNK", 2)
    async with back_ends(tmp_path) as (cpo, emsp):
        pair = await introduce(cpo.host, emsp.host)
        for number in range(4):
            await put(cpo.host, "locations", location(f"SMALL{number}", evses=[]))
        for number in range(5):
            await put(cpo.host, "locations", location(f"LARGE{number}", directions=[text(500)] * 3))
        assert (await emsp.host.platform.parts.puller.pull(pair.at_emsp, "locations")).created == 9
        path, pages = f"received/2.2.1/locations/{pair.at_emsp.id}?limit=1000", []
        while path:
            answer = await emsp.send("GET", path)
            assert answer.headers["x-total-count"] == "9"
            pages.append([one["id"] for one in answer.json()["data"]])
            link = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
            path = link.partition("/operator/v1/")[2]
        listed = [uid for page in pages for uid in page]
        assert listed == [*(f"SMALL{at}" for at in range(4)), *(f"LARGE{at}" for at in range(5))]
        # Two at a time until there are 2000 bytes.
        assert [len(page) for page in pages] == [6, 2, 1]


def text(size: int) -> dict[str, str]:
    return {"language": "en", "text": "x" * size}

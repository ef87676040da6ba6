"""What partners can make the platform keep for its back end has bounds."""

import asyncio

import pytest

from ocpi_server._clock import utc_now
from ocpi_server.operator_records import EventDraft, EventLog, OrderBook
from ocpi_server.store import Database
from tests.server_impl.operator_api.test_operator_keys import NOW

EVENTS = "ocpi_server.operator_records._events"
ORDERS = "ocpi_server.operator_records._orders"


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


async def test_a_report_to_another_process_just_in_time_counts(database: Database) -> None:
    one, other = (OrderBook(database, EventLog(database, utc_now), utc_now) for _ in range(2))
    asked = asyncio.create_task(one.ask("STOP", {}, 0.45))  # less than the time between two looks
    await asyncio.sleep(0.2)
    (order,), _ = await other.page("OPEN", 0, 1)
    await other.report(order.id, b"{}")
    assert await asked == b"{}"

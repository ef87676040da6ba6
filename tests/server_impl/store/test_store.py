"""The store: places, pages, transactions that writes share, on SQLite and through other drivers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection

from ocpi_runtime.types import PartyId
from ocpi_server.store import (
    Database,
    Draft,
    Duplicate,
    Key,
    ObjectStore,
    Put,
    Quota,
    QuotaExceeded,
    Stored,
)
from ocpi_server.store import _shared_writes as shared
from tests.server_impl.store.numbered import crawl, draft, fill, listing, numbers

PARTNER = "4711"


async def test_put_says_what_it_did(store: ObjectStore) -> None:
    assert await store.put(draft(1, at=10)) is Put.CREATED
    assert await store.put(draft(1, b"[]", at=10)) is Put.UPDATED
    assert await store.put(draft(1, b"{}", at=9)) is Put.STALE
    found = await store.get(Key.of("locations", PartyId("nl", "cpo"), "l1"))
    assert found
    assert (found.raw, found.last_updated, found.version) == (b"[]", 10, "2.2.1")


async def test_add_never_replaces(store: ObjectStore) -> None:
    place = await store.add(draft(1))
    with pytest.raises(Duplicate):
        await store.add(draft(1, b"[]", at=99))
    found = await store.get_seq(place)
    assert found
    assert found.raw == b'{"n":1}'


async def test_what_a_change_raises_undoes_it(store: ObjectStore) -> None:
    await fill(store, 1)

    def broken(old: Stored) -> Draft:
        raise RuntimeError(old.key.uid)

    key = draft(0).key
    with pytest.raises(RuntimeError, match="l0"):
        await store.change(key, broken)
    assert await store.change(key, lambda _old: None)
    assert await store.change(draft(9).key, lambda _old: None) is None
    found = await store.get(key)
    assert found
    assert found.raw == b'{"n":0}'


async def test_changes_of_one_object_do_not_lose_each_other(store: ObjectStore) -> None:
    await store.put(draft(0))

    def add_one(old: Stored) -> Draft:
        return draft(0, b'{"n":%d}' % (int(old.raw[5:-1]) + 1))

    await asyncio.gather(*(store.change(draft(0).key, add_one) for _ in range(30)))
    found = await store.get(draft(0).key)
    assert found
    assert found.raw == b'{"n":30}'


async def test_one_failing_write_does_not_harm_its_neighbours(store: ObjectStore) -> None:
    writes = [store.add(draft(number // 2)) for number in range(10)]
    done = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(each, Duplicate) for each in done) == 5
    assert sorted(await crawl(store)) == [0, 1, 2, 3, 4]


def _count_transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    begun: list[None] = []
    submit = database.submit

    def counted(work: Callable[[Connection], Any], done: Callable[..., None]) -> None:
        begun.append(None)
        submit(work, done)

    monkeypatch.setattr(database, "submit", counted)
    return begun


async def _stored(store: ObjectStore) -> list[int]:
    page = await store.page(listing(limit=100))
    assert page.total == len(page.items)
    return numbers(page.items)


async def test_writes_that_arrive_together_share_few_transactions(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_SECONDS", 60)  # however slow the machine is
    begun = _count_transactions(store.database, monkeypatch)
    done = await asyncio.gather(*(store.put(draft(number)) for number in range(40)))
    assert done == [Put.CREATED] * 40
    assert 0 < len(begun) <= 4
    assert sorted(await _stored(store)) == list(range(40))
    assert sum((await store.state(listing())).values()) == 40


async def test_writes_of_one_object_follow_each_other(store: ObjectStore) -> None:
    key = draft(1).key
    done = await asyncio.gather(
        store.put(draft(1)),
        store.change(key, lambda _: draft(1, b'{"n":2}', at=2)),
        store.put(draft(1, b'{"n":0}', at=0)),
        store.put(draft(5)),
        store.remove(key),
        store.remove(key),
        store.change(key, lambda _: draft(1)),
        store.add(draft(1, b'{"n":3}')),
        store.add(draft(1)),
        return_exceptions=True,
    )
    created, changed, stale, other, *removed, missing, place, duplicate = done
    assert (created, stale, other) == (Put.CREATED, Put.STALE, Put.CREATED)
    assert isinstance(changed, Stored)
    assert changed.raw == draft(1).raw
    assert (removed, missing) == ([True, False], None)
    assert isinstance(duplicate, Duplicate)
    stored = await store.get(key)
    assert stored is not None
    assert (stored.seq, stored.raw) == (place, b'{"n":3}')
    assert sorted(await _stored(store)) == [3, 5]


async def test_what_fails_after_something_was_written_leaves_the_others(
    store: ObjectStore,
) -> None:
    def refuse(_link: Connection, _what: str, keys: Sequence[Key]) -> None:
        if draft(3).key in keys:
            raise OSError("no place for the news") if len(keys) == 1 else LookupError(keys)

    store.recorder = refuse
    writes = [store.put(draft(number)) for number in range(6)]
    done = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(done.pop(3), OSError)
    assert done == [Put.CREATED] * 5
    assert sorted(await _stored(store)) == [0, 1, 2, 4, 5]


async def test_what_needs_more_room_than_there_is_leaves_the_others(database: Database) -> None:
    store = ObjectStore(database, Quota(objects=3))

    def of_partner(number: int) -> Draft:
        owned = draft(number, source=PARTNER)
        return Draft(owned.key._replace(holder=PARTNER), owned.raw, 1, "2.2.1", source=PARTNER)

    done = await asyncio.gather(
        *(store.put(of_partner(number)) for number in range(5)), return_exceptions=True
    )
    assert done.count(Put.CREATED) == 3
    assert sum(isinstance(each, QuotaExceeded) for each in done) == 2


async def test_long_transactions_end_early(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_SECONDS", 0.0)
    begun = _count_transactions(store.database, monkeypatch)
    writes = [store.put(draft(number % 4, at=number)) for number in range(12)]
    done = await asyncio.gather(*writes)
    assert done == [Put.CREATED] * 4 + [Put.UPDATED] * 8
    assert len(begun) == 12
    assert sum((await store.state(listing())).values()) == 12


async def test_a_caller_that_leaves_takes_nobody_with_it(store: ObjectStore) -> None:
    writes = [asyncio.create_task(store.put(draft(number))) for number in range(6)]
    await asyncio.sleep(0)
    writes[2].cancel()
    done = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(done.pop(2), asyncio.CancelledError)
    assert done == [Put.CREATED] * 5
    assert {0, 1, 3, 4, 5} <= set(await _stored(store))


async def test_reads_at_the_same_time_get_their_own_objects_each(store: ObjectStore) -> None:
    await fill(store, 8)
    keys = [draft(number).key for number in range(9)]
    broken_off = asyncio.create_task(store.get(keys[0]))
    reads = [asyncio.create_task(store.get_any(keys[at : at + 3])) for at in range(9)]
    await asyncio.sleep(0)
    broken_off.cancel()
    found = [[each.raw for each in await read] for read in reads]
    assert found == [[draft(at).raw for at in range(n, min(n + 3, 8))] for n in range(9)]
    await asyncio.wait([broken_off])

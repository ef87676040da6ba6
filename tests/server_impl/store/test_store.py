"""The store: places, pages, transactions, on SQLite directly and through an async driver."""

import asyncio

import pytest

from ocpi_runtime.types import PartyId
from ocpi_server.store import (
    Draft,
    Duplicate,
    Key,
    ObjectStore,
    Put,
    Stored,
)
from tests.server_impl.store.numbered import crawl, draft, fill


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

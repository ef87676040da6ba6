"""Lists of the store: offsets, cursors, date filters, audiences and totals."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Connection, select

from ocpi_server.store import (
    OWN,
    Listing,
    ListName,
    ObjectStore,
    Put,
    StoredPage,
    open_database,
)
from ocpi_server.store._moves import Move, Moved, Moves
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.database.tables import listings, objects
from tests.server_impl.store.numbered import ME, OTHER, crawl, draft, fill, listing, numbers
from tests.support.statements import watching_statements


async def test_every_plain_offset_finds_its_place(store: ObjectStore) -> None:
    await fill(store, 600)
    for offset in (0, 1, 255, 256, 257, 511, 512, 599, 600, 601):
        page = await store.page(listing(offset=offset, limit=3))
        assert numbers(page.items) == list(range(offset, min(offset + 3, 600)))
        assert (page.total, page.more) == (600, offset + 3 < 600)


async def test_places_are_right_after_a_deletion(store: ObjectStore) -> None:
    await fill(store, 600)
    assert numbers((await store.page(listing(offset=512, limit=1))).items) == [512]
    assert await store.remove(draft(100).key)
    assert not await store.remove(draft(100).key)
    page = await store.page(listing(offset=512, limit=1))
    assert (numbers(page.items), page.total) == ([513], 599)


async def test_a_cursor_goes_on_behind_the_last_object(store: ObjectStore) -> None:
    await fill(store, 10)
    page = await store.page(listing(limit=4))
    assert page.cursor
    await store.remove(draft(0).key)
    await store.put(draft(50))
    rest = await store.page(listing(limit=10, cursor=page.cursor, offset=4))
    assert numbers(rest.items) == [4, 5, 6, 7, 8, 9, 50]
    assert rest.total == 10


@pytest.mark.parametrize("count", [30, 5000])
async def test_date_filters(store: ObjectStore, count: int) -> None:
    await fill(store, count)
    await store.put(draft(3, at=count - 1))
    page = await store.page(listing(date_from=5, date_to=count - 1, limit=4))
    assert (numbers(page.items), page.total) == ([5, 6, 7, 8], count - 6)
    assert numbers((await store.page(listing(date_from=5, limit=2))).items) == [3, 5]
    assert await crawl(store, date_from=5, limit=900) == [3, *range(5, count)]
    skipped = await store.page(listing(date_from=5, offset=3, limit=2))
    assert numbers(skipped.items) == [7, 8]
    nothing = await store.page(listing(date_from=9, date_to=9))
    assert (nothing.items, nothing.total) == ([], 0)


async def test_a_count_is_made_again_when_something_changed(store: ObjectStore) -> None:
    await fill(store, 10)
    page = await store.page(listing(date_from=5, limit=2))
    assert page.cursor
    forged = page.cursor._replace(total=77)
    assert (await store.page(listing(date_from=5, limit=2, cursor=forged))).total == 77
    await store.put(draft(11))
    assert (await store.page(listing(date_from=5, limit=2, cursor=forged))).total == 6


async def test_totals_of_dates_are_right_whatever_happens(store: ObjectStore) -> None:
    random = Random(7)  # noqa: S311 - the same each time
    filters: list[dict[str, Any]] = [
        {"date_from": 40},
        {"date_to": 60},
        {"date_from": 30, "date_to": 70},
        {"date_from": 50, "audiences": ("", "NL-AAA")},
        {"date_from": 20, "owners": (OTHER,)},
    ]
    for _ in range(25):
        await _anything(store, random)
        for more in filters:
            page = await store.page(listing(**more, limit=5))
            every = await ObjectStore(store.database).page(listing(**more, limit=500))
            assert page.total == len(every.items) == every.total
            assert page.items == every.items[:5]


async def _anything(store: ObjectStore, random: Random) -> None:
    some = [
        draft(random.randrange(40), at=random.randrange(100), owner=random.choice((ME, OTHER)))
        for _ in range(random.randrange(12))
    ]
    some = [structs.replace(each, audience=random.choice(("", "NL-AAA"))) for each in some]
    if random.random() < 0.3:
        await store.remove(draft(random.randrange(40)).key)
    elif random.random() < 0.3:
        await asyncio.gather(*map(store.put, some))
    else:
        await store.put_all(some)


async def test_pages_with_dates_count_once_while_data_change(store: ObjectStore) -> None:
    await fill(store, 5000)
    statements: list[str] = []

    async def page(**more: Any) -> StoredPage:
        statements.clear()
        return await store.page(listing(date_from=5, limit=10, **more))

    here = await store.database.read(lambda link: link.engine.url.database)
    with watching_statements(statements.append, within=here):
        first = await page()
        assert any("count(" in each and "objects" in each for each in statements)
        for number in range(3):
            await store.put(draft(number, at=9000))
            assert (await page(cursor=first.cursor)).total == 4996 + number
            assert not any("count(" in each and "objects" in each for each in statements)
            found = await page()
            assert (found.total, numbers(found.items)[0]) == (4996 + number, 0)
            assert not any("count(" in each and "objects" in each for each in statements)
        assert (await page(offset=4000)).total == 4998
        assert not any("count(" in each and "objects" in each for each in statements)


def test_what_is_remembered_of_changes_is_bounded() -> None:
    names = [ListName("sessions", OWN, f"NL-{at}", "NL", "CPO") for at in range(100)]
    moves = Moves()
    for name in names * 2:
        moves.note([Moved(name, 4000, [Move(None, at) for at in range(4000)])])
    known = [len(moves.since({}, {name: 4000}) or ()) for name in names]
    assert known == [0] * 84 + [4000] * 16
    moves.note([Moved(names[-1], 4001, [Move(7, None, 1)])])
    assert moves.since({names[-1]: 4000}, {names[-1]: 4001}) == [Move(7, None, 1)]


async def test_writes_of_another_process_are_counted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    databases = [open_database(url) for _ in range(2)]
    await ensure(databases[0], migrate=True)
    one, two = (ObjectStore(each) for each in databases)
    await fill(one, 10)
    wanted = listing(date_from=5)
    assert [(await each.page(wanted)).total for each in (one, two)] == [5, 5]
    for number in range(20, 24):
        await (one, two)[number % 2].put(draft(number))
        assert [(await each.page(wanted)).total for each in (one, two)] == [number - 14] * 2
    for each in databases:
        await each.close()


async def test_the_same_objects_that_come_twice_at_once_are_stored_once(store: ObjectStore) -> None:
    drafts = [draft(number) for number in range(300)]
    done = await asyncio.gather(*(store.put_all(drafts[::step]) for step in (1, -1, 2)))
    assert sum(put is Put.CREATED for each in done for put in each) == len(drafts)
    page = await store.page(listing(limit=10))
    assert page.total == len(drafts)


async def test_places_are_read_without_locking_objects(store: ObjectStore) -> None:
    await fill(store, 3)
    statements: list[str] = []
    here = await store.database.read(lambda link: link.engine.url.database)
    with watching_statements(statements.append, within=here):
        found = await store.places([draft(1).key, draft(9).key, draft(0).key])
    assert sorted(found) == [1, 2]
    assert statements
    assert not any("FOR UPDATE" in each for each in statements)


async def test_many_are_put_as_one_by_one(store: ObjectStore) -> None:
    await fill(store, 2)
    cdr = draft(8, module="cdrs")
    some = [
        draft(5),
        draft(1, b"[]", at=9),
        draft(5, b"{}", at=4),
        draft(5, b"[5]", at=6),
        draft(0, b"[]", at=-1),
        cdr,
        structs.replace(cdr, raw=b"[]"),
    ]
    done = [Put.CREATED, Put.UPDATED, Put.STALE, Put.UPDATED, Put.STALE, Put.CREATED, Put.STALE]
    assert await store.put_all(some) == done
    assert await store.put_all([]) == []
    page = await store.page(listing())
    assert (page.items, page.total) == ([b'{"n":0}', b"[]", b"[5]"], 3)
    assert [each.raw for each in await store.get_any([cdr.key, draft(1).key])] == [b"[]", cdr.raw]
    assert await store.get_any([]) == []


async def test_lists_of_one_audience_and_of_several(store: ObjectStore) -> None:
    for number in range(60):
        audience = ("NL-AAA", "NL-BBB", "NL-CCC")[number % 3]
        await store.put(draft(number, module="sessions", audience=audience))
    one = listing(module="sessions", audiences=("NL-BBB",))
    assert numbers((await store.page(one)).items) == list(range(1, 60, 3))
    wanted = [number for number in range(60) if number % 3]
    both: dict[str, Any] = {"module": "sessions", "audiences": ("NL-BBB", "NL-CCC")}
    assert await crawl(store, **both, limit=7) == wanted
    page = await store.page(listing(**both, offset=13, limit=3))
    assert (numbers(page.items), page.total) == (wanted[13:16], 40)
    assert await crawl(store, **both, date_from=30, limit=7) == [n for n in wanted if n >= 30]


async def test_lists_of_some_owners(store: ObjectStore) -> None:
    await fill(store, 3)
    await store.put(draft(7, owner=OTHER))
    page = await store.page(listing(owners=(OTHER,)))
    assert (numbers(page.items), page.total) == ([7], 1)
    assert (await store.page(listing(owners=(ME, OTHER)))).total == 4
    assert (await store.page(listing(owners=(ME,), date_from=1))).total == 2


async def test_an_object_that_changes_hands_changes_lists(store: ObjectStore) -> None:
    await store.put(draft(1, source="partner"))
    await store.put(draft(1, at=2))
    assert (await store.page(listing())).total == 1
    gone = await store.page(Listing(module="locations", source="partner"))
    assert (gone.items, gone.total) == ([], 0)


async def test_totals_are_what_can_be_counted(store: ObjectStore) -> None:
    await fill(store, 20)
    for number in range(0, 20, 3):
        await store.remove(draft(number).key)
    await fill(store, 5)

    def both(link: Connection) -> tuple[int, int]:
        counted = len(link.execute(select(objects.c.seq)).all())
        return counted, int(link.execute(select(listings.c.total)).scalar_one())

    counted, kept = await store.database.read(both)
    assert counted == kept

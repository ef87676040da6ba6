"""The store: places, pages, transactions, on SQLite directly and through an async driver."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, event, inspect, select, text
from sqlalchemy.dialects import postgresql

from ocpi_runtime.types import PartyId
from ocpi_server.store import (
    OWN,
    Cursor,
    Database,
    Draft,
    Duplicate,
    Key,
    Listing,
    ListName,
    ObjectStore,
    Put,
    Rendition,
    RenditionStore,
    Stored,
    StoredPage,
    open_database,
)
from ocpi_server.store import _finding as finding
from ocpi_server.store import _rows as rows
from ocpi_server.store._moves import Move, Moved, Moves
from ocpi_server.store._paging import Pager
from ocpi_server.store.database._sqlite import SqliteDatabase
from ocpi_server.store.database.schema import HEAD, SchemaError, ensure, revision
from ocpi_server.store.database.tables import listings, metadata, objects
from tests.server_impl.migrating import upgrade_from_nothing

ME = PartyId("NL", "CPO")
OTHER = PartyId("NL", "TWO")


@pytest.fixture
def store(database: Database) -> ObjectStore:
    return ObjectStore(database)


def draft(number: int, raw: bytes | None = None, **more: Any) -> Draft:
    key = Key.of(more.pop("module", "locations"), more.pop("owner", ME), f"L{number}")
    return Draft(key, raw or b'{"n":%d}' % number, more.pop("at", number), "2.2.1", **more)


def listing(**more: Any) -> Listing:
    return Listing(module=more.pop("module", "locations"), source=OWN, **more)


async def crawl(store: ObjectStore, **more: Any) -> list[int]:
    """Follow cursors to the end; gives the numbers of the objects."""
    cursor: Cursor | None = None
    found: list[bytes] = []
    while True:
        page = await store.page(listing(cursor=cursor, **more))
        found += page.items
        cursor = page.cursor
        if not page.more:
            return numbers(found)


def numbers(items: Sequence[bytes]) -> list[int]:
    return [int(item[5:-1]) for item in items]


async def fill(store: ObjectStore, count: int, **more: Any) -> None:
    await store.put_all([draft(number, **more) for number in range(count)])


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
    for _ in range(60):
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
    some = [replace(each, audience=random.choice(("", "NL-AAA"))) for each in some]
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

    with watched(statements):
        first = await page()
        assert any("count(" in each for each in statements)
        for number in range(3):
            await store.put(draft(number, at=9000))
            assert (await page(cursor=first.cursor)).total == 4996 + number
            assert not any("count(" in each for each in statements)
            found = await page()
            assert (found.total, numbers(found.items)[0]) == (4996 + number, 0)
            assert not any("count(" in each for each in statements)
        assert (await page(offset=4000)).total == 4998
        assert not any("count(" in each for each in statements)


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
        replace(cdr, raw=b"[]"),
    ]
    done = [Put.CREATED, Put.UPDATED, Put.STALE, Put.UPDATED, Put.STALE, Put.CREATED, Put.STALE]
    assert await store.put_all(some) == done
    assert await store.put_all([]) == []
    page = await store.page(listing())
    assert (page.items, page.total) == ([b'{"n":0}', b"[]", b"[5]"], 3)
    assert [each.raw for each in await store.get_any([cdr.key, draft(1).key])] == [b"[]", cdr.raw]
    assert await store.get_any([]) == []


@contextmanager
def watched(statements: list[str]) -> Iterator[None]:
    """Collect the statements that any database is sent."""

    def count(_link: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


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


async def test_an_empty_database_gets_the_tables_that_all_steps_make(
    database: Database, tmp_path: Path
) -> None:
    stepped = open_database(f"sqlite:///{tmp_path / 'stepped.sqlite'}")
    await stepped.write(upgrade_from_nothing)
    for each in (database, stepped):
        assert await each.read(_differences) == []
        assert await each.read(revision) == HEAD
    assert await stepped.read(_tables) == await database.read(_tables)
    await stepped.close()


def _differences(link: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(link), metadata))


def _tables(link: Connection) -> dict[str, list[Any]]:
    """Read what SQLite knows of each table: columns, keys, indexes, and their columns."""
    inspector = inspect(link)
    return {name: _table(link, name) for name in inspector.get_table_names()}


def _table(link: Connection, name: str) -> list[Any]:
    def pragma(of: str, what: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in link.exec_driver_sql(f"PRAGMA {what}({of})")]

    columns = sorted(row[1:] for row in pragma(name, "table_info"))
    indexes = [(row[2:], pragma(row[1], "index_xinfo")) for row in pragma(name, "index_list")]
    covered = sorted((kind, [row[2:] for row in of]) for kind, of in indexes)
    made = text("SELECT sql FROM sqlite_master WHERE name = :name")
    sql: str = link.execute(made, {"name": name}).scalar_one()
    return [columns, covered, "AUTOINCREMENT" in sql]


async def test_the_statements_can_be_written_for_postgresql(store: ObjectStore) -> None:
    statements: list[str] = []
    dialect: Any = postgresql
    dialect = dialect.dialect()

    def work(link: Connection) -> None:
        def caught(_link: Any, statement: Any, *_rest: Any) -> None:
            statements.append(str(statement.compile(dialect=dialect)))

        event.listen(link, "before_execute", caught)
        rows.add(link, draft(1), [])
        found = finding.find(link, draft(1).key, lock=True)
        assert found
        rows.overwrite(link, found, draft(1), [])
        finding.find_any(link, [draft(1).key, draft(2).key])
        finding.find_all(link, [draft(1).key, draft(2).key])
        rows.overwrite_all(link, [(found, draft(1, audience="NL-AAA"))], [])
        pager = Pager()
        for more in ({"audiences": ("a", "b")}, {"owners": (ME,)}, {"date_from": 0}, {"offset": 0}):
            pager.page(link, listing(**more))
        rows.remove(link, found, [])

    await store.database.write(work)
    assert any(statement.endswith("FOR UPDATE") for statement in statements)
    assert len(statements) > 10


async def test_databases_bound_the_parameters_of_a_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'store.sqlite'}")
    await ensure(database, migrate=True)
    for link in (database._read_link, database._write_link):  # noqa: SLF001
        link.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 60)
    monkeypatch.setattr(finding, "_MOST_NAMES", 20)
    store = ObjectStore(database)
    await fill(store, 100)
    assert set(await store.put_all([draft(number) for number in range(100)])) == {Put.UPDATED}
    page = await store.page(listing(limit=50))
    unsaid = [Rendition(seq, "2.1.1", b"", None) for seq in page.places if seq % 10]
    for start in range(0, len(unsaid), 15):
        await RenditionStore(database).keep(unsaid[start : start + 15])
    for more in ({}, {"date_from": 0}, {"date_from": 0, "audiences": ("", "NL-AAA")}):
        asked = listing(version="2.1.1", **more)
        assert await store.waiting(asked) == [each.seq for each in unsaid]
        page = await store.page(asked)
        assert (page.total, len(page.items), page.more) == (55, 50, True)
        assert numbers(page.items)[:5] == [9, 19, 29, 39, 49]
        rest = await store.page(replace(asked, cursor=page.cursor))
        assert (rest.total, numbers(rest.items)) == (55, list(range(95, 100)))
        assert numbers((await store.page(replace(asked, offset=4, limit=2))).items) == [49, 50]
    await database.close()


async def test_a_newer_database_is_refused(database: Database) -> None:
    await database.write(
        lambda link: link.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(SchemaError):
        await ensure(database, migrate=True)
    await database.write(
        lambda link: link.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    )
    with pytest.raises(SchemaError, match="db upgrade"):
        await ensure(database, migrate=False)


async def test_another_process_with_the_write_lock_is_waited_for(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    one, two = SqliteDatabase(url), SqliteDatabase(url)
    await ensure(one, migrate=True)
    holder = two._write_link  # noqa: SLF001 - stands for another process
    holder.execute("BEGIN IMMEDIATE")
    put = asyncio.create_task(ObjectStore(one).put(draft(1)))
    await asyncio.sleep(0.05)
    assert not put.done()
    assert (await ObjectStore(one).page(listing())).total == 0
    holder.execute("COMMIT")
    assert await put is Put.CREATED
    await one.close()
    await two.close()


async def test_a_disk_that_fails_is_told_to_the_callers(tmp_path: Path) -> None:
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'store.sqlite'}")
    await ensure(database, migrate=True)
    store = ObjectStore(database)
    # Deferred constraints fail at COMMIT, as a full disk does.
    await database.write(_deferred)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await database.write(lambda link: link.execute(text("INSERT INTO child VALUES (1)")))
    assert await store.put(draft(1)) is Put.CREATED
    await database.write(lambda link: link.execute(delete(objects)))
    await database.close()


def _deferred(link: Connection) -> None:
    link.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
    link.execute(
        text("CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
    )

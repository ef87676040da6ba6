"""Long lists with filters: counted by an index, away from the event loop, and right."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from ocpi_runtime.types import PartyId
from ocpi_server.store import (
    Cursor,
    Draft,
    Key,
    Listing,
    ObjectStore,
    Rendition,
    RenditionStore,
    Shortfall,
    open_database,
)
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.listing import _statements as statements
from tests.support.statements import watching_statements

ME, TWO = PartyId("NL", "CPO"), PartyId("NL", "TWO")
COUNT = 5000
FILTERS: tuple[dict[str, Any], ...] = (
    {"date_from": 5},
    {"date_to": COUNT - 5},
    {"date_from": 5, "owners": (ME,)},
    {"date_from": 5, "version": "2.1.1"},
    {"version": "2.1.1"},
    {"date_from": 5, "offset": COUNT // 2 - 3},
    {"offset": COUNT - 3},
    {"date_from": 5, "cursor": Cursor(0, 1, COUNT)},
)


def draft(number: int, at: int | None = None) -> Draft:
    key = Key.of("locations", TWO if number % 2 else ME, f"L{number}")
    return Draft(key, b'{"n":%d}' % number, number if at is None else at, "2.2.1")


def listing(**more: Any) -> Listing:
    return Listing(module="locations", source="", **more)


@pytest_asyncio.fixture(loop_scope="session")
async def store(tmp_path: Path) -> AsyncIterator[ObjectStore]:
    database = open_database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    await ensure(database, migrate=True)
    store = ObjectStore(database)
    await store.put_all([draft(number) for number in range(COUNT)])
    yield store
    await database.close()


@contextmanager
def here(store: ObjectStore, noted: list[str]) -> Iterator[None]:
    """Collect the statements of a store that run in this thread."""
    me = threading.get_ident()

    def note(statement: str) -> None:
        if threading.get_ident() == me:
            noted.append(statement)

    with watching_statements(note, store.database._reader):  # type: ignore[attr-defined]  # noqa: SLF001
        yield


@pytest.mark.parametrize("asked", FILTERS, ids=str)
async def test_the_event_loop_only_asks_how_long_the_list_is(
    store: ObjectStore, asked: dict[str, Any]
) -> None:
    refused = Rendition(1, "2.1.1", b"", None, (Shortfall("", "it cannot be represented"),))
    await RenditionStore(store.database).keep([refused])
    noted: list[str] = []
    with here(store, noted):
        await store.page(listing(**asked))
    assert all("FROM listings" in statement for statement in noted), noted
    assert len(noted) <= 1


async def test_short_lists_and_plain_pages_need_no_thread(store: ObjectStore) -> None:
    noted: list[str] = []
    with here(store, noted):
        assert (await store.page(listing(offset=50))).total == COUNT
    assert any("FROM objects" in statement for statement in noted)


@pytest.mark.parametrize("owners", [-1, 1, 3])
@pytest.mark.parametrize("hiding", [False, True])
async def test_a_count_looks_at_no_row(store: ObjectStore, owners: int, *, hiding: bool) -> None:
    statement = statements.matching(1, owners, hiding=hiding)
    asked = listing(
        date_from=5, version="2.1.1", owners=None if owners < 0 else (ME, TWO, ME)[:owners]
    )

    def explain(link: Connection) -> str:
        compiled = statement.statement.compile(link)
        given = {**compiled.params, **asked.parameters(), "most": 10}
        values = tuple(given[name] for name in compiled.positiontup or ())
        rows = link.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
        return "\n".join(str(row[3]) for row in rows)

    plan = await store.database.read(explain)
    assert "USING COVERING INDEX objects_" in plan, plan
    assert "SCAN objects" not in plan


@pytest.mark.parametrize("seed", range(3))
async def test_pages_are_right_while_others_write(store: ObjectStore, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - what to write
    at = {number: number for number in range(COUNT)}
    asked = ({"date_from": 1000}, {"date_to": 2500, "owners": (ME,)}, {"offset": 2500})

    async def write() -> None:
        for _ in range(150):
            number = chance.randrange(COUNT + 200)
            when = COUNT + chance.randrange(1000)
            if at.get(number, 0) <= when:
                await store.put(draft(number, when))
                at[number] = when

    async def read() -> None:
        for turn in range(60):
            page = await store.page(listing(**asked[turn % 3]))
            assert len(page.items) == 50

    await asyncio.gather(write(), read(), read())
    wanted = sum(instant >= 1000 for instant in at.values())
    assert (await store.page(listing(date_from=1000))).total == wanted
    mine = sum(instant < 2500 for number, instant in at.items() if number % 2 == 0)
    assert (await store.page(listing(date_to=2500, owners=(ME,)))).total == mine


async def test_a_forged_count_costs_no_more_than_an_honest_one(store: ObjectStore) -> None:
    await store.put_all([draft(number) for number in range(COUNT, COUNT + 1000)])
    changes = sum((await store.state(listing())).values())
    forged = await store.page(listing(date_from=0, cursor=Cursor(0, 1, changes)))
    honest = await store.page(listing(date_from=0))
    assert [*forged.items] == [*honest.items]

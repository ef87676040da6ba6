"""Tables and connections: what all steps make, other databases, locks and full disks."""

import asyncio
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, event, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from ocpi_server.store import (
    Database,
    ObjectStore,
    Put,
    Rendition,
    RenditionStore,
    open_database,
)
from ocpi_server.store import _bulk as bulk
from ocpi_server.store import _finding as finding
from ocpi_server.store import _rows as rows
from ocpi_server.store._counts import Tally
from ocpi_server.store.database._sqlite import SqliteDatabase
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.schema import HEAD, SchemaError, ensure, revision
from ocpi_server.store.database.tables import metadata, objects
from ocpi_server.store.listing import Pager
from ocpi_server.store.listing import _paging as paging
from tests.server_impl.migrating import upgrade_from_nothing
from tests.server_impl.store.numbered import ME, draft, fill, listing, numbers


@pytest.mark.sqlite
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


async def test_the_statements_can_be_written_for_postgresql(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    dialect: Any = postgresql
    dialect = dialect.dialect()

    def executed(of: Prepared, link: Connection, values: Any) -> Any:
        return link.execute(of.statement, values).all()

    def work(link: Connection) -> None:
        def caught(_link: Any, statement: Any, *_rest: Any) -> None:
            statements.append(str(statement.compile(dialect=dialect)))

        monkeypatch.setattr(Prepared, "all", executed)
        event.listen(link, "before_execute", caught)
        tally = Tally()
        rows.add(link, draft(1), tally, 1)
        row = finding.find_row(link, draft(1).key, whole=True)
        assert row
        found = finding.stored_as(draft(1).key, row)
        rows.overwrite_all(link, [(found, draft(1))], tally, 2)
        statement, values = finding.any_of([draft(1).key, draft(2).key])
        statement.all(link, values)
        bulk.find_all(link, [draft(1).key, draft(2).key], lock=True)
        rows.overwrite_all(link, [(found, draft(1, audience="NL-AAA"))], tally, 3)
        pager = Pager()
        for more in ({"audiences": ("a", "b")}, {"owners": (ME,)}, {"date_from": 0}, {"offset": 0}):
            pager.page(link, listing(**more))
        rows.remove(link, found, tally)
        tally.write(link)

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
    monkeypatch.setattr(bulk, "_MOST_NAMES", 20)
    monkeypatch.setattr(paging, "_SIZES", (8, 20))
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


async def test_what_another_process_committed_is_seen_from_the_next_turn_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    one, two = SqliteDatabase(url), SqliteDatabase(url)
    asked: list[str] = []
    one._read_link.set_trace_callback(asked.append)  # noqa: SLF001 - shows all statements
    marks = []
    for version in range(3):
        marks += [one.mark(), one.mark()]
        # As another process does: without a turn of this event loop.
        two._write_link.execute(f"PRAGMA user_version={version}")  # noqa: SLF001
        await asyncio.sleep(0)
    assert len(asked) == len(set(marks)) == 3
    assert marks[::2] == marks[1::2]
    await one.close()
    await two.close()


async def test_own_writes_are_distinguished_while_the_next_one_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    one, two = SqliteDatabase(url), SqliteDatabase(url)
    await ensure(one, migrate=True)
    store, commit = ObjectStore(one), one._commit  # noqa: SLF001 - to be made slow
    begun, done = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        done.wait(10)
        commit()

    monkeypatch.setattr(one, "_commit", slow)
    for others in (False, True):
        done.set()
        await store.put(draft(1))
        known = one.mark()
        await store.put(draft(2))
        if others:
            two._write_link.execute("PRAGMA user_version=7")  # noqa: SLF001 - another process
        done.clear()
        begun.clear()
        put = asyncio.create_task(store.put(draft(3)))
        await asyncio.to_thread(begun.wait, 10)
        assert (one.mark() != known) == others
        done.set()
        await put
    await one.close()
    await two.close()


async def test_a_work_that_fails_alone_leaves_nothing(database: Database) -> None:
    def half(link: Connection) -> None:
        link.execute(delete(objects))
        raise ZeroDivisionError

    store = ObjectStore(database)
    await store.put(draft(1))
    with pytest.raises(ZeroDivisionError):
        await database.write(half)
    results = await asyncio.gather(
        database.write(half), store.put(draft(2)), return_exceptions=True
    )
    assert isinstance(results[0], ZeroDivisionError)
    assert results[1] is Put.CREATED
    assert (await store.page(listing())).total == 2


async def test_a_disk_that_fails_is_reported_to_the_callers(tmp_path: Path) -> None:
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


async def test_errors_do_not_quote_what_was_to_be_stored(database: Database) -> None:
    insert = text("INSERT INTO nothing_of_ours (raw) VALUES (:raw)")
    with pytest.raises(DBAPIError) as failed:
        await database.write(lambda link: link.execute(insert, {"raw": "canary"}))
    assert "canary" not in str(failed.value)

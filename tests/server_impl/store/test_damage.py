"""Damage in the database stays with the rows that have it."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from ocpi_server.command_line._preparing import find_damage
from ocpi_server.store import Damaged, Draft, Key, Listing, ObjectStore, Put
from ocpi_server.store.database import damage
from tests.server_impl.pair import CPO, EMSP, Pair, calling, location, paired, token
from tests.server_impl.samples import cdr, session, tariff

GARBAGE: tuple[Any, ...] = (b"", b"\xff\xfe\x00", b"[]", "text", 7, b"{}")
KEPT = 12


def key(number: int) -> Key:
    return Key.of("locations", CPO.id, f"L{number}")


async def fill(store: ObjectStore) -> None:
    for number in range(KEPT):
        raw = msgspec.json.encode(location(f"L{number}"))
        await store.put(Draft(key(number), raw, number, "2.2.1"))


def damaged(statement: str, *values: Any) -> Any:
    """Write past the store, as a disk or a tool would."""

    def work(link: Connection) -> None:
        link.exec_driver_sql(statement, values)

    return work


@pytest.mark.sqlite
@pytest.mark.parametrize("value", GARBAGE, ids=repr)
@pytest.mark.parametrize("column", ["raw", "version", "last_updated", "checksum"])
async def test_a_damaged_object_spoils_itself_only(
    store: ObjectStore, column: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(store)
    broken = await store.places([key(5)])
    change = f"UPDATE objects SET {column} = ? WHERE uid = 'l5'"  # noqa: S608 - a test's own
    await store.database.write(damaged(change, value))
    listed: list[str] = []
    filters: tuple[dict[str, Any], ...] = (
        {},
        {"date_from": 0},
        {"version": "2.1.1"},
        {"offset": 3},
    )
    for more in filters:
        page = await store.page(Listing(module="locations", source="", limit=50, **more))
        names = [msgspec.json.decode(raw)["id"] for raw in page.items]
        wanted = [f"L{number}" for number in range(3 if "offset" in more else 0, KEPT)]
        assert [name for name in wanted if name not in names] in ([], ["L5"])
        listed += names
    for number in range(KEPT):
        if number != 5:
            found = await store.get(key(number))
            assert found is not None
    intact = column == "last_updated" and isinstance(value, int)
    if not intact:
        with pytest.raises(Damaged):
            await store.get(key(5))
        assert f"Damaged row {broken[0]} in objects" in caplog.text
    near = await store.get_any([key(4), key(5), key(6)])
    assert len(near) == (3 if intact else 2)
    raw = msgspec.json.encode(location("L5"))
    assert await store.put(Draft(key(5), raw, 10**6, "2.2.1")) is Put.UPDATED
    healed = await store.get(key(5))
    assert healed is not None
    assert await store.remove(key(5))


@pytest.fixture(autouse=True)
def nothing_is_reported_yet() -> None:
    damage._reported.clear()  # noqa: SLF001 - rows of other databases have the same numbers


@pytest.fixture
def store(database: Any) -> ObjectStore:
    return ObjectStore(database)


async def populated(pair: Pair) -> None:
    cpo, emsp = pair.cpo.platform, pair.emsp.platform
    for number in range(6):
        await cpo.put_own("locations", msgspec.json.encode(location(f"LOC{number}")))
        await cpo.put_own("tariffs", msgspec.json.encode(tariff(f"T{number}")))
        await cpo.put_own("sessions", msgspec.json.encode(session(f"S{number}")))
        await cpo.put_own("cdrs", msgspec.json.encode(cdr(f"CDR{number}")))
        await emsp.put_own("tokens", msgspec.json.encode(token(f"TOKEN{number}")))


COLUMNS = {
    "objects": ("raw", "version", "uid", "country_code", "source", "audience", "last_updated"),
    "renditions": ("raw", "losses", "digest", "version"),
    "listings": ("total", "changes", "shifts", "bytes"),
    "exchanges": ("kind", "result", "created"),
}


def ruin(file: Path, chance: Random) -> str:
    """Damage one row in one column; returns what was done."""
    table = chance.choice(sorted(COLUMNS))
    column, value = chance.choice(COLUMNS[table]), chance.choice(GARBAGE)
    with closing(sqlite3.connect(file, timeout=10)) as link:
        row = link.execute(f"SELECT rowid FROM {table} ORDER BY random() LIMIT 1").fetchone()  # noqa: S608
        if row is not None:
            change = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
            link.execute(change, (value, row[0]))
            link.commit()
    return f"{table}.{column} = {value!r}"


@pytest.mark.sqlite
@pytest.mark.parametrize("seed", range(3))
async def test_nothing_that_is_read_fails_beside_damage(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - what to damage
    versions = ("2.2.1", "2.1.1")
    async with paired(tmp_path, versions=versions) as pair:
        await populated(pair)
        file = tmp_path / "cpo" / "ocpi.sqlite"
        async with calling(pair.cpo, pair.emsp, pair.at_emsp) as as_emsp:
            lists = [
                pair.cpo.url("sender", module) + query
                for module in ("locations", "tariffs", "sessions", "cdrs")
                for query in ("", "?date_from=2020-01-01T00:00:00Z", "?offset=1&limit=2")
            ]
            for _ in range(6):
                done = ruin(file, chance)
                for url in lists:
                    answer = await as_emsp("GET", url)
                    assert answer.status_code == 200, (done, url, answer.text)
                    assert answer.json()["status_code"] == 1000, (done, url, answer.text)
                for number in range(6):
                    answer = await as_emsp(
                        "GET", pair.cpo.url("sender", "locations", f"LOC{number}")
                    )
                    assert answer.status_code < 500, (done, answer.text)
                assert await pair.cpo.platform.partners.registered()
                await pair.cpo.platform.losses()
                await pair.emsp.platform.pull_locations(pair.at_emsp)
                fresh = msgspec.json.encode(location(f"NEW{chance.random()}"))
                taken = await pair.cpo.platform.publisher.location(fresh)
                await pair.cpo.platform.pushed()
                assert taken == (pair.at_cpo.id,), done
        settings = pair.cpo.platform.settings
    assert await find_damage(settings)


PARTNER = {
    "endpoints": "[{",
    "roles": "nothing",
    "status": "lost",
    "sealed_token": b"from another key",
    "version": "9.9",
    "claimed": b"\xff",
    "blocked": "soon",
    "expires": "never",
    "name": b"\xff\xfe",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("column", sorted(PARTNER))
async def test_a_damaged_partner_keeps_nobody_else_from_anything(
    own_pair: Pair, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    platform = own_pair.cpo.platform
    other = await platform.partners.begin("other", "secret")
    values = "sealed_token, endpoints, roles, status, version, versions_url, own_role"
    whole = f"SELECT {values} FROM partners WHERE id = ?"  # noqa: S608
    like = f"UPDATE partners SET ({values}) = ({whole}) WHERE id = ?"  # noqa: S608
    store = platform.parts.store.database
    await store.write(damaged(like, own_pair.at_cpo.id, other.id))
    change = f"UPDATE partners SET {column} = ?, revision = revision + 1 WHERE id = ?"  # noqa: S608
    await store.write(damaged(change, PARTNER[column], other.id))
    assert {each.id for each in await platform.partners.every()} == {own_pair.at_cpo.id, other.id}
    with caplog.at_level(logging.ERROR):
        await platform.publisher.location(msgspec.json.encode(location()))
        taken = await platform.pushed()
    assert taken[own_pair.at_cpo.id] is None
    async with calling(own_pair.cpo, own_pair.emsp, own_pair.at_emsp) as as_emsp:
        answer = await as_emsp("GET", own_pair.cpo.url("sender", "locations"))
        assert answer.json()["status_code"] == 1000
        assert len(answer.json()["data"]) == 1
    if column not in {"version", "name"}:
        found = await find_damage(platform.settings)
        assert [each.row for each in found if each.table == "partners"] == [other.id]
    assert EMSP.id in own_pair.at_cpo.parties
    await store.write(damaged("DELETE FROM partners WHERE id = ?", other.id))


async def test_a_whole_database_has_no_findings(own_pair: Pair) -> None:
    await populated(own_pair)
    assert await find_damage(own_pair.cpo.platform.settings) == []

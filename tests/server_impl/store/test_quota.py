"""What a partner may store: objects and bytes, exact whatever processes write, and one object."""

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select

from ocpi_runtime.server import Limits
from ocpi_runtime.types import PartyId
from ocpi_server.async_requests import pending as exchanges_module
from ocpi_server.async_requests.pending import PendingRequests
from ocpi_server.settings import LimitRules
from ocpi_server.store import (
    Database,
    Draft,
    Duplicate,
    Key,
    ObjectStore,
    Quota,
    QuotaExceeded,
    Stored,
    open_database,
)
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.database.tables import exchanges, listings, objects
from tests.server_impl.pair import (
    CPO,
    EMSP,
    calling,
    evse,
    introduce,
    location,
    paired,
    served,
    token,
)

ME = PartyId("NL", "CPO")


def draft(number: int, size: int = 10, **more: Any) -> Draft:
    key = Key.of(more.pop("module", "locations"), ME, f"L{number}")
    return Draft(key, b"x" * size, number, "2.2.1", more.pop("source", "partner"), **more)


def used(link: Connection) -> tuple[int, ...]:
    """Count what there is, and read what is kept as counts."""
    mine = objects.c.source == "partner"
    there = link.execute(
        select(func.count(), func.sum(func.length(objects.c.raw))).where(mine)
    ).one()
    kept = link.execute(
        select(func.sum(listings.c.total), func.sum(listings.c.bytes)).where(
            listings.c.source == "partner"
        )
    ).one()
    return (*(int(each or 0) for each in there), *(int(each or 0) for each in kept))


def replaced(made: Draft, _old: Stored) -> Draft:
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path: Path) -> AsyncIterator[tuple[Database, Database]]:
    """One file, opened as two processes would."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    made = open_database(url), open_database(url)
    await ensure(made[0], migrate=True)
    yield made
    for each in made:
        await each.close()


async def test_counts_are_exact_whatever_is_done(database: Database) -> None:
    chance = Random(5)  # noqa: S311 - what to do
    store = ObjectStore(database)
    for _ in range(120):
        number, size = chance.randrange(20), chance.randrange(1, 200)
        made = draft(number, size, source=chance.choice(("partner", "other", "")))
        match chance.randrange(5):
            case 0:
                await store.remove(made.key)
            case 1:
                await store.put_all([made, draft(number + 1, size), made])
            case 2:
                await store.change(made.key, partial(replaced, made))
            case 3:
                try:
                    await store.add(made)
                except Duplicate:
                    continue
            case _:
                await store.put(made)
        count, size, total, kept = await database.read(used)
        assert (count, size) == (total, kept)


async def test_the_bound_is_exact_over_processes(both: tuple[Database, Database]) -> None:
    quota = Quota(objects=25, bytes=10_000)
    stores = [ObjectStore(each, quota) for each in both]
    done = await asyncio.gather(
        *(stores[number % 2].put(draft(number)) for number in range(60)), return_exceptions=True
    )
    assert sum(isinstance(each, QuotaExceeded) for each in done) == 35
    assert (await both[0].read(used))[0] == 25


@pytest.mark.parametrize("module", ["locations", "tokens", "sessions", "cdrs", "tariffs"])
async def test_bytes_are_bounded_for_all_modules_together(database: Database, module: str) -> None:
    store = ObjectStore(database, Quota(bytes=1000, objects=100))
    await store.put(draft(1, 600))
    with pytest.raises(QuotaExceeded, match="1000 bytes") as refused:
        await store.put(draft(2, 600, module=module))
    assert (refused.value.http_status, refused.value.status_code) == (200, 2001)
    with pytest.raises(QuotaExceeded):
        await store.put_all([draft(3, 100, module=module), draft(4, 400, module=module)])
    await store.put(draft(2, 400, module=module))
    await store.put(draft(9, 600, module=module, source=""))  # our own are not counted
    assert (await database.read(used))[:2] == (2, 1000)


async def test_who_is_above_a_bound_may_still_shrink(database: Database) -> None:
    await ObjectStore(database).put_all([draft(number, 100) for number in range(10)])
    store = ObjectStore(database, Quota(objects=5, bytes=500, object_bytes=50))
    await store.put(draft(1, 90))
    await store.change(draft(2).key, lambda _old: draft(2, 60))
    assert await store.remove(draft(3).key)
    with pytest.raises(QuotaExceeded):
        await store.put(draft(1, 91))


async def test_a_refusal_is_logged_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = ObjectStore(database, Quota(objects=1))
    await store.put(draft(0))
    with caplog.at_level(logging.WARNING, "ocpi_server.store"):
        for number in range(1, 20):
            with pytest.raises(QuotaExceeded):
                await store.put(draft(number))
    lines = [each.getMessage() for each in caplog.records if each.name == "ocpi_server.store"]
    assert len(lines) == 1
    assert "partner partner" in lines[0]


async def test_a_location_that_grows_by_its_evses_is_bounded(tmp_path: Path) -> None:
    limits = Limits(body=20_000)
    async with (
        paired(tmp_path, limits=limits) as pair,
        calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo,
    ):
        url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
        assert (await as_cpo("PUT", url, location())).json()["status_code"] == 1000
        codes = [
            (await as_cpo("PUT", f"{url}/E{number}", evse(f"E{number}"))).json()
            for number in range(2, 80)
        ]
        refused = [each for each in codes if each["status_code"] == 2001]
        assert refused
        assert "too large" in refused[0]["status_message"]
        whole = (await as_cpo("GET", url)).json()["data"]
        assert len(msgspec.json.encode(whole)) <= 20_000
        assert (await as_cpo("PUT", url, location())).json()["status_code"] == 1000


async def test_the_settings_bound_what_is_pushed(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "cpo", CPO, rules=LimitRules(stored_objects=3)) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        async with calling(cpo, emsp, pair.at_emsp) as as_emsp:
            codes = []
            for number in range(5):
                url = cpo.url("receiver", "tokens", "DE", "MSP", f"T{number}")
                answer = await as_emsp("PUT", url, token(f"T{number}"))
                codes.append((answer.status_code, answer.json()["status_code"]))
    assert codes == [(201, 1000)] * 3 + [(200, 2001)] * 2


async def test_requests_that_wait_for_results_are_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanges_module, "_MOST", 10)
    monkeypatch.setattr(exchanges_module, "_EVERY", 5)
    kept = PendingRequests(database)
    last = [await kept.open("partner", "START_SESSION") for _ in range(31)][-1]
    other = await kept.open("other", "START_SESSION")
    uids = await database.read(lambda link: link.execute(select(exchanges.c.uid)).scalars().all())
    assert len(uids) <= 16
    assert {last, other} <= set(uids)
    restarted = [await PendingRequests(database).open("partner", "START_SESSION") for _ in range(9)]
    uids = await database.read(lambda link: link.execute(select(exchanges.c.uid)).scalars().all())
    assert len(uids) <= 11
    assert set(restarted) <= set(uids)

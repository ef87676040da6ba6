"""Lists that change while they are read: nothing that lasts is lost or repeated."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId
from ocpi_server._versions import OWN_VERSION
from tests.acceptance.support.bundles import SPOKEN
from tests.acceptance.support.changing_lists import PARTY, START, ChangingList, Reader
from tests.acceptance.support.guests import register
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.stored import snapshot
from tests.acceptance.support.two_partners import OPERATIONS
from tests.server_impl.pair import location, served
from tests.server_impl.samples import session, tariff

MOST = 12
"""Changes for each page of five: a third of them add an object, so that the crawl has an end."""
READER = PartyId("DE", "RDR")
OTHER = PartyId("DE", "OTH")

MAKERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "tariffs": lambda uid, stamp: tariff(uid, PARTY, last_updated=stamp),
    "sessions": lambda uid, stamp: session(uid, PARTY, READER, last_updated=stamp),
}
DATED = [
    (case.version, case.module)
    for case in OPERATIONS
    if case.module in MAKERS and case.paged and "date_from" in case.query_names
]
"""Lists that can be asked for by date: all but one."""
CRAWLS = [
    (version, module, limit, seconds)
    for version, module, limit, seconds in product(SPOKEN, MAKERS, (1, 7, 50), (None, 0, 20))
    if (version == OWN_VERSION or (limit == 7 and seconds != 0))
    and (seconds is None or (version, module) in DATED)
]
"""Versions, modules, limits, and seconds after the start since when: all in one version."""

in_every_version = pytest.mark.parametrize("reader", SPOKEN, indirect=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def readers(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[Callable[[str], Awaitable[Reader]]]:
    """Partners of one version each, made when they are first asked for."""
    made: dict[str, Reader] = {}
    async with AsyncExitStack() as stack:

        async def of_version(version: str) -> Reader:
            if version not in made:
                directory = tmp_path_factory.mktemp("paging")
                reader = reading(directory, servers[version], http)
                made[version] = await stack.enter_async_context(reader)
            return made[version]

        yield of_version


@pytest_asyncio.fixture(loop_scope="session", params=[OWN_VERSION])
async def reader(
    request: pytest.FixtureRequest, readers: Callable[[str], Awaitable[Reader]]
) -> Reader:
    """A partner that reads lists."""
    return await readers(request.param)


@asynccontextmanager
async def reading(
    directory: Path, server: PartnerServer, http: httpx2.AsyncClient
) -> AsyncIterator[Reader]:
    """Serve a platform with a partner that reads its lists."""
    async with served(directory, PARTY, versions=(server.version,)) as host:
        made = Reader(await register(host, server, http, "reader", READER, "EMSP"))
        # Sessions of early versions hold their location.
        await host.platform.put_own("locations", msgspec.json.encode(location(owner=PARTY)))
        # Sessions of another provider lie between those that are read.
        others = ChangingList(host.platform, "sessions", _of_another, random.Random(0))  # noqa: S311
        await others.fill(30)
        yield made


def _of_another(uid: str, stamp: str) -> dict[str, Any]:
    return session(f"OTHER-{uid}", PARTY, OTHER, last_updated=stamp)


@asynccontextmanager
async def filled(
    reader: Reader, module: str, count: int, seed: int = 1
) -> AsyncIterator[ChangingList]:
    """Return a list of so many objects, some of which were updated or removed since."""
    platform = reader.guest.host.platform
    changing_list = ChangingList(platform, module, MAKERS[module], random.Random(seed))  # noqa: S311
    await changing_list.fill(count)
    for _ in range(min(count, 40)):
        await changing_list.change()
    changing_list.mark()
    try:
        yield changing_list
    finally:
        await snapshot(platform)
        await changing_list.empty()


@pytest.mark.parametrize(
    ("reader", "module", "limit", "seconds"), CRAWLS, ids=str, indirect=["reader"]
)
async def test_a_crawl_sees_what_lasts_exactly_once(
    reader: Reader, module: str, limit: int, seconds: int | None
) -> None:
    start = None if seconds is None else START + timedelta(seconds=seconds)
    query = {} if start is None else {"date_from": format_timestamp(start)}
    async with filled(reader, module, 30 if limit == 1 else 80, limit) as changing_list:
        wanted = changing_list.since(start)
        found: Counter[str] = Counter()
        url: str | None = reader.url(module, limit=limit, **query)
        while url:
            page = await reader.page(url)
            assert page.total == len(changing_list.since(start))
            found.update(page.ids)
            url = page.following
            for _ in range(changing_list.chance.randrange(4)):
                await changing_list.change()
        assert set(found.values()) == {1}
        assert set(found) >= wanted & changing_list.lasting


@pytest.mark.parametrize(
    ("reader", "dated"),
    [(OWN_VERSION, False), (OWN_VERSION, True), ("2.0", False), ("2.1.1", True), ("2.3.0", True)],
    indirect=["reader"],
)
async def test_changes_during_each_request_do_no_harm(reader: Reader, *, dated: bool) -> None:
    query = {"date_from": format_timestamp(START)} if dated else {}
    async with filled(reader, "tariffs", 200) as changing_list:
        counts = [len(changing_list.there)]

        allowed, changed, read = asyncio.Semaphore(MOST), asyncio.Event(), asyncio.Event()

        async def change() -> None:
            await allowed.acquire()
            while not read.is_set():
                await changing_list.change()
                counts.append(len(changing_list.there))
                changed.set()
                await allowed.acquire()

        changing = asyncio.create_task(change())
        found: Counter[str] = Counter()
        url: str | None = reader.url("tariffs", limit=5, **query)
        while url:
            changed.clear()
            page = await reader.page(url)
            for _ in range(MOST):
                allowed.release()
            await changed.wait()  # pages may be read faster than the disk takes changes
            assert min(counts) - 1 <= page.total <= max(counts) + 1
            found.update(page.ids)
            url = page.following
        read.set()
        allowed.release()
        await changing
        assert set(found.values()) == {1}
        assert set(found) >= changing_list.lasting
        assert len(counts) > 20


@pytest.mark.parametrize("dated", [False, True])
async def test_a_long_list_is_read_in_order_by_link_and_by_offset(
    reader: Reader, *, dated: bool
) -> None:
    query = {"date_from": format_timestamp(START)} if dated else {}
    async with filled(reader, "tariffs", 2000) as changing_list:
        url: str | None = reader.url("tariffs", limit=400, **query)
        found: list[str] = []
        while url:
            page = await reader.page(url)
            assert page.total == len(changing_list.there)
            found += page.ids
            url = page.following
        assert found == [*changing_list.there]
        for _ in range(12):
            await changing_list.change()
            total = len(changing_list.there)
            offset = changing_list.chance.randrange(total + 300)
            limit = changing_list.chance.randrange(1, 60)
            page = await reader.page(reader.url("tariffs", offset=offset, limit=limit, **query))
            assert page.ids == [*changing_list.there][offset : offset + limit]
            assert page.total == total
            assert (page.following is None) == (offset + limit >= total)


async def test_a_link_names_offset_and_limit_for_those_who_count(reader: Reader) -> None:
    async with filled(reader, "tariffs", 30) as changing_list:
        url: str | None = reader.url("tariffs", limit=4, date_from=format_timestamp(START))
        seen = 0
        while url:
            page = await reader.page(url)
            seen += len(page.ids)
            url = page.following
            if url:
                query = dict(parse_qsl(urlsplit(url).query))
                assert query["date_from"] == format_timestamp(START)
                assert (int(query["offset"]), int(query["limit"])) == (seen, 4)
        assert seen == len(changing_list.there)


@in_every_version
@pytest.mark.parametrize("offset", [0, 1, 29, 30, 31, 10**12])
async def test_offsets_at_the_bounds(reader: Reader, offset: int) -> None:
    async with filled(reader, "sessions", 30) as changing_list:
        total = len(changing_list.there)
        page = await reader.page(reader.url("sessions", offset=offset))
        assert page == ([*changing_list.there][offset:], total, None)


async def test_a_limit_above_that_of_the_server_is_reported(reader: Reader) -> None:
    async with filled(reader, "tariffs", 3):
        url = reader.url("tariffs", limit=10**9)
        answer = await reader.guest.send("GET", url)
        assert int(answer.headers["x-limit"]) <= 1000


MOMENTS = [
    START,
    START + timedelta(microseconds=100),
    START + timedelta(milliseconds=1),
    START + timedelta(seconds=1),
    START + timedelta(days=1),
]


@pytest.mark.parametrize(("reader", "module"), DATED, indirect=["reader"])
@pytest.mark.parametrize("zone", ["Z", ""])
async def test_date_from_includes_and_date_to_excludes(
    reader: Reader, module: str, zone: str
) -> None:
    platform = reader.guest.host.platform
    changing_list = ChangingList(platform, module, MAKERS[module], random.Random(1))  # noqa: S311
    for at, moment in enumerate(MOMENTS):
        await changing_list.put_at(f"AT-{at}", moment)

    async def between(start: datetime | None, end: datetime | None) -> list[str]:
        bounds = {"date_from": start, "date_to": end}
        case = {key: _formatted(value, zone) for key, value in bounds.items() if value is not None}
        page = await reader.page(reader.url(module, **case))
        assert page.total == len(page.ids)
        return page.ids

    names = [*changing_list.there]
    for at, (moment, following) in enumerate(pairwise(MOMENTS)):
        assert await between(moment, following) == names[at : at + 1]
        assert await between(moment, None) == names[at:]
        assert await between(None, moment) == names[:at]
        assert await between(moment, moment) == []
        assert await between(following, moment) == []
    await changing_list.empty()


def _formatted(moment: datetime, zone: str) -> str:
    return format_timestamp(moment).removesuffix("Z") + zone

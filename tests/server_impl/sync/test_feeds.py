"""Feeds of open data, pulled by a schedule: whole each time, unless they have not changed."""

import asyncio
import gzip
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.json_objects import Element
from ocpi_runtime.urls import UrlPolicy
from ocpi_server import FeedRules, OpenDataRules, PullRules
from ocpi_server._clock import utc_now
from ocpi_server.monitoring import read_status
from ocpi_server.partners import Status
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.importing import read_in_chunks
from ocpi_server.sync.received_files import ReceivedImporter
from ocpi_server.sync.schedule import Busy
from ocpi_server.sync.schedule._feeds import FeedPuller
from tests.server_impl.fault_injector import StoppedClock
from tests.server_impl.pair import CPO, EMSP, Served, location, served
from tests.server_impl.reading import put, received

AT_ONCE = OpenDataRules(enabled=True, requests_per_second=1000, refresh_seconds=0)
NAME = "Open data"
SECONDS = 90
NO_LISTS = (
    b'{}|null|true|"none"|[{}]|[1, 2]|{"data": null}|{"data": {}}|{"error": "none"}'
    b'|{"locations": []}|{"status_code": 1000, "data": null}||<html>Sign in</html>'
).split(b"|")


@dataclass
class Feed:
    """Is called before a CPO with open data, and notes who asks for the file.

    Attributes:
        asked: The If-None-Match of each request, and the status of its answer.
        authorized: Whether any of them had a token.
        instead: Status and body that are sent instead of the feed.
        headers: The headers of that.
    """

    asked: list[tuple[str | None, int]] = field(default_factory=list)
    authorized: bool = False
    instead: tuple[int, bytes] | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    app: ASGIApp | None = None

    def wrap(self, app: ASGIApp) -> ASGIApp:
        self.app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        if scope["type"] != "http" or not scope["path"].endswith(".gz"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode() for name, value in scope["headers"]}
        self.authorized |= b"authorization" in headers

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.asked.append((headers.get(b"if-none-match"), message["status"]))
            await send(message)

        if self.instead is None:
            await self.app(scope, receive, noted)
            return
        status, body = self.instead
        await noted({"type": "http.response.start", "status": status, "headers": self.headers})
        await noted({"type": "http.response.body", "body": body})


@dataclass
class Setup:
    """A CPO with open data, and platforms over one database that pull it.

    Attributes:
        cpo: The CPO.
        nodes: The platforms.
        feed: What they ask for.
        clock: The clock of the platforms.
    """

    cpo: Served
    nodes: list[Served]
    feed: Feed
    clock: StoppedClock

    async def known(self) -> set[str]:
        platform = self.nodes[0].platform
        source = await platform.administration.find(NAME)
        assert source.status is Status.UNREGISTERED
        return {each["id"] for each in await received(self.nodes[0], "locations", source.id)}

    async def state(self) -> PullState:
        (found,) = await self.nodes[0].platform.pull_status()
        return found

    async def pulled(self, times: int) -> PullState:
        """Wait until the feed was asked for so often, and nobody pulls; the clock is stopped."""
        async with asyncio.timeout(SECONDS):
            while True:
                if len(self.feed.asked) >= times and (await self.state()).owner is None:
                    return await self.state()
                await asyncio.sleep(0.05)


@asynccontextmanager
async def pulling(
    folder: Path, *, nodes: int = 1, most: int = 1_000_000, **rules: Any
) -> AsyncIterator[Setup]:
    feed, clock = Feed(), StoppedClock()
    async with AsyncExitStack() as stack:
        host = served(folder / "cpo", CPO, open_data=AT_ONCE, wrap=feed.wrap)
        cpo = await stack.enter_async_context(host)
        await put(cpo, "locations", location("A"), location("B"))
        url = f"{cpo.base_url}/open/2.2.1/locations.json.gz"
        feeds = (FeedRules(NAME, url, every=600, **rules),)
        pull = PullRules(feeds=feeds, feed_bytes=most)
        found = [
            await stack.enter_async_context(served(folder / "msp", EMSP, clock=clock, pull=pull))
            for _ in range(nodes)
        ]
        yield Setup(cpo, found, feed, clock)


async def remove(cpo: Served, name: str) -> None:
    book = cpo.platform.publisher._book  # noqa: SLF001 - no operation removes a location
    await book.remove("locations", CPO.id, name)


async def test_a_feed_is_read_whole_when_it_has_changed(tmp_path: Path) -> None:
    async with pulling(tmp_path) as setup:
        state = await setup.pulled(1)
        assert (state.tries, state.error, state.began) == (0, None, None)
        assert await setup.known() == {"A", "B"}
        setup.clock.forward(seconds=661)
        await setup.pulled(2)
        await remove(setup.cpo, "B")
        setup.clock.forward(seconds=661)
        await setup.pulled(3)
        assert await setup.known() == {"A"}
        etags = [etag for etag, _ in setup.feed.asked]
        assert [status for _, status in setup.feed.asked] == [200, 304, 200]
        assert etags[0] is None
        assert etags[1] is not None
        assert etags[1] == etags[2]
        assert not setup.feed.authorized


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(503, b"", "HTTP 503"), (200, b'[{"id": "C"}, {', "locations.json.gz: ")],
)
async def test_a_feed_that_fails_removes_nothing_and_is_read_again(
    tmp_path: Path, status: int, body: bytes, error: str
) -> None:
    async with pulling(tmp_path) as setup:
        await setup.pulled(1)
        setup.feed.instead = (status, body)
        setup.clock.forward(seconds=661)
        state = await setup.pulled(2)
        assert state.tries == 1
        assert error in str(state.error)
        assert await setup.known() == {"A", "B"}
        setup.feed.instead = None
        setup.clock.forward(seconds=901)
        state = await setup.pulled(3)
        assert (state.tries, state.error) == (0, None)
        assert setup.feed.asked[2] == (None, 200)


async def test_a_feed_without_objects_is_an_error_or_empty_and_removes_nothing(
    tmp_path: Path,
) -> None:
    async with pulling(tmp_path) as setup:
        before = await setup.pulled(1)
        platform = setup.nodes[0].platform
        source = await platform.administration.find(NAME)
        for tries, body in enumerate(NO_LISTS, 1):
            setup.feed.instead = (200, body)
            with pytest.raises(OcpiError, match=r"no objects of|has no data|is empty|is HTML"):
                await platform.pull(source, "locations")
            state = await setup.state()
            assert (state.tries, state.since, state.etag) == (tries, before.since, None), body
        for body in (b"[]", b'{"data": []}', b'{"status_code": 1000, "data": []}'):
            setup.feed.instead = (200, body)
            assert (await platform.pull(source, "locations")).dropped == 0
            assert (await setup.state()).error is None
        assert await setup.known() == {"A", "B"}


async def test_a_feed_that_is_too_large_names_the_setting(tmp_path: Path) -> None:
    async with pulling(tmp_path, most=100) as setup:
        state = await setup.pulled(1)
        assert "more than 100 bytes" in str(state.error)
        assert "set feed_bytes in [pull]" in str(state.error)


async def test_a_small_feed_that_unpacks_to_a_huge_one_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocpi_server.sync.schedule._feeds._MOST_BYTES", 100_000)
    async with pulling(tmp_path) as setup:
        await setup.pulled(1)
        setup.feed.instead = (200, gzip.compress(b"[" + b" " * 2_000_000 + b"]"))
        setup.clock.forward(seconds=661)
        state = await setup.pulled(2)
        assert "more than 100000 bytes of JSON" in str(state.error)
        assert await setup.known() == {"A", "B"}


async def test_other_tasks_run_while_a_file_has_no_objects_for_long() -> None:
    ran = threading.Event()

    def elements() -> Iterator[Element]:
        assert ran.wait(30)  # as long as it takes to read what is before the first object
        yield Element(b"{}", "/0")

    async def nothing() -> None:
        """Store nothing."""

    taken = list[int]()
    asyncio.get_running_loop().call_later(0.01, ran.set)
    await read_in_chunks(elements(), lambda index, _: taken.append(index), nothing)
    assert taken == [0]


async def test_a_feed_is_pulled_on_demand_and_judged(tmp_path: Path) -> None:
    async with pulling(tmp_path) as setup:
        await setup.pulled(1)
        platform = setup.nodes[0].platform
        source = await platform.administration.find(NAME)
        assert await platform.parts.schedule.lists_of(source) == ["locations"]
        assert (await platform.pull(source, "locations")).created == 0
        assert (await platform.pull(source, "locations", whole=True)).updated == 2
        assert [status for _, status in setup.feed.asked] == [200, 304, 200]
        assert await judged(setup) == ("feed", [])
        setup.feed.instead, setup.feed.headers = (503, b""), [(b"retry-after", b"9" * 5000)]
        with pytest.raises(OcpiError):
            await platform.pull(source, "locations")
        state, (problem,) = await judged(setup)
        assert state == "feed"
        assert problem.startswith(f"{NAME}: the pull of locations failed 1 times: ")
        await platform.administration.set_blocked(source.id, blocked=True)
        _, (problem,) = await judged(setup)
        assert problem.startswith(f"{NAME}: its feeds are not pulled")


async def judged(setup: Setup) -> tuple[str, list[str]]:
    """Return the state of the only partner, and all problems."""
    status = await read_status(setup.nodes[0].platform)
    (partner,) = status.partners
    return partner.status, status.problems


async def test_one_of_several_processes_pulls_a_feed(tmp_path: Path) -> None:
    async with pulling(tmp_path, nodes=2) as setup:
        state = await setup.pulled(1)
        await asyncio.sleep(2.5)  # both have looked for what is due
        assert len(setup.feed.asked) == 1
        run = setup.nodes[1].platform.parts.schedule.run
        with pytest.raises(Busy):
            await run.take(state.name, due_by=state.due - 1)
        assert await setup.known() == {"A", "B"}


async def test_a_feed_of_an_ambiguous_source_is_not_pulled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def importer(_: object) -> ReceivedImporter:
        raise AssertionError

    async with served(tmp_path, EMSP) as node:
        platform = node.platform
        for _ in range(2):
            await platform.partners.add_source(NAME)
        rules = PullRules(feeds=(FeedRules(NAME, "https://data.example.com/feed.json"),))
        run = platform.parts.schedule.run
        puller = FeedPuller(
            platform.partners, run, rules, UrlPolicy(), "standard", importer, utc_now
        )
        with caplog.at_level(logging.WARNING, "ocpi_server.sync"):
            assert await puller.plan() == set()
            assert await puller.plan() == set()
        (record,) = (each for each in caplog.records if each.name.startswith("ocpi_server.sync"))
        assert NAME in record.getMessage()

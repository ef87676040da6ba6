"""Pulls by a schedule: what has changed, whole lists at night, and going on after a break."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime.errors import OcpiError
from ocpi_server import PullRules
from ocpi_server._clock import SECOND, to_micros
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.schedule import Busy, _run
from tests.server_impl.fault_injector import StoppedClock
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.reading import received

RULES = PullRules(modules=("locations",), every=300, nightly=2, splay=0)
COUNT = 95
SECONDS = 90
ENVELOPE = b'{"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"'
NO_LISTS = (
    b"",
    b"{}",
    b"null",
    b"[]",
    b'{"data": []}',
    b'{"data": null}',
    ENVELOPE + b"}",
    ENVELOPE + b', "data": null}',
    ENVELOPE + b', "data": {}}',
    ENVELOPE + b', "data": "none"}',
    ENVELOPE + b', "data": [',
    b"<html><body>Sign in</body></html>",
)


@dataclass
class Lists:
    """Is called before a CPO, notes which pages are read, and breaks off on demand.

    Attributes:
        asked: The query of each page of locations.
        most: After so many pages only errors come.
        instead: What is sent with HTTP 200 instead of a page.
        headers: The headers of that.
        by_offset: Whether links have offsets only.
    """

    asked: list[dict[str, str]] = field(default_factory=list)
    most: int = 10_000
    instead: bytes | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    by_offset: bool = False
    app: ASGIApp | None = None

    def wrap(self, app: ASGIApp) -> ASGIApp:
        self.app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        if scope["type"] == "http" and scope["path"].endswith("/sender/locations"):
            query = parse_qs(scope["query_string"].decode())
            self.asked.append({name: values[0] for name, values in query.items()})
            if len(self.asked) > self.most:
                await send({"type": "http.response.start", "status": 500, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
            if self.instead is not None:
                kind = (b"content-type", b"application/json")
                start = {"status": 200, "headers": [kind, *self.headers]}
                await send({"type": "http.response.start", **start})
                await send({"type": "http.response.body", "body": self.instead})
                return
        await self.app(scope, receive, _without_cursors(send) if self.by_offset else send)


def _without_cursors(send: Send) -> Send:
    async def answer(message: Message) -> None:
        named = message.get("headers", ())
        cut = [(name, re.sub(rb"[?&]cursor=[^&>]*", b"", value)) for name, value in named]
        await send({**message, "headers": cut} if named else message)

    return answer


@dataclass
class Setup:
    pair: Pair
    lists: Lists
    clock: StoppedClock

    async def put(self, *names: str, **more: Any) -> None:
        for name in names:
            value = json.dumps(location(name, **more)).encode()
            await self.pair.cpo.platform.put_own("locations", value)

    async def known(self) -> set[str]:
        found = await received(self.pair.emsp, "locations", self.pair.at_emsp.id)
        return {each["id"] for each in found}

    async def state(self) -> PullState:
        (found,) = await self.pair.emsp.platform.pull_status()
        return found

    async def ended(self, times: int) -> None:
        """Wait until so many pulls have come to their end, with the clock stopped."""
        async with asyncio.timeout(SECONDS):
            while True:
                found = await self.pair.emsp.platform.pull_status()
                idle = found and found[0].owner is None and found[0].ended
                if idle and len(self.lists.asked) >= times:
                    return
                await asyncio.sleep(0.05)

    async def tried(self, *, failed: bool) -> None:
        """Wait until the last pull has failed, or has not."""
        async with asyncio.timeout(SECONDS):
            while True:
                if bool((await self.state()).tries) is failed:
                    return
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Setup]:
    monkeypatch.setattr(_run, "_SAVE_SECONDS", -1.0)
    lists, clock = Lists(), StoppedClock()
    async with (
        served(tmp_path / "cpo", CPO, wrap=lists.wrap) as cpo,
        served(tmp_path / "emsp", EMSP, clock=clock, pull=RULES) as emsp,
    ):
        yield Setup(await introduce(cpo, emsp), lists, clock)


async def test_changes_come_every_five_minutes_and_removals_at_night(setup: Setup) -> None:
    await setup.put("L1", "L2")
    await setup.ended(1)
    first = len(setup.lists.asked)
    assert "date_from" not in setup.lists.asked[0]
    setup.clock.forward(seconds=331)
    await setup.ended(first + 1)
    assert "date_from" in setup.lists.asked[first]
    state = await setup.state()
    assert (state.tries, state.error, state.began) == (0, None, None)
    own = setup.pair.cpo.platform.publisher._book  # noqa: SLF001 - no operation removes a location
    await own.remove("locations", CPO.id, "L2")
    asked = len(setup.lists.asked)
    setup.clock.forward(hours=25)
    await setup.ended(asked + 1)
    assert "date_from" not in setup.lists.asked[asked]
    assert await setup.known() == {"L1"}


@pytest.mark.parametrize("whole", [False, True])
async def test_an_answer_without_a_list_is_an_error_of_the_pull(
    setup: Setup, *, whole: bool
) -> None:
    await setup.put("L1")
    await setup.ended(1)
    before = await setup.state()
    for tries, answer in enumerate(NO_LISTS, 1):
        setup.lists.instead = answer
        with pytest.raises(OcpiError):
            await setup.pair.emsp.platform.pull(setup.pair.at_emsp, "locations", whole=whole)
        state = await setup.state()
        assert (state.tries, state.since, state.ended) == (tries, before.since, before.ended)
        assert state.error, answer
        assert "see the log" not in state.error
        assert await setup.known() == {"L1"}


async def test_an_empty_list_is_the_truth_where_its_count_confirms_it(setup: Setup) -> None:
    await setup.put("L1")
    await setup.ended(1)
    pull = partial(setup.pair.emsp.platform.pull, setup.pair.at_emsp, "locations", whole=True)
    setup.lists.instead = ENVELOPE + b', "data": []}'
    assert (await pull()).dropped == 0
    setup.lists.headers = [(b"x-total-count", b"0")]
    setup.lists.instead = setup.lists.instead.replace(b"[]", b"null")
    assert (await pull()).dropped == 1
    assert (await setup.state()).error is None


async def test_a_pull_that_broke_off_goes_on_where_it_was(setup: Setup) -> None:
    await setup.ended(1)
    await setup.put(*(f"L{number:03}" for number in range(COUNT)))
    setup.lists.asked.clear()
    setup.lists.most = 1
    emsp, partner = setup.pair.emsp.platform, setup.pair.at_emsp
    with pytest.raises(OcpiError):
        await emsp.pull(partner, "locations", whole=True)
    state = await setup.state()
    assert state.page_url is not None
    assert 0 < state.items < COUNT
    assert state.error is not None
    read = setup.lists.asked[:1]
    setup.lists.asked.clear()
    setup.lists.most = 10_000
    pulled = await emsp.pull(partner, "locations")
    assert not any(each in setup.lists.asked for each in read)
    assert pulled.created == COUNT - state.items
    assert len(await setup.known()) == COUNT
    assert (await setup.state()).began is None


async def test_what_is_gone_is_removed_by_a_pull_that_went_on(setup: Setup) -> None:
    await setup.put(*(f"L{number:03}" for number in range(COUNT)))
    emsp, partner = setup.pair.emsp.platform, setup.pair.at_emsp
    await setup.ended(1)
    await emsp.pull(partner, "locations", whole=True)
    own = setup.pair.cpo.platform.publisher._book  # noqa: SLF001 - no operation removes a location
    await own.remove("locations", CPO.id, "L005")
    setup.lists.asked.clear()
    setup.lists.most = 1
    with pytest.raises(OcpiError):
        await emsp.pull(partner, "locations", whole=True)
    setup.lists.most = 10_000
    pulled = await emsp.pull(partner, "locations")
    assert pulled.dropped == 1
    assert len(await setup.known()) == COUNT - 1


async def test_a_list_that_changed_during_an_interruption_drops_nothing(setup: Setup) -> None:
    await setup.put(*(f"L{number:03}" for number in range(COUNT)))
    emsp, partner = setup.pair.emsp.platform, setup.pair.at_emsp
    await setup.ended(1)
    await emsp.pull(partner, "locations", whole=True)
    setup.lists.by_offset = True
    setup.lists.asked.clear()
    setup.lists.most = 1
    with pytest.raises(OcpiError):
        await emsp.pull(partner, "locations", whole=True)
    setup.lists.most = 10_000
    own = setup.pair.cpo.platform.publisher._book  # noqa: SLF001 - no operation removes a location
    await own.remove("locations", CPO.id, "L000")
    # One object has moved to the page that was read before.
    pulled = await emsp.pull(partner, "locations")
    assert pulled.dropped == 0
    assert len(await setup.known()) == COUNT


async def test_one_process_at_a_time_pulls_a_list(setup: Setup) -> None:
    await setup.ended(1)
    emsp, partner = setup.pair.emsp.platform, setup.pair.at_emsp
    agenda = emsp.parts.schedule.run.agenda
    name = (partner.id, "locations")
    now = time.time_ns() // 1000
    assert await agenda.take(name, "elsewhere:1:x", now, now + _run.LEASE)
    with pytest.raises(Busy):
        await emsp.pull(partner, "locations")
    assert await agenda.take(name, "other:1:y", 2**61, 2**61 + _run.LEASE)
    assert not await agenda.begin(name, "elsewhere:1:x", 1, None)
    await emsp.pull(partner, "locations")  # what was taken before the clock went back is free


async def test_a_clock_that_was_set_back_delays_no_pull_and_loses_no_change(setup: Setup) -> None:
    await setup.ended(1)
    setup.clock.forward(days=400)
    await setup.ended(2)
    setup.clock.forward(days=-400)
    await setup.put("L1")
    await setup.ended(3)
    assert await setup.known() == {"L1"}
    assert (await setup.state()).due - to_micros(setup.clock()) <= 1.1 * RULES.every * SECOND


async def test_a_clock_that_was_set_back_delays_no_pull_that_failed(setup: Setup) -> None:
    await setup.ended(1)
    setup.lists.most = 0
    setup.clock.forward(hours=5)
    await setup.tried(failed=True)
    setup.clock.forward(hours=-5)
    setup.lists.most = 10_000
    await setup.tried(failed=False)

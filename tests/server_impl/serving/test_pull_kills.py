"""SIGKILL in the middle of a scheduled pull: another process goes on where it was."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_server import PullRules, Settings
from ocpi_server.store.pulls import PullState
from tests.server_impl.conftest import POSTGRESQL
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Pair,
    Served,
    calling,
    introduce,
    location,
    served,
)
from tests.server_impl.reading import received
from tests.server_impl.serving.test_workers import node
from tests.support.postgres import new_database

COUNT = 95
HELD = 2
"""The page in which the first process is killed."""
SLOW = 1.2
"""Seconds for a page: a position is kept once a second."""
TAKEOVER_SECONDS = 30
SETTINGS = """
base_url = "{base_url}"
database = "{database}"
key_file = "{key}"
versions = ["2.2.1"]

[urls]
allow_http = true
allow_private = true

[pull]
modules = ["locations"]

[[parties]]
country_code = "DE"
party_id = "MSP"
role = "EMSP"
name = "Example Mobility"
"""


class Pages:
    """Is called before a CPO; answers slowly, and one page not before it may.

    Attributes:
        asked: The query of each page of locations.
        held: Set when the page has come that is not answered.
        open: Set when all pages are answered at once.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.held, self.open = asyncio.Event(), asyncio.Event()
        self._app: ASGIApp | None = None

    def wrap(self, app: ASGIApp) -> ASGIApp:
        self._app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        if scope["type"] == "http" and scope["path"].endswith("/sender/locations"):
            self.asked.append(parse_qs(scope["query_string"].decode()))
            if not self.open.is_set():
                await self._delay()
        await self._app(scope, receive, send)

    async def _delay(self) -> None:
        if len(self.asked) < HELD:
            await asyncio.sleep(SLOW)
            return
        self.held.set()
        await self.open.wait()


async def furnish(pair: Pair) -> None:
    """Store locations at the CPO, and one at the eMSP that the CPO no longer has."""
    names = (f"L{number:03}" for number in range(COUNT))
    values = [msgspec.json.encode(location(name)) for name in names]
    for value in values:
        await pair.cpo.platform.put_own("locations", value)
    async with calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo:
        url = pair.emsp.url("receiver", "locations", "NL", "CPO", "GONE")
        assert (await as_cpo("PUT", url, location("GONE"))).status_code == 201


def written(folder: Path, settings: Settings) -> Path:
    """Write the settings file of processes that pull."""
    file = folder / "ocpi.toml"
    text = SETTINGS.format(
        base_url=settings.base_url, database=settings.database, key=settings.key_path
    )
    file.write_text(text)
    return file


async def pull_of(emsp: Served) -> PullState:
    (found,) = await emsp.platform.pull_status()
    return found


async def ended(emsp: Served) -> PullState:
    for _ in range(10 * TAKEOVER_SECONDS):
        state = await pull_of(emsp)
        if state.ended is not None:
            return state
        await asyncio.sleep(0.1)
    pytest.fail("no process went on")


@pytest.mark.parametrize(
    ("store", "host"),
    [("sqlite", ""), pytest.param("postgresql", "elsewhere", marks=POSTGRESQL.marks)],
    ids=["one machine", "two machines"],
)
async def test_another_process_goes_on_with_the_pull_of_one_that_is_killed(
    tmp_path: Path, store: str, host: str
) -> None:
    pages = Pages()
    options: dict[str, Any] = {"key_file": tmp_path / "ocpi.key"}
    options["database"] = new_database() if store == "postgresql" else f"sqlite:///{tmp_path}/db"
    async with served(tmp_path / "cpo", CPO, wrap=pages.wrap) as cpo:
        async with served(tmp_path, EMSP, **options) as emsp:
            pair = await introduce(cpo, emsp)
            await furnish(pair)
        with node(written(tmp_path, emsp.platform.settings), host=host) as killed:
            await asyncio.to_thread(killed.port)
            await pages.held.wait()
            async with served(tmp_path, EMSP, pull=PullRules(("locations",)), **options) as other:
                await asyncio.sleep(1.5)  # the other looks once a second for what is due
                assert 0 < (await pull_of(other)).items < COUNT
                killed.process.kill()
                killed.process.wait()
                before = len(pages.asked)
                assert before == HELD, "both processes pull"
                pages.open.set()
                state = await ended(other)
                found = await received(other, "locations", pair.at_emsp.id)
    # Nothing that came before is read again.
    assert pages.asked[before] == pages.asked[HELD - 1]
    assert not any(each in pages.asked[: HELD - 1] for each in pages.asked[before:])
    assert sorted(each["id"] for each in found) == [f"L{number:03}" for number in range(COUNT)]
    assert (state.error, state.tries) == (None, 0)

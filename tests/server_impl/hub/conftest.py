"""A hub with two CPOs and two eMSPs that are registered with it, on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.client import Exchange
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord, PartnerRole
from tests.server_impl.fault_injector import FaultInjector
from tests.server_impl.pair import CPO, EMSP, Caller, Served, introduce, served

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
REFUSAL = b'{"status_code": 2000, "timestamp": "2026-01-01T00:00:00Z"}'
SECOND = OwnParty("BE", "SEC", "CPO", "Second Charging")
OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")


class Trouble:
    """What goes wrong at a platform: it may be slow, answer with HTML, or refuse tokens.

    Attributes:
        kind: ``slow``, ``html``, ``refusing``, ``odd`` (an HTTP status that does not exist) or
            ``foreign`` (headers in another alphabet); empty where nothing is wrong.
        waiting: How many requests wait.
        over: Set once those that wait may end.
        pushes: What goes wrong with pushes alone.
        headers: Those of the requests that came, with their tokens.
    """

    def __init__(self) -> None:
        self.kind, self.waiting = "", 0
        self.pushes = FaultInjector()
        self.headers: list[list[tuple[bytes, bytes]]] = []
        self.over = asyncio.Event()

    def end(self) -> None:
        """Have the platform answer again."""
        self.kind = ""
        self.over.set()

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Stand before the application of the platform."""
        app = self.pushes.wrap(app)

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            self.headers.append(scope.get("headers", []))
            if not self.kind or scope["type"] != "http":
                await app(scope, receive, send)
            elif self.kind == "slow":
                self.waiting += 1
                await self.over.wait()
            else:
                status = {"html": 502, "refusing": 401, "odd": 666, "foreign": 429}[self.kind]
                text = b"<html>" if self.kind == "html" else REFUSAL
                headers = [(b"retry-after", "٣".encode())] if self.kind == "foreign" else []
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": text})

        return wrapped


@dataclass
class Member:
    """A platform that is registered with the hub.

    Attributes:
        served: The platform.
        party: Its party.
        hub: What it knows of the hub.
        at_hub: What the hub knows of it.
        call: Calls the hub with its token.
        took: The exchanges that others began at it.
        trouble: What goes wrong at it.
    """

    served: Served
    party: OwnParty
    hub: PartnerRecord
    at_hub: PartnerRecord
    call: Caller
    took: list[Exchange]
    trouble: Trouble

    async def asked(self, ending: str, method: str = "") -> Exchange:
        """Return the last request whose URL has an ending; it is noted after its answer."""
        for _ in range(2400):
            found = [each for each in self.took if each.url.endswith(ending)]
            found = [each for each in found if method in {"", each.method}]
            if found:
                return found[-1]
            await asyncio.sleep(0.0125)
        raise AssertionError(f"{self.party.id} was not asked for {ending}")


@dataclass
class World:
    """A hub and its members by party id."""

    hub: Served
    members: dict[str, Member] = field(default_factory=dict)

    async def ask(
        self, sender: str, receiver: OwnParty | None, method: str, path: str, body: Any = None
    ) -> httpx2.Response:
        """Send a request of a member to the hub, for another party."""
        member = self.members[sender]
        headers = routing("from", member.party)
        if receiver is not None:
            headers |= routing("to", receiver)
        return await member.call(method, self.hub.url(*path.split("/")), body, **headers)


async def nobody_was_asked(world: World, text: str) -> bool:
    """Return whether no member got a request with a text in its URL or body."""
    await asyncio.sleep(0.05)  # a request is noted after its answer
    taken = [each for at in world.members.values() for each in at.took]
    return not any(text in each.url or text.encode() in each.request_body for each in taken)


async def eventually(look: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until something is as it should be; a function as ``wanted`` decides that."""
    fits = wanted if callable(wanted) else lambda found: found == wanted
    found = None
    for _ in range(2400):
        found = await look()
        if fits(found):
            return
        await asyncio.sleep(0.025)
    assert fits(found), found


def routing(way: str, party: OwnParty) -> dict[str, str]:
    """Return the routing headers of one direction."""
    return {
        f"OCPI-{way}-country-code": party.country_code,
        f"OCPI-{way}-party-id": party.party_id,
    }


@asynccontextmanager
async def member(
    world: World,
    folder: Path,
    party: OwnParty,
    http: httpx2.AsyncClient,
    *also: OwnParty,
    **settings: Any,
) -> AsyncIterator[Member]:
    """Serve a platform and register it with the hub."""
    took: list[Exchange] = []
    settings["wrap"] = (trouble := Trouble()).wrap
    async with served(folder, party, *also, on_served=took.append, **settings) as platform:
        known = [PartnerRole(HUB.role, *HUB.id)]
        pair = await introduce(world.hub, platform, party.party_id, known_as=known)
        token = platform.platform.partners.open_token(pair.at_emsp)
        took.clear()
        made = Member(
            platform, party, pair.at_emsp, pair.at_cpo, Caller(http, token), took, trouble
        )
        world.members[party.party_id] = made
        yield made


@asynccontextmanager
async def hub_world(folder: Path, **settings: Any) -> AsyncIterator[World]:
    """Serve a hub with two CPOs and two eMSPs."""
    async with (
        served(folder / "hub", HUB, **settings) as hub,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        world = World(hub)
        async with (
            member(world, folder / "cpo", CPO, http),
            member(world, folder / "second", SECOND, http),
            member(world, folder / "emsp", EMSP, http),
            member(world, folder / "other", OTHER, http),
        ):
            yield world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with hub_world(tmp_path_factory.mktemp("hub")) as made:
        yield made

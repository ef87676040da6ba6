"""SIGKILL of a hub: broadcasts that were accepted reach everybody, from whichever process."""

import asyncio
import itertools
import os
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from ocpi_server import PushRules, Settings
from ocpi_server.store import Key
from tests.server_impl.hub.conftest import HUB, OTHER, Member, World, eventually, member
from tests.server_impl.pair import CPO, EMSP, Served, location, served
from tests.server_impl.reading import received

KILLS = int(os.environ.get("KILLS", "1"))
ROOT = Path(__file__).parents[3]
PLACES = 3
SOON = PushRules(longest_pause=1)


async def test_sigkill_forgets_no_broadcast(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill
    accepted: dict[str, int] = {}
    numbers = itertools.count(1)
    async with httpx2.AsyncClient(timeout=60) as http, registered(tmp_path, http) as world:
        injector = world.members["OTH"].trouble.pushes
        settings = world.hub.platform.settings
        for run in range(KILLS):
            injector.mode = ("500", "open", "open")[run % 3]
            async with AsyncExitStack() as stack:
                if run % 2 == 0:  # another process of the hub is there and takes over
                    other = served(tmp_path / "hub", HUB, push=SOON)
                    await stack.enter_async_context(other)
                await killed(world, settings, numbers, accepted, chance.uniform(0.3, 0.9))
        injector.mode = "open"
        async with served(tmp_path / "hub", HUB, port=port_of(settings), push=SOON) as again:
            await converged(world, again, accepted)
    assert len(accepted) == PLACES
    assert min(accepted.values()) >= KILLS


@asynccontextmanager
async def registered(folder: Path, http: httpx2.AsyncClient) -> AsyncIterator[World]:
    """Register a CPO and two eMSPs at a hub, which is closed then."""
    async with AsyncExitStack() as stack:
        async with served(folder / "hub", HUB) as hub:
            world = World(hub)
            await stack.enter_async_context(member(world, folder / "cpo", CPO, http))
            for party in (EMSP, OTHER):
                each = await stack.enter_async_context(
                    member(world, folder / party.party_id, party, http)
                )
                known = partial(received, each.served, "hubclientinfo", each.hub.id)
                await eventually(known, lambda found: "CPO" in {one["party_id"] for one in found})
        yield world


def port_of(settings: Settings) -> int:
    return int(settings.base_url.split(":")[2].partition("/")[0])


async def killed(
    world: World,
    settings: Settings,
    numbers: Iterator[int],
    accepted: dict[str, int],
    seconds: float,
) -> None:
    """Broadcast to a hub in a process of its own until that is killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.server_impl.hub.hub_process"),
        *(settings.database, str(settings.key_path), str(port_of(settings))),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    before = dict(accepted)
    writers = [
        asyncio.create_task(changes(world, f"K{at}", numbers, accepted)) for at in range(PLACES)
    ]
    await eventually(lambda: changed_since(before, accepted), PLACES)
    await asyncio.sleep(seconds)
    process.kill()
    await process.wait()
    await asyncio.gather(*writers)


async def changed_since(before: dict[str, int], accepted: dict[str, int]) -> int:
    """Return how many objects have changed."""
    return sum(before.get(uid) != number for uid, number in accepted.items())


async def changes(world: World, uid: str, numbers: Iterator[int], accepted: dict[str, int]) -> None:
    """Broadcast whole objects and parts until nobody answers."""
    path = f"receiver/locations/NL/CPO/{uid}"
    with suppress(httpx2.HTTPError):
        for number in numbers:
            stamp = f"2026-01-02T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            change: dict[str, Any] = {"name": str(number), "last_updated": stamp}
            if uid not in accepted or number % 3 == 0:
                done = await world.ask("CPO", HUB, "PUT", path, location(uid, **change))
            else:
                done = await world.ask("CPO", HUB, "PATCH", path, change)
            assert done.json()["status_code"] == 1000, done.text
            accepted[uid] = number


async def places(at: Member) -> dict[str, Any]:
    return {each["id"]: each for each in await received(at.served, "locations", at.hub.id)}


async def converged(world: World, hub: Served, accepted: dict[str, int]) -> None:
    """Wait until all have what the hub has, which is no less than it has accepted."""
    holder = world.members["CPO"].at_hub
    truth = {}
    for uid, number in accepted.items():
        key = Key.of("locations", CPO.id, uid, holder=holder.company or holder.id)
        stored = await hub.platform.parts.store.get(key)
        assert stored is not None
        truth[uid] = msgspec.json.decode(stored.raw)
        assert int(truth[uid]["name"]) >= number
    for name in ("MSP", "OTH"):
        each = world.members[name]

        await eventually(partial(places, each), truth)
    async with asyncio.timeout(60):
        while any((await hub.platform.pushed()).values()):
            await hub.platform.retry_pushes()

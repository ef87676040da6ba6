"""SIGKILL during writes and pushes: what was acknowledged is there, and partners converge to it."""

import asyncio
import itertools
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ocpi_server import PushRules
from tests.server_impl.fault_injector import FaultInjector
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.pusher import PLACES
from tests.server_impl.reading import received

KILLS = int(os.environ.get("KILLS", "5"))
ROOT = Path(__file__).parents[3]


async def test_sigkill_forgets_no_push_and_posts_no_cdr_twice(tmp_path: Path) -> None:
    injector, chance = FaultInjector(), random.Random(5)  # noqa: S311 - when to kill
    acknowledged: dict[str, int] = {}
    async with served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp:
        async with served(tmp_path / "cpo", CPO) as cpo:
            pair = await introduce(cpo, emsp)
            port = int(cpo.base_url.split(":")[2].partition("/")[0])
        for run in itertools.count():
            if run >= KILLS and has_all(acknowledged):  # a busy machine may need more runs
                break
            injector.mode = ("open", "open", "500")[run % 3]
            first = 1 + max(acknowledged.values(), default=0)
            acknowledged |= await killed(cpo.platform.settings, first, chance.uniform(0.2, 1.0))
        injector.mode = "open"
        rules = PushRules(longest_pause=1)
        async with served(tmp_path / "cpo", CPO, port=port, push=rules) as again:
            await converged(again.platform, pair.at_cpo.id)
            await check(Pair(again, emsp, pair.at_cpo, pair.at_emsp), acknowledged)


def has_all(acknowledged: dict[str, int]) -> bool:
    """Return whether each location, and a CDR, was written."""
    return {f"L{at}" for at in range(PLACES)} < acknowledged.keys()


async def test_two_processes_share_the_partners_and_one_takes_over(tmp_path: Path) -> None:
    injector = FaultInjector()
    async with (
        served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp,
        served(tmp_path / "cpo", CPO) as cpo,
    ):
        pair = await introduce(cpo, emsp)
        injector.pause = 0.002
        overlaps: list[int] = []

        def note() -> None:
            overlaps.append(injector.overlaps)

        other = asyncio.create_task(killed(cpo.platform.settings, 1, 1.0, note=note))
        # The owner of the lane changes while both write.
        for number in range(20):
            value = location(f"O{number % 3}", name=str(number))
            await cpo.platform.publisher.location(msgspec.json.encode(value))
            await asyncio.sleep(0.05)
        acknowledged = await other
        await converged(cpo.platform, pair.at_cpo.id)
        assert overlaps == [0]
        # What the killed process had sent is still being answered when the other takes over.
        assert injector.overlaps <= cpo.platform.settings.push.at_once
        await check(pair, acknowledged)


async def killed(
    settings: Any,
    first: int,
    seconds: float,
    sooner: asyncio.Event | None = None,
    note: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Kill a process that writes and pushes; return the last number of each object.

    Args:
        settings: Those of the platform.
        first: The number that it begins with.
        seconds: After how long it is killed.
        sooner: Kills it sooner.
        note: Called just before.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.server_impl.pusher"),
        *(settings.database, str(settings.key_path), settings.base_url, str(first)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    begun = await process.stdout.readline()
    reading = asyncio.create_task(process.stdout.read())
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await (sooner or asyncio.Event()).wait()
    note()
    process.kill()
    lines = [begun, *(await reading).splitlines()]
    await process.wait()
    pairs = [line.split() for line in lines if line.strip()]
    return {pair[0].decode(): int(pair[1]) for pair in pairs if len(pair) == 2}


async def converged(platform: Any, partner: str) -> None:
    async with asyncio.timeout(60):
        while (await platform.pushed())[partner] is not None:
            await platform.retry_pushes()


async def check(pair: Pair, acknowledged: dict[str, int]) -> None:
    locations = {
        each["id"]: int(each["name"])
        for each in await received(pair.emsp, "locations", pair.at_emsp.id)
    }
    for uid, number in acknowledged.items():
        if uid.startswith("L"):
            assert locations[uid] >= number
    source = pair.emsp.platform.parts.store
    bills = await source.get_oldest("cdrs", pair.at_emsp.id, 2**60, 5000)
    counted = Counter(msgspec.json.decode(each.raw)["id"] for each in bills)
    assert set(counted.values()) == {1}
    assert {uid for uid in acknowledged if uid.startswith("C")} <= set(counted)
    for uid in (f"L{at}" for at in range(PLACES)):
        ours = await pair.cpo.platform.publisher._book.get("locations", CPO.id, uid)  # noqa: SLF001
        assert int(msgspec.json.decode(ours.raw)["name"]) == locations[uid]

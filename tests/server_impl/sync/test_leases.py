"""Leases of lanes while the store is slow: a lane that is left is another process's to have."""

import asyncio
import time
from collections.abc import Collection

from ocpi_server._clock import SECOND
from ocpi_server.store import Outbox
from ocpi_server.store.database import Database
from ocpi_server.store.outbox import Lane, Recipient, open_lane
from ocpi_server.sync.push._leases import Leases

REQUEST_SECONDS = 10.0
HOUR = 3600 * SECOND


class SlowOutbox(Outbox):
    """An outbox whose answers can be awaited.

    Attributes:
        asked: Set when a lane is renewed or left.
        answer: Lets the answer come.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked, self.answer = asyncio.Event(), asyncio.Event()
        self.slow = ""

    async def keep(self, partners: Collection[str], owner: str, until: int) -> set[str]:
        kept = await super().keep(partners, owner, until)
        await self._wait("keep")
        return kept

    async def release(self, partner: str, owner: str, *, finished: bool) -> None:
        await self._wait("release")
        await super().release(partner, owner, finished=finished)

    async def _wait(self, name: str) -> None:
        if self.slow == name:
            self.asked.set()
            await self.answer.wait()


async def taken(outbox: SlowOutbox, leases: Leases) -> Lane:
    """Return the only lane, which a process has taken."""
    leases.plan({"P"})
    await leases.beat(set())
    assert await leases.take(await lane_of(outbox))
    return await lane_of(outbox)


async def lane_of(outbox: SlowOutbox) -> Lane:
    lane = await outbox.lane("P")
    assert lane is not None
    return lane


async def outbox_of(database: Database) -> SlowOutbox:
    await database.write(lambda link: open_lane(link, Recipient("P")))
    return SlowOutbox(database)


async def test_a_lane_that_is_left_while_it_is_renewed_is_not_ours(database: Database) -> None:
    outbox = await outbox_of(database)
    leases, other = Leases(outbox, REQUEST_SECONDS), Leases(outbox, REQUEST_SECONDS)
    await taken(outbox, leases)
    leases._beaten = float("-inf")  # noqa: SLF001 - as if seconds had passed
    outbox.slow = "keep"
    renewing = asyncio.create_task(leases.beat({"P"}))
    await outbox.asked.wait()
    await leases.leave("P", finished=True)
    outbox.answer.set()
    await renewing
    assert not leases.has("P")
    await taken(outbox, other)
    assert other.has("P")


async def test_a_lane_is_not_taken_while_it_is_left(database: Database) -> None:
    outbox = await outbox_of(database)
    leases = Leases(outbox, REQUEST_SECONDS)
    lane = await taken(outbox, leases)
    outbox.slow = "release"
    leaving = asyncio.create_task(leases.leave("P", finished=True))
    await outbox.asked.wait()
    assert not await leases.take(lane)
    outbox.answer.set()
    await leaving
    assert not leases.has("P")
    assert (await lane_of(outbox)).owner is None


async def test_a_lease_from_before_the_clock_went_back_is_not_waited_for(
    database: Database,
) -> None:
    outbox = await outbox_of(database)
    now = time.time_ns() // 1000
    assert await outbox.take(await lane_of(outbox), "elsewhere:1:x", now + 5 * HOUR)
    leases = Leases(outbox, REQUEST_SECONDS)
    leases.plan({"P"})
    for until in (5 * HOUR, 4 * HOUR):  # its owner renews it once
        await outbox.keep(["P"], "elsewhere:1:x", now + until)
        assert not await leases.take(await lane_of(outbox))
    lane = await lane_of(outbox)
    assert leases._ahead.keys() == {"P"}  # noqa: SLF001
    leases._ahead["P"] = lane.until, float("-inf")  # noqa: SLF001 - as if seconds had passed
    assert await leases.take(lane)


async def test_a_process_from_before_the_clock_went_back_has_no_share(database: Database) -> None:
    outbox, now = SlowOutbox(database), time.time_ns() // 1000
    await outbox.beat("gone:1:x", now + 5 * HOUR, now + 5 * HOUR + 15 * SECOND)
    await outbox.beat("here:1:y", now, now + 15 * SECOND)
    assert await outbox.beat("here:1:z", now, now + 15 * SECOND) == ["here:1:y", "here:1:z"]

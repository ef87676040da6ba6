"""Leases of lanes while the store is slow: a lane that is left is another process's to have."""

import asyncio
from collections.abc import Collection

from ocpi_server.store import Outbox
from ocpi_server.store.database import Database
from ocpi_server.store.outbox import Lane, Recipient, open_lane
from ocpi_server.sync.push._leases import Leases

REQUEST_SECONDS = 10.0


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
    lane = await outbox.lane("P")
    assert lane is not None
    leases.plan({"P"})
    await leases.beat(set())
    assert await leases.take(lane)
    found = await outbox.lane("P")
    assert found is not None
    return found


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
    assert (left := await outbox.lane("P")) is not None
    assert left.owner is None

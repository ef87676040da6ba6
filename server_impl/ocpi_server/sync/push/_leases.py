"""Leases: which process sends to which partner, so that order holds among several."""

import math
import time
from typing import Final

from ocpi_server._clock import SECOND
from ocpi_server.store import Outbox
from ocpi_server.store.outbox import Lane
from ocpi_server.sync._node_names import is_gone, node_name

__all__ = ["Leases"]

_LEASE: Final = 15.0
_BEAT: Final = 4.0
_IDLE: Final = 4.0
"""How long a lane without work stays with its owner, in seconds."""


class Leases:
    """The lanes of this process.

    Args:
        outbox: Keeps owners.
        seconds: How long one request may take: without so much time left nothing is sent.
    """

    def __init__(self, outbox: Outbox, seconds: float) -> None:
        self._outbox = outbox
        self._seconds = seconds
        self._length = max(_LEASE, seconds + 5)
        self._owner = node_name()
        self._until: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._beaten = -math.inf
        self._nodes = 1
        self._active: set[str] = set()
        self._surplus: set[str] = set()
        self._leaving: set[str] = set()
        self._ahead: dict[str, tuple[int, float]] = {}

    def has(self, partner: str) -> bool:
        """Return whether a request to a partner may begin."""
        if partner in self._surplus:
            return False
        return self._until.get(partner, 0.0) - time.monotonic() > self._seconds

    async def take(self, lane: Lane) -> bool:
        """Take ownership of a lane that is free, or whose owner is gone."""
        if self.has(lane.partner):
            self._used[lane.partner] = time.monotonic()
            return True
        known = lane.partner in self._until
        if lane.partner in self._leaving:  # it would be left after it was taken
            return False
        if lane.partner in self._surplus or (not known and self._excess() >= 0):
            return False
        if not self._is_free(lane):
            return False
        begun = time.monotonic()
        taken = await self._outbox.take(lane, self._owner, self._end())
        if taken:
            self._until[lane.partner] = begun + self._length
            self._used[lane.partner] = begun
        return taken

    async def beat(self, busy: set[str]) -> None:
        """Keep the lanes that are used, and leave the others, and those that are others' to have.

        Each process has an equal share of the partners that something is due for.

        Args:
            busy: The partners that are being sent something.
        """
        begun = time.monotonic()
        if begun - self._beaten < _BEAT:
            return
        self._beaten = begun
        for partner in [each for each in self._until if each not in busy]:
            if begun - self._used[partner] > _IDLE:
                await self.leave(partner, finished=True)
        there = await self._outbox.beat(self._owner, _now(), self._end())
        self._nodes = sum(not is_gone(each) for each in there)
        for partner in sorted(self._until.keys() & busy)[: max(self._excess(), 0)]:
            self._surplus.add(partner)  # left once what is being sent has arrived
        if self._until:
            asked = tuple(self._until)
            kept = await self._outbox.keep(asked, self._owner, self._end())
            # A lane that was left meanwhile is not ours again: another process may send by now.
            for partner in self._until.keys() & set(asked):
                if partner in kept:
                    self._until[partner] = begun + self._length
                else:
                    del self._until[partner]

    def plan(self, active: set[str]) -> None:
        """Note for which partners there is something to do, here or elsewhere."""
        self._active = active

    def _excess(self) -> int:
        """Return how many of these partners this process has beyond its share; less than 0: may."""
        mine = (self._until.keys() & self._active) - self._surplus
        return len(mine) - math.ceil(len(self._active) / max(self._nodes, 1))

    async def stopped(self, partner: str, *, finished: bool) -> None:
        """Leave a lane that is beyond the share, now that nothing is being sent.

        Args:
            partner: The partner.
            finished: Whether it is known what has arrived.
        """
        if partner in self._surplus:
            await self.leave(partner, finished=finished)

    async def leave(self, partner: str, *, finished: bool) -> None:
        """Leave a lane to others.

        Args:
            partner: The partner.
            finished: Whether it is known what has arrived.
        """
        self._used.pop(partner, None)
        self._surplus.discard(partner)
        if self._until.pop(partner, None) is None:
            return
        self._leaving.add(partner)
        try:
            await self._outbox.release(partner, self._owner, finished=finished)
        finally:
            self._leaving.discard(partner)

    async def leave_all(self, unfinished: set[str]) -> None:
        """Leave all lanes, as this process ends."""
        for partner in list(self._until):
            await self.leave(partner, finished=partner not in unfinished)
        await self._outbox.end(self._owner)
        self._beaten = -math.inf

    def _end(self) -> int:
        return _now() + int(self._length * SECOND)

    def _is_free(self, lane: Lane) -> bool:
        if lane.owner in {None, self._owner} or lane.until < _now():
            return True
        return is_gone(lane.owner or "") or self._is_stuck(lane)

    def _is_stuck(self, lane: Lane) -> bool:
        """Return whether a lease that ends too far ahead is not renewed any more.

        It was noted before the clock went back; an owner that is there renews it soon.
        """
        if lane.until <= self._end() + int(self._length * SECOND):
            self._ahead.pop(lane.partner, None)
            return False
        until, since = self._ahead.get(lane.partner, (0, 0.0))
        if until != lane.until:
            since = time.monotonic()
            self._ahead[lane.partner] = lane.until, since
        return time.monotonic() - since > self._length


def _now() -> int:
    return time.time_ns() // 1000

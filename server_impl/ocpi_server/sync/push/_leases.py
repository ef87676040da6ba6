"""Leases: which process sends to which partner, so that order holds among several."""

import os
import socket
import time
from typing import Final
from uuid import uuid4

from ocpi_server.store import Outbox
from ocpi_server.store.outbox import Lane

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
        self._host = socket.gethostname()[:64]
        self._owner = f"{self._host}:{os.getpid()}:{uuid4().hex[:12]}"
        self._until: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._beaten = time.monotonic()

    def has(self, partner: str) -> bool:
        """Return whether a request to a partner may begin."""
        return self._until.get(partner, 0.0) - time.monotonic() > self._seconds

    async def take(self, lane: Lane) -> bool:
        """Become the owner of a lane that is free, or whose owner is gone."""
        if self.has(lane.partner):
            self._used[lane.partner] = time.monotonic()
            return True
        if not self._is_free(lane):
            return False
        begun = time.monotonic()
        taken = await self._outbox.take(lane, self._owner, self._end())
        if taken:
            self._until[lane.partner] = begun + self._length
            self._used[lane.partner] = begun
        return taken

    async def beat(self, busy: set[str]) -> None:
        """Keep the lanes that are used, and leave the others.

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
        if self._until:
            kept = await self._outbox.keep(self._until, self._owner, self._end())
            self._until = dict.fromkeys(kept, begun + self._length)

    async def leave(self, partner: str, *, finished: bool) -> None:
        """Leave a lane to others.

        Args:
            partner: The partner.
            finished: Whether it is known what has arrived.
        """
        self._used.pop(partner, None)
        if self._until.pop(partner, None) is not None:
            await self._outbox.release(partner, self._owner, finished=finished)

    async def leave_all(self, unfinished: set[str]) -> None:
        """Leave all lanes, as this process ends."""
        for partner in list(self._until):
            await self.leave(partner, finished=partner not in unfinished)

    def _end(self) -> int:
        return time.time_ns() // 1000 + int(self._length * 1_000_000)

    def _is_free(self, lane: Lane) -> bool:
        if lane.owner in {None, self._owner} or lane.until < time.time_ns() // 1000:
            return True
        host, pid, _ = (lane.owner or "").rsplit(":", 2)
        return host == self._host and not _is_running(int(pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""How many requests of one partner are taken at a time, and how fast."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable

from ocpi_runtime.errors import TooManyRequests
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._rate import RateLimit

__all__ = ["Admission", "Admitted"]


_SLICE = 0.02
_AT_ONCE = 8
_TURNS = 16
"""Rounds of the event loop that others have after a slice: a request takes more than one."""


class _Share:
    """What one partner has of the server.

    Attributes:
        open: How many of its requests are open.
        running: How many of them are being worked on.
        spent: Seconds for which its requests were worked on since others had their turn.
        paused: Whether the others have their turn.
        free: Set while one more request may be worked on.
    """

    __slots__ = ("free", "open", "paused", "running", "spent")

    def __init__(self) -> None:
        self.open, self.running, self.spent, self.paused = 0, 0, 0.0, False
        self.free = asyncio.Event()
        self.free.set()

    def pause(self, turns: int) -> None:
        """Delay new work for some turns of the event loop, which others may use."""
        self.paused = turns > 0
        if self.paused:
            self.free.clear()
            asyncio.get_running_loop().call_soon(self.pause, turns - 1)
        else:
            self.spent = 0.0
            self.settle()

    def settle(self) -> None:
        """Admit one more request, or refuse it."""
        if self.paused or self.running >= _AT_ONCE:
            self.free.clear()
        else:
            self.free.set()


class Admitted:
    """One request that counts as open until :meth:`leave`."""

    __slots__ = ("_began", "_clock", "_running", "_share")

    def __init__(self, share: _Share, clock: Callable[[], float]) -> None:
        self._share, self._clock, self._began, self._running = share, clock, clock(), True
        share.running += 1
        if share.running >= _AT_ONCE:
            share.free.clear()

    def wait(self) -> None:
        """Stop counting its time: it waits, for a body, the disk or another server."""
        if self._running:
            self._share.spent += self._clock() - self._began

    def resume(self) -> None:
        """Count its time again."""
        self._began = self._clock()

    def rest(self) -> None:
        """Release the place of the request: all that is left is to wait, or to send the answer."""
        if not self._running:
            return
        self._running = False
        share = self._share
        share.running -= 1
        share.spent += self._clock() - self._began
        if share.spent > _SLICE and not share.paused:
            share.pause(_TURNS)
        elif share.running == _AT_ONCE - 1:
            share.settle()

    def leave(self) -> None:
        """End the request."""
        if self._running:
            self.rest()
        self._share.open -= 1


class Admission:
    """Counts the open requests of each partner of one application.

    Requests that arrive together are answered in the order in which they came. So that those of
    one partner do not keep all others waiting, few of them are worked on at the same time, and
    they go on after the others when they took a slice of time.

    Args:
        limits: The bounds of the server.
        clock: Returns seconds that never go back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = limits.partner_requests
        rate = limits.partner_rate
        self._rate = RateLimit(rate, clock=clock) if rate else None
        self._clock = clock
        self._shares: defaultdict[str, _Share] = defaultdict(_Share)

    async def enter(self, partner_id: str) -> Admitted:
        """Count a request of a partner as open, and wait until it may be worked on.

        Raises:
            TooManyRequests: The partner has too many open requests, or sends them too fast.
        """
        share = self._shares[partner_id]
        if share.open >= self._most:
            raise TooManyRequests(f"More than {self._most} requests of this partner are open.")
        if self._rate is not None:
            self._rate.take(partner_id)
        share.open += 1
        if share.paused or share.running >= _AT_ONCE:
            await self._turn(share)
        return Admitted(share, self._clock)

    async def _turn(self, share: _Share) -> None:
        """Wait until one more request of a partner may be worked on."""
        try:
            while share.paused or share.running >= _AT_ONCE:
                await share.free.wait()
        except BaseException:
            share.open -= 1
            raise

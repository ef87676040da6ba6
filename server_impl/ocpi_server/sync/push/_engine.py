"""The engine: finds the partners that must be sent something, and lets each have its own task."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.observing.work import working
from ocpi_server.settings import PushRules
from ocpi_server.store import Outbox
from ocpi_server.sync.push._leases import Leases

__all__ = ["PushEngine", "Pushed"]

log = logging.getLogger("ocpi_server.push")

_POLL: Final = 0.25
"""Seconds between two looks at what other processes have written, and at what is due again."""
_CHECK: Final = 60.0
"""Seconds between two looks for pauses of a clock that was set back."""
_GAP: Final = 0.005
_CLOSE_SECONDS: Final = 3.0

Pushed = Mapping[str, str | None]
"""By the id of each partner, what went wrong last with what it was not sent; None: it has all."""

Work = Callable[[str, Callable[[], bool]], Awaitable[None]]


class PushEngine:
    """Sends what is in the outbox, with one task for each partner that has something due.

    Args:
        outbox: What partners have not been sent.
        work: Sends what a partner has not been sent.
        prepare: Called before each look for what is due.
        rules: How long one request, and one pause, may take.
        clock: Returns the current time.
    """

    def __init__(
        self,
        outbox: Outbox,
        work: Work,
        prepare: Callable[[], Awaitable[None]],
        rules: PushRules,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._work, self._prepare = work, prepare
        self._clock = clock
        self._leases = Leases(outbox, rules.seconds)
        self._longest = int(rules.longest_pause * SECOND)
        self._checked = -math.inf
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether this process sends."""
        return self._loop is not None

    def wake(self) -> None:
        """Look at once for what is due."""
        self._wake.set()

    def start(self) -> None:
        """Begin to send."""
        if self._loop is None:
            self._checked = -math.inf
            self._loop = asyncio.create_task(self._repeat(), name="push")

    async def close(self) -> None:
        """Finish what is being sent, for some seconds at most, and leave all to others."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        tasks = dict(self._tasks)
        if tasks:
            await asyncio.wait(tasks.values(), timeout=_CLOSE_SECONDS)
        unfinished = {partner for partner, task in tasks.items() if not task.done()}
        for partner in unfinished:
            tasks[partner].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        await self._leases.leave_all(unfinished)

    async def pushed(self, partner: str | None = None) -> Pushed:
        """Wait until all that is due was sent, or tried.

        Args:
            partner: The one that is waited for; None: all.

        Returns:
            What went wrong last, for each partner.
        """
        begun = not self.running
        self.start()
        try:
            while await self._is_due(partner):
                self._changed.clear()
                self.wake()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLL):
                        await self._changed.wait()
        finally:
            if begun:
                await self.close()
        return await self._faults()

    async def _is_due(self, partner: str | None) -> bool:
        names = {*self._tasks, *(lane.partner for lane in await self._outbox.due(self._now()))}
        return bool(names) if partner is None else partner in names

    async def _faults(self) -> Pushed:
        counts = await self._outbox.counts(self._now())
        found: dict[str, str | None] = {}
        for lane in await self._outbox.lanes():
            found[lane.partner] = lane.error
            if lane.partner in counts and lane.error is None:
                for first in await self._outbox.pending(lane.partner, 1):
                    found[lane.partner] = first.error
        return found

    async def _repeat(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._cycle()
            except Exception:
                log.exception("looking for pushes failed")
            await asyncio.sleep(_GAP)
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._wake.wait()

    async def _cycle(self) -> None:
        if time.monotonic() - self._checked > _CHECK:
            self._checked = time.monotonic()
            await self._outbox.end_far_pauses(self._now(), self._longest)
        await self._prepare()
        due = await self._outbox.due(self._now())
        self._leases.plan({*self._tasks, *(lane.partner for lane in due)})
        await self._leases.beat(set(self._tasks))
        for lane in due:
            if lane.partner not in self._tasks and await self._leases.take(lane):
                self._begin(lane.partner)

    def _begin(self, partner: str) -> None:
        work = self._guarded(partner)
        self._tasks[partner] = asyncio.create_task(work, name=f"push to {partner}")

    async def _guarded(self, partner: str) -> None:
        with working("push", partner=partner):
            await self._push(partner)

    async def _push(self, partner: str) -> None:
        finished = False
        try:
            await self._work(partner, lambda: self.running and self._leases.has(partner))
            finished = True
        except Exception:
            log.exception("pushing to %s failed", partner)
            await asyncio.sleep(_POLL)
        finally:
            self._tasks.pop(partner, None)
            await self._leases.stopped(partner, finished=finished)
            self._changed.set()
            self.wake()

    def _now(self) -> int:
        return to_micros(self._clock())

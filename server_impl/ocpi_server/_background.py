"""Work that goes on after a request was answered: kept in sight, bounded, cancelled on close."""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

from ocpi_server.observing.work import working

__all__ = ["Background"]

log = logging.getLogger("ocpi_server.background")

_MOST: Final = 10_000
_MOST_OF_ONE: Final = 200
_BYTES_OF_ONE: Final = 8 * 1024 * 1024
_CLOSE_SECONDS: Final = 5.0


class Background:
    """The tasks of a platform that nobody awaits.

    Args:
        most: How many may run at the same time.
        most_of_one: How many of them for one partner, so that a partner whose work does not end
            takes no room from the others.
        bytes_of_one: How many bytes the work for one partner may keep together.
    """

    def __init__(
        self,
        most: int = _MOST,
        most_of_one: int = _MOST_OF_ONE,
        bytes_of_one: int = _BYTES_OF_ONE,
    ) -> None:
        self._most, self._most_of_one, self._bytes_of_one = most, most_of_one, bytes_of_one
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    def is_full(self, partner_id: str, size: int = 0) -> bool:
        """Return whether no more work can be taken for a partner.

        Args:
            partner_id: The partner.
            size: How many bytes the work keeps.
        """
        taken = len(self._tasks) >= self._most or self._counts[partner_id] >= self._most_of_one
        return taken or not self.fits(partner_id, size)

    def fits(self, partner_id: str, size: int) -> bool:
        """Return whether the work for a partner may keep so many bytes more."""
        return self._bytes[partner_id] + size <= self._bytes_of_one

    def start(
        self, work: Coroutine[Any, Any, None], name: str, partner_id: str, size: int = 0
    ) -> None:
        """Run work in a task of its own; what it raises is logged under its name.

        Args:
            work: The work.
            name: What it is, for the log.
            partner_id: The partner that it is for.
            size: How many bytes it keeps.
        """
        task = asyncio.create_task(_guarded(work, name, partner_id), name=name)
        self._tasks.add(task)
        self._counts[partner_id] += 1
        self._bytes[partner_id] += size
        task.add_done_callback(lambda done: self._ended(done, partner_id, size))

    def try_start(
        self, work: Coroutine[Any, Any, None], name: str, partner_id: str, size: int = 0
    ) -> bool:
        """Run work as :meth:`start` does, unless there is no room for it.

        Returns:
            Whether there was room.
        """
        if self.is_full(partner_id, size):
            work.close()
            return False
        self.start(work, name, partner_id, size)
        return True

    @contextmanager
    def keeping(self, partner_id: str, size: int) -> Iterator[None]:
        """Count bytes that the work for a partner keeps for a while."""
        self._bytes[partner_id] += size
        try:
            yield
        finally:
            self._release(partner_id, size)

    def _ended(self, task: asyncio.Task[None], partner_id: str, size: int) -> None:
        self._tasks.discard(task)
        self._counts[partner_id] -= 1
        if not self._counts[partner_id]:
            del self._counts[partner_id]
        self._release(partner_id, size)

    def _release(self, partner_id: str, size: int) -> None:
        self._bytes[partner_id] -= size
        if not self._bytes[partner_id]:
            del self._bytes[partner_id]

    async def settled(self) -> None:
        """Wait until all work that was taken, and what it led to, is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what still runs, and wait a few seconds until it has ended."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSE_SECONDS)


async def _guarded(work: Coroutine[Any, Any, None], name: str, partner_id: str) -> None:
    with working(name, partner=partner_id):
        try:
            await work
        except Exception:
            log.exception("%s failed", name)

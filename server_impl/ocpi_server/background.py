"""Work that goes on after a request was answered: kept in sight, bounded, cancelled on close."""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final

__all__ = ["Background"]

log = logging.getLogger("ocpi_server.background")

_MOST: Final = 10_000
_MOST_OF_ONE: Final = 200
_CLOSE_SECONDS: Final = 5.0


class Background:
    """The tasks of a platform that nobody awaits.

    Args:
        most: How many may run at the same time.
        most_of_one: How many of them for one partner, so that a partner whose work does not end
            takes no room from the others.
    """

    def __init__(self, most: int = _MOST, most_of_one: int = _MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts: Counter[str] = Counter()

    def is_full(self, partner_id: str) -> bool:
        """Return whether no more work can be taken for a partner."""
        return len(self._tasks) >= self._most or self._counts[partner_id] >= self._most_of_one

    def start(self, work: Coroutine[Any, Any, None], name: str, partner_id: str = "") -> None:
        """Run work in a task of its own; what it raises is logged under its name.

        Args:
            work: The work.
            name: What it is, for the log.
            partner_id: For which partner; empty for work of the platform itself.
        """
        task = asyncio.create_task(_guarded(work, name), name=name)
        self._tasks.add(task)
        self._counts[partner_id] += 1
        task.add_done_callback(lambda done: self._ended(done, partner_id))

    def _ended(self, task: asyncio.Task[None], partner_id: str) -> None:
        self._tasks.discard(task)
        self._counts[partner_id] -= 1
        if not self._counts[partner_id]:
            del self._counts[partner_id]

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


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("%s failed", name)

"""Work that goes on after a request was answered: kept in sight, bounded, cancelled on close."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

__all__ = ["Background"]

log = logging.getLogger("ocpi_server.background")

_MOST: Final = 1000


class Background:
    """The tasks of a platform that nobody awaits.

    Args:
        most: How many may run at the same time.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        """Whether no more work can be taken."""
        return len(self._tasks) >= self._most

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run work beside everything else; what it raises is logged under its name."""
        task = asyncio.create_task(_guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until all work that was taken, and what it led to, is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what still runs and wait until it is gone."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("%s failed", name)

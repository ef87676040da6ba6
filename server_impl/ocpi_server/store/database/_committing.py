"""Commits in a thread of their own: the event loop does not wait for the disk."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import NamedTuple

__all__ = ["DiskThread"]


class _Call(NamedTuple):
    """A call that waits for the thread, and who waits for it."""

    call: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


class DiskThread:
    """Runs one call after the other.

    For each commit an executor makes two futures, several locks and a work item; a queue and one
    callback are enough. The thread begins with the first call, and keeps no process from ending.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, call: Callable[[], object]) -> None:
        """Make a call and wait until it has returned; what it raises is raised here."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ocpi-commit", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._calls.put(_Call(call, loop, future))
        await future

    def close(self) -> None:
        """Finish what was begun and end the thread."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (waiting := self._calls.get()) is not None:
            error: Exception | None = None
            try:
                waiting.call()
            except Exception as raised:  # noqa: BLE001 - for who waits
                error = raised
            with suppress(RuntimeError):  # the event loop was closed meanwhile: nobody waits
                waiting.loop.call_soon_threadsafe(_settle, waiting.future, error)


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)

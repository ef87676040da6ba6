"""The time that a request has for its parts."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Protocol, TypeVar

__all__ = ["DeadlineExceeded", "Worker", "within"]

T = TypeVar("T")


class DeadlineExceeded(Exception):
    """A coroutine did not end in its time and was cancelled."""


class Worker(Protocol):
    """Counts the time for which work goes on."""

    def wait(self) -> None:
        """Stop counting: others have their turn."""

    def resume(self) -> None:
        """Count again."""


async def within(seconds: float, work: Coroutine[Any, Any, T], worker: Worker | None = None) -> T:
    """Run a coroutine within its time.

    Most handlers have their answer at hand and never wait: these need no timer, which costs as
    much as finding the operation of a request. The time begins when the coroutine first waits.

    Args:
        seconds: The time.
        work: The coroutine.
        worker: Is called when the coroutine waits, and when it goes on.

    Raises:
        DeadlineExceeded: The time is over.
    """
    try:
        awaited = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    deadline = _Deadline(seconds)
    try:
        return await _resume(work, awaited, worker)
    except asyncio.CancelledError as error:
        if deadline.is_exceeded():
            raise DeadlineExceeded from error
        raise
    finally:
        deadline.end()


class _Deadline:
    """Cancels the current task once its time is over; costs less than a timeout of asyncio."""

    __slots__ = ("_cancelled", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("no task is running")
        self._task = task
        self._cancelled: int | None = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self._cancel)

    def _cancel(self) -> None:
        self._cancelled = self._task.cancelling()
        self._task.cancel()

    def is_exceeded(self) -> bool:
        """Return whether the task was cancelled because of the time, and by nobody else."""
        return self._cancelled is not None and self._task.cancelling() - 1 <= self._cancelled

    def end(self) -> None:
        """Cancel nothing any more."""
        self._timer.cancel()
        if self._cancelled is not None:
            self._task.uncancel()


@coroutine
def _resume(
    work: Coroutine[Any, Any, T], awaited: Any, worker: Worker | None
) -> Generator[Any, Any, T]:
    """Wait for what a started coroutine waits for, and go on with it until it ends."""
    try:
        while True:
            if worker is not None:
                worker.wait()
            try:
                sent = yield awaited
            except BaseException as error:  # noqa: BLE001 - cancellation belongs to the coroutine
                if worker is not None:
                    worker.resume()
                awaited = work.throw(error)
            else:
                if worker is not None:
                    worker.resume()
                awaited = work.send(sent)
    except StopIteration as done:
        result: T = done.value
        return result

"""Work that is done in steps, so that an event loop can serve others between two of them."""

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeAlias, TypeVar

__all__ = ["SLICE", "Steps", "in_thread", "let_others_run", "run", "run_paced"]

R = TypeVar("R")

Steps: TypeAlias = Generator[None, None, R]
"""Yields after each step and returns the result."""

SLICE: Final = 0.005
"""Seconds of work after which others have their turn."""
_ROUNDS: Final = 3
"""Rounds of an event loop in which a timer that is due wakes its task, and the task runs."""


def run(steps: Steps[R]) -> R:
    """Perform all steps at once."""
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        result: R = stop.value
        return result


async def run_paced(steps: Steps[R]) -> R:
    """Perform the steps with a turn for other tasks whenever 5 ms have passed."""
    started = time.perf_counter()
    try:
        while True:
            next(steps)
            if time.perf_counter() - started > SLICE:
                await let_others_run()
                started = time.perf_counter()
    except StopIteration as stop:
        result: R = stop.value
        return result


async def let_others_run() -> None:
    """Allow every task to run that is ready, those behind a timer that is due as well."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


def in_thread(work: Callable[[], R]) -> Steps[R]:
    """Perform work that has no steps of its own on another thread, and wait for it in steps.

    Threads take turns each few milliseconds, so that work in Python does not hold the event loop.
    """
    future = _threads().submit(work)
    while True:
        try:
            return future.result(timeout=SLICE)
        except TimeoutError:
            if future.done():  # it is an error of the work itself
                raise
        yield


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="ocpi-steps")

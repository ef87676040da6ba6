"""The time that a request has for its parts."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

__all__ = ["DeadlineExceeded", "within"]

T = TypeVar("T")


class DeadlineExceeded(Exception):
    """A coroutine did not end in its time and was cancelled."""


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine within its time.

    Most handlers have their answer at hand and never wait: these need no timer, which costs as
    much as finding the operation of a request. The time begins when the coroutine first waits.

    Raises:
        DeadlineExceeded: The time is over.
    """
    try:
        awaited = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    bound = asyncio.timeout(seconds)
    try:
        async with bound:
            return await _resume(work, awaited)
    except TimeoutError as error:
        if bound.expired():
            raise DeadlineExceeded from error
        raise


@coroutine
def _resume(work: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """Wait for what a started coroutine waits for, and go on with it until it ends."""
    try:
        while True:
            try:
                sent = yield awaited
            except BaseException as error:  # noqa: BLE001 - cancellation belongs to the coroutine
                awaited = work.throw(error)
            else:
                awaited = work.send(sent)
    except StopIteration as done:
        result: T = done.value
        return result

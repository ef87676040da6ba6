"""Work that is repeated as long as a platform is served."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

__all__ = ["watching"]

log = logging.getLogger("ocpi_server.platform")

_SECONDS: Final = 1.0


@asynccontextmanager
async def watching(steps: Sequence[Callable[[], Awaitable[Any]]]) -> AsyncIterator[None]:
    """Take steps every second until the block ends; one that fails keeps no other from its turn."""
    task = asyncio.create_task(_repeat(steps), name="watch")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _repeat(steps: Sequence[Callable[[], Awaitable[Any]]]) -> None:
    while True:
        for step in steps:
            try:
                await step()
            except Exception:
                log.exception("a step that is repeated every second failed")
        await asyncio.sleep(_SECONDS)

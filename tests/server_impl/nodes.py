"""Several nodes of one platform behind one address: each request goes to the next node.

``NODES=2 pytest tests/server_impl`` lets whatever the tests serve be served by two nodes over one
database. Each has its own caches, connections, pushes, pulls and tasks, as in two processes; the
charge points and the clock, which are outside of a platform, are the same.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["NODES", "in_turn"]

NODES: Final = int(os.environ.get("NODES", "1"))


def in_turn(apps: Sequence[ASGIApp]) -> ASGIApp:
    """Return an application that passes its requests to several ones in turn."""
    return apps[0] if len(apps) == 1 else _InTurn(apps)


class _InTurn:
    def __init__(self, apps: Sequence[ASGIApp]) -> None:
        self._apps, self._turns = apps, cycle(apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await next(self._turns)(scope, receive, send)
            return
        await receive()
        async with AsyncExitStack() as stack:
            for app in self._apps:
                await stack.enter_async_context(_started(app))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def _started(app: ASGIApp) -> AsyncIterator[None]:
    """Start an application, and stop it when the block ends."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, to_app.get, from_app.put))
    await _step("startup", task, to_app, from_app)
    try:
        yield
    finally:
        await _step("shutdown", task, to_app, from_app)
        await task


async def _step(
    name: str,
    task: asyncio.Future[None],
    to_app: asyncio.Queue[Message],
    from_app: asyncio.Queue[Message],
) -> None:
    await to_app.put({"type": f"lifespan.{name}"})
    answer = asyncio.ensure_future(from_app.get())
    either: set[asyncio.Future[Any]] = {answer, task}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        await task
    got = answer.result()
    if got["type"] != f"lifespan.{name}.complete":
        raise RuntimeError(str(got.get("message", got["type"])))

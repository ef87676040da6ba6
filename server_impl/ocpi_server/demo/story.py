"""The storyteller: starts two platforms as processes of their own and leads them through a day."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocpi_server.demo import channel
from ocpi_server.demo.channel import Act, Exchanged, Outcome, Ready
from ocpi_server.demo.show import Show

__all__ = ["Step", "StoryFailedError", "tell"]

_PATIENCE = 30.0
Memory = dict[str, Any]


class StoryFailedError(Exception):
    """A step went wrong. The message says which and how."""


@dataclass(frozen=True)
class Step:
    """One step of the story.

    Attributes:
        title: What happens, in words.
        who: The platform that acts.
        act: The name of the act, see ``acts.py``.
        arguments: Makes the arguments from what earlier steps left in memory.
        fact: Makes the sentence that says what came of it.
    """

    title: str
    who: str
    act: str
    arguments: Callable[[Memory], dict[str, Any]] = field(default=lambda _: {})
    fact: Callable[[Memory], str] | None = None


class Node:
    """One platform in a process of its own."""

    def __init__(self, who: str, process: asyncio.subprocess.Process, show: Show) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("A platform's process has no pipes.")
        self.who = who
        self.last: Exchanged | None = None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._show = show

    async def ready(self) -> Ready:
        """Wait until the platform listens."""
        message = await self._next()
        if not isinstance(message, Ready):
            raise StoryFailedError(f"The {self.who} did not start: {message}")
        return message

    async def act(self, act: Act) -> dict[str, Any]:
        """Have the platform do something, showing each exchange as it happens."""
        self._stdin.write(channel.act_line(act))
        await self._stdin.drain()
        while True:
            message = await self._next()
            if isinstance(message, Exchanged):
                self.last = message
                self._show.exchange(self.who, message)
            elif isinstance(message, Outcome):
                if message.failure is not None:
                    raise StoryFailedError(message.failure)
                return message.result

    async def _next(self) -> channel.Message:
        async with asyncio.timeout(_PATIENCE):
            message = await channel.receive(self._stdout)
        if message is None:
            raise StoryFailedError(f"The {self.who} ended with {await self._process.wait()}.")
        return message


@asynccontextmanager
async def _node(who: str, folder: Path, show: Show) -> AsyncIterator[Node]:
    """Run a platform until the block ends. What it logs goes to a file beside its database."""
    with (folder / f"{who}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-m", "ocpi_server.demo.node", who, str(folder)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=channel.LONGEST_LINE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        yield Node(who, process, show)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def tell(steps: tuple[Step, ...], show: Show, folder: Path, *, keep: bool) -> bool:
    """Lead the two platforms through the steps.

    Args:
        steps: What is to happen.
        show: Where it is told.
        folder: Where the platforms keep their databases and logs.
        keep: Whether to leave both running, registered with each other, until interrupted.

    Returns:
        Whether all went well.
    """
    async with _node("cpo", folder, show) as cpo, _node("emsp", folder, show) as emsp:
        nodes = {"cpo": cpo, "emsp": emsp}
        acting = cpo
        try:
            ready = {who: await node.ready() for who, node in nodes.items()}
            memory: Memory = {f"{who}_versions": one.versions_url for who, one in ready.items()}
            for number, step in enumerate(steps, 1):
                acting = nodes[step.who]
                await _take(number, step, acting, show, memory)
        except (StoryFailedError, TimeoutError) as failure:
            text = str(failure) or "A platform did not answer in time."
            show.failure(text, (acting.who, acting.last) if acting.last else None)
            return False
        if keep:
            await _stay(show, ready, memory)
    return True


async def _take(number: int, step: Step, node: Node, show: Show, memory: Memory) -> None:
    show.step(number, step.title)
    memory.update(await node.act(Act(step.act, step.arguments(memory))))
    if step.fact is not None:
        show.fact(step.fact(memory))


async def _stay(show: Show, ready: dict[str, Ready], memory: Memory) -> None:
    """Say where the platforms are, and wait to be interrupted."""
    for who, one in ready.items():
        show.fact(f"{who}: {one.versions_url}, Swagger UI at {one.docs_url}")
    show.fact(f"the eMSP calls the CPO with 'Authorization: Token {memory['token_header']}'")
    show.fact("both run until you press Ctrl-C")
    await asyncio.Event().wait()

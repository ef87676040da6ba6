"""Start the platforms as processes of their own and run the scenario with them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ocpi_server.demo import _channel as channel
from ocpi_server.demo._channel import Action, ActionResult, Exchanged, Ready
from ocpi_server.demo._output import DemoOutput

__all__ = ["ScenarioFailedError", "ScenarioStep", "Versions", "run_scenario"]

_PATIENCE = 120.0
"""Seconds. The first start in a new environment compiles every module."""
Memory = dict[str, Any]


class Versions(NamedTuple):
    """The newest version that each platform speaks; it speaks the older ones too.

    ``hub`` is empty where no hub stands between them.
    """

    cpo: str
    emsp: str
    hub: str = ""


class ScenarioFailedError(Exception):
    """A step failed; the message names it and the reason."""


@dataclass(frozen=True)
class ScenarioStep:
    """One step of the scenario.

    Attributes:
        title: What happens, in words.
        who: The platform that acts.
        act: The name of the act, see ``acts.py``.
        arguments: Makes the arguments from what earlier steps left in memory.
        fact: Makes the sentence about the result.
        when: Returns from memory whether the step is taken, such as by the agreed version.
    """

    title: str
    who: str
    act: str
    arguments: Callable[[Memory], dict[str, Any]] = field(default=lambda _: {})
    fact: Callable[[Memory], str] | None = None
    when: Callable[[Memory], bool] = field(default=lambda _: True)


class Node:
    """One platform in a process of its own."""

    def __init__(self, who: str, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("A platform's process has no pipes.")
        self.who = who
        self.exchanges: list[Exchanged] = []
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout

    async def ready(self) -> Ready:
        """Wait until the platform listens."""
        message = await self._next()
        if not isinstance(message, Ready):
            raise ScenarioFailedError(f"The {self.who} did not start: {message}")
        return message

    async def act(self, act: Action) -> dict[str, Any]:
        """Have the platform do something; its exchanges are kept as they happen.

        Raises:
            ScenarioFailedError: It could not.
        """
        self._stdin.write(channel.act_line(act))
        await self._stdin.drain()
        while not isinstance(message := await self._next(), ActionResult):
            if isinstance(message, Exchanged):
                self.exchanges.append(message)
        if message.failure is not None:
            raise ScenarioFailedError(message.failure)
        return message.result

    async def _next(self) -> channel.Message:
        try:
            async with asyncio.timeout(_PATIENCE):
                message = await channel.receive(self._stdout)
        except TimeoutError:
            what = f"The {self.who} did not answer in {_PATIENCE:g} seconds."
            raise ScenarioFailedError(what) from None
        if message is None:
            raise ScenarioFailedError(f"The {self.who} ended with {await self._process.wait()}.")
        return message


@asynccontextmanager
async def _node(who: str, folder: Path, newest: str) -> AsyncIterator[Node]:
    """Run a platform until the block ends. What it logs goes to a file beside its database."""
    with (folder / f"{who}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "ocpi_server.demo._node",
                who,
                str(folder),
                newest,
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=channel.LONGEST_LINE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        yield Node(who, process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def run_scenario(
    steps: tuple[ScenarioStep, ...],
    show: DemoOutput,
    folder: Path,
    versions: Versions,
    *,
    keep: bool,
) -> bool:
    """Run the steps with the platforms.

    Args:
        steps: What is to happen.
        show: Where it is printed.
        folder: Where the platforms keep their databases and logs.
        versions: The newest version that each platform speaks.
        keep: Whether to leave them running, registered with each other, until interrupted.

    Returns:
        Whether all went well.
    """
    async with AsyncExitStack() as running:
        nodes = {
            who: await running.enter_async_context(_node(who, folder, newest))
            for who, newest in versions._asdict().items()
            if newest
        }
        try:
            ready = {who: await node.ready() for who, node in nodes.items()}
            show.places = {urlsplit(one.versions_url).netloc: who for who, one in ready.items()}
            memory: Memory = {f"{who}_versions": one.versions_url for who, one in ready.items()}
            number = 0
            for step in steps:
                if step.when(memory):
                    number += 1
                    await _take(number, step, nodes, show, memory)
        except ScenarioFailedError as failure:
            show.failure(str(failure))
            return False
        if keep:
            await _stay(show, ready, memory)
    return True


async def _take(
    number: int, step: ScenarioStep, nodes: Mapping[str, Node], show: DemoOutput, memory: Memory
) -> None:
    """Take one step, and show what went over the wire in the order in which it began."""
    show.step(number, step.title)
    try:
        memory.update(await nodes[step.who].act(Action(step.act, step.arguments(memory))))
        for node in nodes.values():
            await node.act(Action("settle"))
    finally:
        _show_exchanges(nodes, show)
    if step.fact is not None:
        show.fact(step.fact(memory))


def _show_exchanges(nodes: Mapping[str, Node], show: DemoOutput) -> None:
    happened = [(who, one) for who, node in nodes.items() for one in node.exchanges]
    for who, one in sorted(happened, key=lambda entry: entry[1].started):
        show.exchange(who, one)
    for node in nodes.values():
        node.exchanges.clear()


async def _stay(show: DemoOutput, ready: dict[str, Ready], memory: Memory) -> None:
    """Print the addresses of the platforms, and wait for an interrupt."""
    for who, one in ready.items():
        show.fact(f"{who}: {one.versions_url}, Swagger UI at {one.docs_url}")
    header, called = memory["token_header"], "hub" if "hub" in ready else "CPO"
    show.fact(f"the eMSP calls the {called} with 'Authorization: {header}'")
    show.fact("they run until you press Ctrl-C")
    await asyncio.Event().wait()

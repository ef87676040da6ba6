"""How soon many partners are sent changes, while some of them are dead."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import uvloop

from bench.figures import spread
from bench.measures.pushes import platform_settings, register
from bench.process import scratch, serving
from bench.samples import location
from ocpi_runtime.codec import encode
from ocpi_server import Platform

__all__ = ["TARGETS", "measure"]

TARGETS = {"p99_ms": 2000.0, "pushes_per_second, at least": 1500.0}
"""The most milliseconds from a change to its arrival, for 99 of 100 pushes; and how many pushes
arrive in a second, until the last of them."""
_PARTNERS: Final = 50
_DEAD: Final = 5
_CHANGES: Final = 1000
_RATE: Final = 34
"""Changes in a second: somewhat more pushes than wanted, to the partners that are there."""
_MOST_ROUNDS: Final = 3
_PATIENCE: Final = 60.0


def measure(rounds: int) -> dict[str, Any]:
    """Change the status of an EVSE of 1,000 locations, which are pushed to 50 partners."""
    found = []
    with scratch() as folder:
        for number in range(min(rounds, _MOST_ROUNDS)):
            place = folder / str(number)
            place.mkdir()
            notes = place / "notes"
            with serving("bench.servers.stub", str(notes)) as stub, _silent() as silent:
                times, seconds = uvloop.run(_round(place, notes, stub.port, silent))
            found.append((times, seconds))
    return {
        "p50_ms": spread([median(times) * 1e3 for times, _ in found], 0),
        "p99_ms": spread([quantiles(times, n=100)[98] * 1e3 for times, _ in found], 0),
        "max_ms": spread([max(times) * 1e3 for times, _ in found], 0),
        "pushes_per_second": spread([len(times) / seconds for times, seconds in found], 0),
    }


@contextmanager
def _silent() -> Iterator[int]:
    """Listen on a port and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


async def _round(folder: Path, notes: Path, port: int, silent: int) -> tuple[list[float], float]:
    """Return the seconds from each change to each arrival, and how long all took together."""
    async with Platform(platform_settings(folder)) as platform:
        for number in range(_CHANGES):
            await platform.put_own("locations", encode(location(number)))
        for number in range(_PARTNERS):
            await register(platform, number, silent if number < _DEAD else port)
        platform.parts.pushes.engine.start()
        began = time.monotonic()
        changed = await _change(platform, began)
        wanted = _CHANGES * (_PARTNERS - _DEAD)
        async with asyncio.timeout(_PATIENCE):
            while len(arrived := _arrivals(notes)) < wanted:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.5)
    times = [at - changed[name] for at, name in arrived]
    return times, max(at for at, _ in arrived) - began


async def _change(platform: Platform, began: float) -> dict[str, float]:
    """Change one location after the other, and return when."""
    changed = {}
    for number in range(_CHANGES):
        await asyncio.sleep(max(0.0, began + number / _RATE - time.monotonic()))
        each = location(number)
        changed[each.id.lower()] = time.monotonic()
        await platform.push_evse_status(each.id, (each.evses or [])[0].uid, "CHARGING")
    return changed


def _arrivals(notes: Path) -> list[tuple[float, str]]:
    """Return when a push came, and of which location."""
    lines = (line.split() for line in notes.read_text().splitlines())
    return [
        (float(at), next(each for each in path.split("/") if each.startswith("loc0")))
        for at, path in lines
        if "/receiver/locations/" in path
    ]

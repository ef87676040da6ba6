"""What others feel of a partner that does harm: latencies before and while it does.

All the time the platform pushes to that partner, pulls from it and is asked to register it; back
ends write, and another partner reads and is pushed to.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx2
import uvloop

from bench.figures import spread
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.servers import TOKEN
from bench.servers.harmed import HARMFUL, LOCATIONS
from bench.servers.harmful import BEHAVIOURS
from ocpi_runtime.process import prepare_process
from ocpi_runtime.token import header_value

__all__ = ["TARGETS", "measure"]

TARGETS: dict[str, float] = {"added_p99_ms": 1000.0}
"""The most milliseconds that anything of others may take longer than before."""
_SECONDS: Final = 8.0
_WRITES, _READS, _HARM = 20, 20, 2
"""How many there are in a second."""
_WARM_SECONDS: Final = 3.0
_PATIENCE: Final = 10.0


def measure(rounds: int) -> dict[str, Any]:
    """Measure once for each behaviour, whatever the rounds: each takes half a minute."""
    del rounds
    prepare_process()  # long collections here would count as latencies
    found = {name: _measured(number) for number, name in enumerate(BEHAVIOURS)}
    added = [
        each["while"][what]["p99_ms"] - each["before"][what]["p99_ms"]
        for each in found.values()
        for what in ("write", "read", "push")
    ]
    return {**found, "added_p99_ms": spread(added, 1)}


def _measured(behaviour: int) -> dict[str, Any]:
    with scratch() as folder:
        notes = folder / "notes"
        with (
            serving("bench.servers.stub", str(notes), core=1) as stub,
            serving("bench.servers.harmful", core=1) as harmful,
            serving("bench.servers.harmed", str(folder), str(stub.port), str(harmful.port)) as host,
        ):
            return uvloop.run(_Round(folder, notes, host, harmful.port).run(behaviour))


class _Round:
    """One behaviour.

    Args:
        folder: Where the secrets are.
        notes: Where the partner that behaves notes what it is pushed.
        host: The platform.
        harmful: The port of the partner that may do harm.
    """

    def __init__(self, folder: Path, notes: Path, host: Server, harmful: int) -> None:
        self._key, self._token = (folder / "secrets").read_text().split()
        self._notes, self._host, self._harmful = notes, host, harmful
        self._root = f"http://127.0.0.1:{host.port}"
        self._times: dict[str, list[float]] = {"write": [], "read": []}
        self._written: list[tuple[str, float]] = []
        self._turn = 0

    async def run(self, behaviour: int) -> dict[str, Any]:
        """Return latencies of writes, reads and pushes, and what the platform needed."""
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(timeout=60, limits=limits) as self._http:
            await self._together(_WARM_SECONDS)
            before = await self._phase()
            await self._http.get(f"http://127.0.0.1:{self._harmful}/become/{behaviour}")
            return {"before": before, "while": await self._phase()}

    async def _phase(self) -> dict[str, Any]:
        self._times = {name: [] for name in self._times}
        self._written.clear()
        memory, cpu = _resident(self._host.pid), self._host.cpu_seconds()
        await self._together(_SECONDS)
        grown = _resident(self._host.pid) - memory
        cpu = (self._host.cpu_seconds() - cpu) / _SECONDS
        figures = {name: _figures(times) for name, times in self._times.items()}
        figures["push"] = _figures(await self._pushes())
        return {**figures, "cpu_share": round(cpu, 2), "memory_mb": round(grown / 1e6, 1)}

    async def _together(self, seconds: float) -> None:
        await asyncio.gather(
            _at_rate(_WRITES, seconds, self._write),
            _at_rate(_READS, seconds, self._read),
            _at_rate(_HARM, seconds, self._invite_harm),
        )

    async def _write(self, _number: int) -> None:
        """Change the status of an EVSE, as a back end does."""
        turn, self._turn = self._turn, self._turn + 1
        place = location(turn % LOCATIONS)
        path = (
            f"evses/{place.country_code}/{place.party_id}/{place.id}/{(place.evses or [])[0].uid}"
        )
        status = "AVAILABLE" if turn // LOCATIONS % 2 else "CHARGING"
        began = time.monotonic()
        await self._operator("PUT", f"{path}/status", {"status": status})
        self._times["write"].append(time.monotonic() - began)
        self._written.append((place.id.lower(), began))

    async def _read(self, _number: int) -> None:
        """Read a page of locations, as the other partner does."""
        began = time.monotonic()
        url = f"{self._root}/ocpi/2.2.1/sender/locations?limit=50"
        headers = {"Authorization": header_value(TOKEN, base64=True)}
        answer = await self._http.get(url, headers=headers)
        _succeeded(answer)
        self._times["read"].append(time.monotonic() - began)

    async def _invite_harm(self, number: int) -> None:
        """Have the platform call the harmful partner; what comes of that does not matter."""
        if number % 2:
            await self._operator("POST", "pulls", {"partner": HARMFUL, "module": "tokens"}, 2000)
            return
        credentials = {
            "token": "t" * 36,
            "url": f"http://127.0.0.1:{self._harmful}/versions",
            "roles": [
                {
                    "role": "EMSP",
                    "country_code": "FR",
                    "party_id": "NEW",
                    "business_details": {"name": "New"},
                }
            ],
        }
        headers = {"Authorization": header_value(self._token, base64=True)}
        url = f"{self._root}/ocpi/2.2.1/credentials"
        task = asyncio.create_task(self._http.post(url, json=credentials, headers=headers))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _operator(self, method: str, path: str, body: Any, most: int = 1000) -> None:
        headers = {"Authorization": f"Bearer {self._key}"}
        url = f"{self._root}/operator/v1/{path}"
        _succeeded(await self._http.request(method, url, json=body, headers=headers), most)

    async def _pushes(self) -> list[float]:
        """Return the seconds from each write to its arrival, or that of a later one."""
        async with asyncio.timeout(_PATIENCE):
            while len(found := self._arrived()) < len(self._written):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
        return found

    def _arrived(self) -> list[float]:
        arrivals = self._arrivals()
        firsts = (
            min((at - began for at, one in arrivals if one == name and at > began), default=None)
            for name, began in self._written
        )
        return [each for each in firsts if each is not None]

    def _arrivals(self) -> list[tuple[float, str]]:
        lines = (line.split() for line in self._notes.read_text().splitlines())
        return [
            (float(at), next((each for each in path.split("/") if each.startswith("loc0")), ""))
            for at, path in lines
            if "/receiver/locations/" in path
        ]


async def _at_rate(rate: float, seconds: float, work: Callable[[int], Awaitable[None]]) -> None:
    """Start work at instants of equal distance, whether or not what was started has ended."""
    began, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.ensure_future(work(number)))
    await asyncio.gather(*tasks)


def _succeeded(answer: httpx2.Response, most: int = 1000) -> None:
    if json.loads(answer.content)["status_code"] > most:
        raise RuntimeError(f"A request failed: {answer.text}")


def _figures(times: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(median(times) * 1e3, 1),
        "p99_ms": round(quantiles(times, n=100)[98] * 1e3, 1),
        "max_ms": round(max(times) * 1e3, 1),
    }


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096

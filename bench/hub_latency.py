"""What a hub adds to the time of a request: locations of 4 KB at a fixed rate, and directly."""

import asyncio
import time
from statistics import median, quantiles
from typing import Any, Final

import uvloop

from bench.figures import spread
from bench.load import LoadRequest
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.servers import TOKEN
from bench.servers.hub import RECEIVER, SENDER
from ocpi_runtime.codec import encode
from ocpi_runtime.token import header_value

__all__ = ["TARGETS", "measure"]

TARGETS = {"added_p50_ms": 3.0}
"""The most milliseconds that the median of requests may take longer."""
_RATE: Final = 200
_SECONDS: Final = 3
_CONNECTIONS: Final = 8
_SUCCESS: Final = b'"status_code":1000'


def measure(rounds: int) -> dict[str, Any]:
    """Send requests through a hub, and to the receiver itself, in turns."""
    direct, through, cpu = list[list[float]](), list[list[float]](), list[float]()
    with (
        serving("bench.servers.stub") as stub,
        scratch() as folder,
        serving("bench.servers.hub", str(folder), str(stub.port)) as hub,
    ):
        for _ in range(rounds + 1):
            direct.append(uvloop.run(_round(stub)))
            before = hub.cpu_seconds()
            through.append(uvloop.run(_round(hub)))
            cpu.append((hub.cpu_seconds() - before) / len(through[-1]))
    both = list(zip(direct[1:], through[1:], strict=True))  # the first ones load modules
    return {
        "direct_p50_ms": spread([median(one) * 1e3 for one, _ in both]),
        "hub_p50_ms": spread([median(other) * 1e3 for _, other in both]),
        "added_p50_ms": spread([(median(other) - median(one)) * 1e3 for one, other in both]),
        "hub_p99_ms": spread([quantiles(other, n=100)[98] * 1e3 for _, other in both]),
        "hub_cpu_us": spread([each * 1e6 for each in cpu[1:]], 0),
    }


def _request() -> bytes:
    """Return a PUT of a location, for the other party."""
    routing = {
        "OCPI-from-country-code": SENDER.country_code,
        "OCPI-from-party-id": SENDER.party_id,
        "OCPI-to-country-code": RECEIVER.country_code,
        "OCPI-to-party-id": RECEIVER.party_id,
        "X-Request-ID": "r",
        "X-Correlation-ID": "c",
        "Authorization": header_value(TOKEN, base64=True),
    }
    path = "/2.2.1/receiver/locations/NL/TNM/LOC1"
    return LoadRequest("PUT", path, encode(location(1)), tuple(routing.items())).wire()


async def _round(server: Server) -> list[float]:
    """Return how long each request took, from the instant at which it was due."""
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", server.port))
    wire, times, tasks = _request(), list[float](), list[asyncio.Task[None]]()

    async def one(due: float) -> None:
        reader, writer = await free.get()
        writer.write(wire)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        answer = await reader.readexactly(length)
        times.append(time.perf_counter() - due)
        if _SUCCESS not in answer:
            raise RuntimeError(f"The request failed: {answer!r}")
        free.put_nowait((reader, writer))

    began = time.perf_counter()
    for number in range(_RATE * _SECONDS):
        due = began + number / _RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(max(due, time.perf_counter()))))
    await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait()[1].close()
    return times

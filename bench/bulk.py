"""Many Locations at once: ``ocpi import`` of two sizes, and bulk requests of the operator API.

``ocpi import`` runs on one core and PostgreSQL on another one. What the command costs without any
object is taken off. The operator API and its caller share a process.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from bench.figures import spread
from bench.measures.depth import run_pinned
from bench.process import scratch
from bench.samples import location
from bench.servers.platform import settings_of, write_settings
from ocpi_runtime import codec
from ocpi_server import OperatorRules, Platform
from tests.support.postgres import new_database

__all__ = ["TARGETS", "measure"]

TARGETS: Final[dict[str, float]] = {
    "sqlite, Locations of 4 KB, per second of CPU, at least": 10_000,
    "postgresql, Locations of 4 KB, per second of CPU, at least": 20_000,
}
_IMPORTED: Final = 50_000
_SENT: Final = 5_000
_IN_A_REQUEST: Final = 250
_NUMBER: Final = b"00000"


def measure(rounds: int) -> dict[str, Any]:
    """Import into empty stores, import the same once more, and send the same in requests."""
    figures: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for database in ("sqlite", "postgresql"):
            for size, pattern in (("4 KB", _large()), ("1 KB", _small())):
                for name, per_second in _round(database, pattern):
                    job = f"{database}, {size}, {name}"
                    kept = figures.setdefault(job, {})
                    for what, value in per_second.items():
                        kept.setdefault(what, []).append(value)
    return {
        "bytes": {"4 KB": len(_large()), "1 KB": len(_small())},
        "per second": {
            job: {what: spread(values, 0) for what, values in kept.items()}
            for job, kept in figures.items()
        },
    }


def _round(database: str, pattern: bytes) -> Iterator[tuple[str, dict[str, float]]]:
    with scratch() as folder:
        if database == "postgresql":
            (folder / "database").write_text(new_database(durable=True))
        nothing = _seconds(folder, [])
        objects = [pattern.replace(_NUMBER, b"%05d" % number) for number in range(_IMPORTED)]
        for name in ("import", "import again"):
            spent = _seconds(folder, objects)
            yield name, {what: _IMPORTED / (spent[what] - nothing[what]) for what in spent}
        yield "operator API", asyncio.run(_send(folder, objects[:_SENT]))


def _seconds(folder: Path, objects: list[bytes]) -> dict[str, float]:
    """Import objects; return the seconds that passed, and those of CPU.

    Raises:
        RuntimeError: Not every Location was taken.
    """
    file = folder / "locations.json"
    file.write_bytes(b"[" + b",\n".join(objects) + b"]")
    ocpi = str(Path(sys.executable).parent / "ocpi")
    config = str(write_settings(folder))
    done = run_pinned([ocpi, "import", "locations", str(file), "--config", config, "--json"], 0)
    taken = json.loads(done["printed"])
    if taken["created"] + taken["updated"] != len(objects):
        raise RuntimeError(f"The import took {taken}.")
    return {"passed": done["seconds"], "CPU": done["CPU seconds"]}


async def _send(folder: Path, objects: list[bytes]) -> dict[str, float]:
    settings = replace(settings_of(folder), operator=OperatorRules(enabled=True))
    async with Platform(settings) as platform:
        _, secret = await platform.keys.create("Bench", ("*",))
        transport = httpx2.ASGITransport(platform.app)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        async with httpx2.AsyncClient(transport=transport, headers=headers) as http:
            started, before = time.perf_counter(), _cpu()
            for start in range(0, len(objects), _IN_A_REQUEST):
                chunk = b",".join(objects[start : start + _IN_A_REQUEST])
                await _post(http, b'{"objects":[' + chunk + b"]}")
            passed, cpu = time.perf_counter() - started, _cpu() - before
    return {"passed": len(objects) / passed, "CPU": len(objects) / cpu}


async def _post(http: httpx2.AsyncClient, body: bytes) -> None:
    url = "http://127.0.0.1/operator/v1/own/2.2.1/locations"
    answer = await http.post(url, content=body)
    stored = [each["stored"] for each in answer.raise_for_status().json()["data"]]
    if {*stored} - {"CREATED", "UPDATED"} or len(stored) != _IN_A_REQUEST:
        raise RuntimeError(f"The operator API answered {stored}.")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _large() -> bytes:
    return codec.encode(location())


def _small() -> bytes:
    """Return a Location with one EVSE and one connector."""
    whole: Any = location()
    evse = msgspec.structs.replace(whole.evses[0], connectors=whole.evses[0].connectors[:1])
    small = msgspec.structs.replace(whole, evses=[evse], opening_times=msgspec.UNSET)
    return codec.encode(small)

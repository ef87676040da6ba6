"""What requests cost that read and write the store: SQLite and PostgreSQL beside bare Starlette."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from bench.figures import Samples
from bench.load import drive
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.work import JOBS, OWN, PlatformPaths, Work
from ocpi_runtime import codec
from tests.support.postgres import new_database

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {
    "sqlite to bare, CPU: one Location": 0.45,
    "sqlite to bare, CPU: page of 50": 0.9,
    "sqlite to bare, CPU: PUT of a Location": 0.3,
    "sqlite to bare, CPU: PATCH of an EVSE": 0.3,
    "postgresql to sqlite, requests a second: reads": 0.5,
    "postgresql to sqlite, requests a second: writes": 0.33,
}
_JOBS: Final = {
    "one Location": 600,
    "page of 50": 120,
    "PUT of a Location": 300,
    "PATCH of an EVSE": 300,
}
_PATHS: Final = PlatformPaths("/2.2.1/sender", "/2.2.1/receiver", located=True)


def measure(rounds: int) -> dict[str, Any]:
    """Send the same requests to all, one after the other in each round.

    The CPU is that of the process that serves; PostgreSQL has processes of its own beside it.
    """
    with scratch() as folder, _all(folder) as servers:
        works = {name: Work(_PATHS) for name in servers}
        samples = {(name, job): Samples() for name in servers for job in _JOBS}
        for number in range(rounds + 1):
            for (name, job), sample in samples.items():
                _once(servers[name], works[name], job, sample if number else Samples())
    return _report(samples)


@contextmanager
def _all(folder: Path) -> Iterator[dict[str, Server]]:
    texts = (codec.encode(location(number)) for number in range(OWN))
    (folder / "locations.json").write_bytes(b"[" + b",".join(texts) + b"]")
    with ExitStack() as stack:
        servers = {"bare": stack.enter_context(serving("bench.servers.bare"))}
        for name in ("sqlite", "postgresql"):
            place = folder / name
            place.mkdir()
            if name == "postgresql":
                (place / "database").write_text(new_database(durable=True))
            arguments = (str(place), str(folder / "locations.json"))
            servers[name] = stack.enter_context(serving("bench.servers.platform", *arguments))
        yield servers


def _once(server: Server, work: Work, job: str, sample: Samples) -> None:
    count = _JOBS[job]
    requests = JOBS[job](work, count)
    before = server.cpu_seconds()
    seconds = drive(server.port, requests, count)
    sample.add(cpu=(server.cpu_seconds() - before) / count, rate=count / seconds)


def _report(samples: Mapping[tuple[str, str], Samples]) -> dict[str, Any]:
    figures = {f"{name}: {job}": sample.figures() for (name, job), sample in samples.items()}
    of_bare = {
        f"{name} to bare, CPU: {job}": samples["bare", job].ratio(samples[name, job])
        for name in ("sqlite", "postgresql")
        for job in _JOBS
    }
    of_sqlite = {
        f"postgresql to sqlite, requests a second: {job}": samples["postgresql", job].faster(
            samples["sqlite", job]
        )
        for job in _JOBS
    }
    return {"figures": figures, "ratios": {**of_bare, **of_sqlite}}

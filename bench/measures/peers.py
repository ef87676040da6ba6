"""The reference platform compared with another implementation, on the same work.

Ours keeps what it is sent in SQLite with durable writes, the peer in dictionaries.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.check import check_cdrs, check_locations, check_pages
from bench.figures import Samples, spread
from bench.load import drive
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.work import JOBS, OWN, READS, PlatformPaths, Work
from ocpi_runtime import codec

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {name: 5.0 if name in READS else 3.0 for name in JOBS}
_PYTHON: Final = Path(".venv-peers/bin/python")
_SECONDS: Final = 1.0
"""How long each job lasts in each round, about."""
_WARM: Final = 50
"""How often each job is done first, so that there is something to read, change and compare."""
_WARM_PAGES: Final = 8
_OURS: Final = PlatformPaths("/2.2.1/sender", "/2.2.1/receiver", located=True)
_PEER: Final = PlatformPaths("/ocpi/cpo/2.2.1", "/ocpi/emsp/2.2.1", located=False)


@dataclass
class _Runner:
    """One platform and what was measured of it."""

    server: Server
    work: Work
    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, Samples] = field(default_factory=lambda: {job: Samples() for job in JOBS})
    answers: list[bytes] = field(default_factory=list)

    def warm(self, job: str) -> None:
        """Find out how often the job is to be done in a round."""
        count = _WARM_PAGES if job == "page of 50" else _WARM
        seconds = drive(self.server.port, JOBS[job](self.work, count), count)
        self.counts[job] = max(_WARM_PAGES, round(count / seconds * _SECONDS))

    def round(self, job: str) -> None:
        """Do the job and measure it."""
        count = self.counts[job]
        requests = JOBS[job](self.work, count)
        self.answers.clear()
        keep = self.answers if job == "POST of a CDR" else None
        before = self.server.cpu_seconds()
        seconds = drive(self.server.port, requests, count, answers=keep)
        cpu = self.server.cpu_seconds() - before
        self.samples[job].add(cpu=cpu / count, rate=count / seconds)

    def checked(self) -> dict[str, int]:
        """Read back what was asked for and sent; return how many objects were compared."""
        port = self.server.port
        return {
            "own Locations": check_pages(port, self.work),
            "pushed Locations": check_locations(port, self.work),
            "CDRs of the last round": check_cdrs(port, self.work, self.answers),
        }


def measure(rounds: int) -> dict[str, Any]:
    """Run the same work with both, job by job in turn.

    Returns:
        Figures for each platform and job, how many times faster ours is, and what was read back
        to see that the work was done.

    Raises:
        UnequalWork: A platform did not do it.
        FileNotFoundError: The peer's environment was not made.
    """
    with scratch() as folder, _both(folder) as runners:
        for job in JOBS:
            for runner in runners.values():
                runner.warm(job)
        for _ in range(rounds):
            for job in JOBS:
                for runner in runners.values():
                    runner.round(job)
        checked = {name: runner.checked() for name, runner in runners.items()}
        disk = _disk(folder)
    samples = {name: runner.samples for name, runner in runners.items()}
    return {**_report(samples), "read back": checked, "durable write of 4 KB, ms": disk}


@contextmanager
def _both(folder: Path) -> Iterator[dict[str, _Runner]]:
    if not _PYTHON.exists():
        raise FileNotFoundError(f"{_PYTHON} is missing; run 'make bench'")
    locations = folder / "locations.json"
    texts = (codec.encode(location(number)) for number in range(OWN))
    locations.write_bytes(b"[" + b",".join(texts) + b"]")
    with (
        serving("bench.servers.platform", str(folder), str(locations)) as ours,
        serving("bench.servers.extrawest", str(locations), python=str(_PYTHON)) as peer,
    ):
        yield {
            "ours": _Runner(ours, Work(_OURS)),
            "extrawest-ocpi": _Runner(peer, Work(_PEER)),
        }


def _disk(folder: Path) -> dict[str, float]:
    """Measure what the disk takes for a write that lasts, to read the figures by."""
    taken = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(100):
            started = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - started) * 1e3)
    return spread(taken)


def _report(samples: Mapping[str, Mapping[str, Samples]]) -> dict[str, Any]:
    ours, peer = samples["ours"], samples["extrawest-ocpi"]
    return {
        "figures": {
            f"{name}: {job}": sample.figures()
            for name, jobs in samples.items()
            for job, sample in jobs.items()
        },
        "times its requests per second": {job: ours[job].faster(peer[job]) for job in JOBS},
        "times less CPU": {job: peer[job].ratio(ours[job]) for job in JOBS},
    }

"""A platform with many Locations: taking them in, pages deep in the list, a whole pull.

``python -m bench.measures.depth 1000000 [--postgresql]`` measures another number of them.
"""

import gzip
import http.client
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bench.figures import Samples
from bench.load import LoadRequest, drive
from bench.measures.memory import watching
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.servers.platform import write_settings
from bench.work import HEADERS, PAGE
from ocpi_runtime import codec
from ocpi_runtime.paging import parse_link
from tests.support.postgres import new_database

__all__ = ["LOCATIONS", "TARGETS", "measure", "run_pinned"]

LOCATIONS: Final = 200_000
TARGETS: Final = {
    "last page to first, CPU, at most": 1.2,
    "imported per second, at least": 10_000.0,
}
_REQUESTS: Final = 400
_FIRST: Final = f"/2.2.1/sender/locations?limit={PAGE}"
_PARTS: Final = 20
_NUMBER: Final = b"9876543"
_ID: Final = re.compile(rb'"id":"LOC(\d+)"')


def measure(rounds: int, count: int = LOCATIONS, *, postgresql: bool = False) -> dict[str, Any]:
    """Fill a platform, then read it in depth and as a whole.

    Raises:
        RuntimeError: Not all of the Locations are there.
    """
    with scratch() as folder:
        if postgresql:
            (folder / "database").write_text(new_database(durable=True))
        file = folder / "locations.json.gz"
        _write(file, count)
        report: dict[str, Any] = {"Locations": count}
        _add(report, {"import": _import(folder, file, count)})
        with serving("bench.servers.platform", str(folder)) as server:
            last, crawled = _crawl(server, count)
            _add(report, {"crawl": crawled})
            _add(report, _pages(server, last, count, rounds))
            _add(report, {"whole pull": _pull(server, count)})
    return report


def _add(report: dict[str, Any], figures: dict[str, Any]) -> None:
    """Add figures to a report, and show them at once: the others take long."""
    report.update(figures)
    print(json.dumps(figures), file=sys.stderr)


def _write(file: Path, count: int) -> None:
    pattern = codec.encode(location(int(_NUMBER)))
    with gzip.open(file, "wb", compresslevel=1) as out:
        out.write(b"[\n")
        for number in range(count):
            out.write(pattern.replace(_NUMBER, b"%07d" % number))
            out.write(b",\n" if number + 1 < count else b"\n]\n")


def _import(folder: Path, file: Path, count: int) -> dict[str, Any]:
    """Fill the store by the platform's own command.

    Raises:
        RuntimeError: Not every Location was taken.
    """
    ocpi = str(Path(sys.executable).parent / "ocpi")
    config = str(write_settings(folder))
    command = [ocpi, "import", "locations", str(file), "--config", config, "--json"]
    taken = run_pinned(command, core=0)
    done = json.loads(taken.pop("printed"))
    if done["created"] != count:
        raise RuntimeError(f"The import took {done}.")
    return {"per second": round(count / taken["seconds"]), **taken}


def run_pinned(command: list[str], core: int) -> dict[str, Any]:
    """Run a command to its end; return its seconds, its memory and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    os.sched_setaffinity(process.pid, {core})
    with watching(process.pid) as watch:
        printed, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}.")
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": round(seconds, 2),
        "CPU seconds": round(cpu, 2),
        "memory, MB": watch.tenths(),
        "printed": printed.strip(),
    }


def _crawl(server: Server, count: int) -> tuple[str, dict[str, Any]]:
    """Follow the Links to the end, each page for the first time; return the path of the last page.

    Raises:
        RuntimeError: Not every Location came once.
    """
    found: set[bytes] = set()
    path = _FIRST
    spent = [server.cpu_seconds()]
    with watching(server.pid) as watch:
        for path, text, total in _linked(server.port):
            numbers = _ID.findall(text)
            if total != count or len(numbers) != PAGE or not found.isdisjoint(numbers):
                raise RuntimeError(f"{path} has {len(numbers)} objects of {total}.")
            found.update(numbers)
            if len(found) % (count // _PARTS) == 0:
                spent.append(server.cpu_seconds())
    if len(found) != count:
        raise RuntimeError(f"The pages have {len(found)} objects.")
    return path, {**_parts(spent, count), "memory, MB": watch.tenths()}


def _parts(spent: list[float], count: int) -> dict[str, Any]:
    """Return the CPU of a page in each part of the crawl, and that of the last to the first."""
    pages = count / _PARTS / PAGE
    each = [(after - before) / pages for before, after in pairwise(spent)]
    ratio = round(each[-1] / each[0], 2)
    return {"cpu_us of a page": [round(one * 1e6) for one in each], "last to first": ratio}


def _linked(port: int) -> Iterator[tuple[str, bytes, int]]:
    path: str | None = _FIRST
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        while path is not None:
            connection.request("GET", path, headers=dict(HEADERS))
            answer = connection.getresponse()
            yield path, answer.read(), int(answer.headers["X-Total-Count"])
            url = parse_link(answer.headers["Link"] or "")
            path = None if url is None else "/" + url.split("/", 3)[3]


def _pages(server: Server, last: str, count: int, rounds: int) -> dict[str, Any]:
    """Measure the first page, the last one by its Link, and the last one by a plain offset."""
    paths = {"first": _FIRST, "last": last, "by offset": f"{_FIRST}&offset={count - PAGE}"}
    samples = {name: Samples() for name in paths}
    for number in range(rounds + 1):
        for name, path in paths.items():
            before = server.cpu_seconds()
            seconds = drive(server.port, [LoadRequest("GET", path, headers=HEADERS)], _REQUESTS)
            cpu = server.cpu_seconds() - before
            if number:
                samples[name].add(cpu=cpu / _REQUESTS, rate=_REQUESTS / seconds)
    return {
        "figures": {name: sample.figures() for name, sample in samples.items()},
        "last page to first, CPU": samples["last"].ratio(samples["first"]),
        "last page by offset to first, CPU": samples["by offset"].ratio(samples["first"]),
    }


def _pull(server: Server, count: int) -> dict[str, Any]:
    """Pull everything with the generated client and watch the memory of both sides.

    Raises:
        RuntimeError: Not every Location came.
    """
    url = f"http://127.0.0.1:{server.port}/versions"
    before = server.cpu_seconds()
    with watching(server.pid) as watch:
        client = run_pinned([sys.executable, "-m", "bench.pull", url], core=1)
    if client.pop("printed") != str(count):
        raise RuntimeError("The client did not get all Locations.")
    return {
        "client": client,
        "Locations per second": round(count / client["seconds"]),
        "server": {
            "CPU seconds": round(server.cpu_seconds() - before, 2),
            "memory, MB": watch.tenths(),
        },
    }


def _main(
    count: int,
    postgresql: Annotated[bool, typer.Option(help="On PostgreSQL, not SQLite.")] = False,  # noqa: FBT002 - an option
    rounds: int = 3,
) -> None:
    """Measure with a number of Locations; print the figures as JSON."""
    print(json.dumps(measure(rounds, count, postgresql=postgresql), indent=2))


if __name__ == "__main__":
    typer.run(_main)

"""A server in a process of its own, bound to one core, with its CPU time to the nanosecond."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.serving import free_port, wait_for_port

__all__ = ["Server", "scratch", "serving"]

_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Add up the time that all threads of the process spent on a processor."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9


@contextmanager
def serving(
    module: str, *arguments: str, core: int = 0, python: str = sys.executable
) -> Iterator[Server]:
    """Run ``python -m module PORT arguments`` until the block ends.

    Args:
        module: A module that serves on the loopback port that it is given.
        arguments: Further arguments of the module.
        core: The processor that the server may use.
        python: The interpreter, for peers that live in an environment of their own.
    """
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own module
        [python, "-W", "ignore", "-m", module, str(port), *arguments],
        stdout=subprocess.DEVNULL,
    )
    try:
        os.sched_setaffinity(process.pid, {core})
        wait_for_port(process, port, _START_SECONDS)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=_STOP_SECONDS)


@contextmanager
def scratch() -> Iterator[Path]:
    """Return a folder on the disk of the checkout: what lies in memory only is durable at once."""
    build = Path("build").resolve()
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as folder:
        yield Path(folder)

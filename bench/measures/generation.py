"""What `ocpi generate` costs when the package is already what it would write."""

import resource
import subprocess
import sys
from statistics import median
from typing import Any, Final

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {"unchanged_seconds_of_cpu_at_most": 1.0}


def measure(rounds: int) -> dict[str, Any]:
    """Return the median CPU time in seconds, each in a new process."""
    _generate()
    return {"unchanged_seconds_of_cpu": round(median(_generate() for _ in range(rounds)), 2)}


def _generate() -> float:
    before = _used()
    command = [sys.executable, "-c", "from ocpi_runtime.cli import main; main()", "generate"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - code of ours
    return _used() - before


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

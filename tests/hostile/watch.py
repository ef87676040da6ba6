"""How long an event loop is held, and how much memory a process takes, seen from inside."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Watch", "peak_memory"]

_TURN: Final = 0.001


@dataclass
class Watch:
    """Measures CPU time between two turns of an event loop.

    CPU time and not the clock: another process on the machine does not hold this loop.

    Attributes:
        longest: The longest time so far, in seconds.
    """

    longest: float = 0.0

    async def run(self) -> None:
        """Watch the running loop until the task is cancelled."""
        while True:
            started = time.thread_time()
            await asyncio.sleep(_TURN)
            self.longest = max(self.longest, time.thread_time() - started)

    def take(self) -> float:
        """Return the longest time and start over."""
        taken, self.longest = self.longest, 0.0
        return taken


def peak_memory(pid: int | str = "self") -> float:
    """Return the most memory that a process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))

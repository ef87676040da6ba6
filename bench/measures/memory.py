"""The memory of a process while it works."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Watch", "watching"]

_SECONDS = 0.1
_PARTS = 10


class Watch:
    """The resident memory of a process, in MB, sample by sample."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._samples: list[float] = []

    def sample(self) -> None:
        """Take one sample; a process that has ended gives none."""
        try:
            lines = self._status.read_text().splitlines()
        except OSError:
            return
        for line in lines:
            if line.startswith("VmRSS:"):
                self._samples.append(int(line.split()[1]) / 1024)

    def tenths(self) -> list[float]:
        """Return the greatest value in each tenth of the time: flat is when they do not grow."""
        samples = self._samples
        edges = [len(samples) * part // _PARTS for part in range(_PARTS + 1)]
        parts = [samples[edges[at] : edges[at + 1]] for at in range(_PARTS)]
        return [round(max(part), 1) for part in parts if part]


@contextmanager
def watching(pid: int) -> Iterator[Watch]:
    """Take samples of a process until the block ends."""
    watch, over = Watch(pid), threading.Event()

    def run() -> None:
        while not over.wait(_SECONDS):
            watch.sample()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()

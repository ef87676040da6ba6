"""What was wrong in a list and left out, kept up to a bound and reported."""

from dataclasses import replace
from typing import Any

from ocpi_runtime import codec
from ocpi_runtime._wire.exchange import Problem
from ocpi_runtime.client._calls.call import report
from ocpi_runtime.client._calls.outcome import Arrived
from ocpi_runtime.client._options import Settings
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Raw

__all__ = ["ListProblems"]

_KEPT_PROBLEMS = 1000
_KEPT_BYTES = 16 * 1024 * 1024


class ListProblems:
    """The problems of one pass over a list.

    Attributes:
        kept: The first 1000; with the JSON text of what was left out until 16 MB are kept.
        complete: Whether the JSON text of all that was left out is among them.
    """

    def __init__(self, settings: Settings, operation: str) -> None:
        self.kept: list[Problem] = []
        self.complete = True
        self._settings = settings
        self._operation = operation
        self._kept_bytes = 0

    def add(self, arrived: Arrived, message: str) -> None:
        """Report what is wrong with a page."""
        self.add_at(arrived.outgoing.url, message)

    def add_item(self, arrived: Arrived, item: codec.BrokenItem) -> None:
        """Report an item that was left out."""
        first = item.violations[0] if item.violations else Violation("", "type", "cannot be read")
        message = f"The item was left out: {first.pointer or 'it'} {first.message}"
        url, pointer = arrived.outgoing.url, f"/{item.index}"
        self.add_at(url, message, pointer, item.raw, item.violations, item.partial)

    def add_at(
        self,
        url: str,
        message: str,
        pointer: str = "",
        raw: Raw | None = None,
        violations: tuple[Violation, ...] = (),
        partial: Any = None,
    ) -> None:
        """Report what is wrong at a URL, and keep it while there is room."""
        problem = Problem(self._operation, url, message, pointer, raw, violations, partial)
        if len(self.kept) < _KEPT_PROBLEMS:
            self._kept_bytes += len(raw or b"")
            fits = self._kept_bytes <= _KEPT_BYTES
            self.kept.append(problem if fits else replace(problem, raw=None, partial=None))
        if raw is not None and self.kept[-1].raw is not raw:
            self.complete = False
        report(self._settings, problem)

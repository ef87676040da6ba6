"""What was found wrong, as data."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ocpi_conformance.exchanges.wire import RecordedExchange, shown
from ocpi_conformance.rules import Fault

__all__ = ["Collector", "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that an operation breaks, with the smallest exchange that shows it.

    Attributes:
        target: The bundle, such as ``2.2.1 locations.sender``.
        operation: The operationId; ``*`` where no operation was meant.
        fault: What is wrong.
        why: The URL of the section of the specification.
        exchange: The request and the answer.
        times: How many exchanges showed it.
        steps: Of a sequence, all requests and answers in their order; the last one is ``exchange``.
    """

    target: str
    operation: str
    fault: Fault
    why: str
    exchange: RecordedExchange | None
    times: int = 1
    steps: tuple[RecordedExchange, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the finding as JSON builtins."""
        out: dict[str, Any] = {
            "rule": self.fault.rule.id,
            "severity": self.fault.severity,
            "target": self.target,
            "operation": self.operation,
            "expected": self.fault.expected,
            "got": self.fault.got,
            "why": self.why,
            "times": self.times,
        }
        if self.exchange is not None:
            out |= _shown(self.exchange)
        if self.steps:
            out["steps"] = [_shown(step) for step in self.steps]
        return out


def _shown(exchange: RecordedExchange) -> dict[str, Any]:
    return {
        "reproduce": exchange.sent.curl(),
        "request": shown(exchange.sent),
        "answer": shown(exchange.answer),
    }


@dataclass(slots=True)
class Collector:
    """All findings of a run: one for each rule and operation, the smallest request kept."""

    _found: dict[tuple[str, str, str], Finding] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Take in a finding."""
        key = (finding.fault.rule.id, finding.target, finding.operation)
        known = self._found.get(key)
        if known is None:
            self._found[key] = finding
            return
        best = finding if _size(finding) < _size(known) else known
        self._found[key] = replace(best, times=known.times + 1)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


def _size(finding: Finding) -> int:
    steps = finding.steps or ((finding.exchange,) if finding.exchange else ())
    return sum(step.sent.size for step in steps)

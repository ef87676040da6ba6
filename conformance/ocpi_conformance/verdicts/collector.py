"""What was found wrong: one finding for each cause, wherever it shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.reports import Finding, Occurrence
from ocpi_conformance.rules import Fault, Severity
from ocpi_conformance.rules.messages import envelope, malformed

__all__ = ["Breach", "Collector"]

_OF_ONE_CAUSE: Final = (
    malformed.HTTP_ERROR.id,
    malformed.NOT_JSON.id,
    envelope.DOCUMENTED_STATUS.id,
)
"""Rules that an error of HTTP breaks where a body is refused; the first states it best."""
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken once.

    Attributes:
        target: The bundle, such as ``2.2.1 locations.sender``.
        operation: The operationId.
        fault: What is wrong.
        why: The URL of the section of the specification.
        steps: The requests and answers that show it; the last one does.
    """

    target: str
    operation: str
    fault: Fault
    why: str
    steps: tuple[RecordedExchange, ...]

    @property
    def rank(self) -> tuple[int, int]:
        """How good it is to show: the worst first, then the smallest."""
        return _ORDER.index(self.fault.severity), sum(one.sent.size for one in self.steps)


@dataclass(slots=True)
class Collector:
    """All findings of a run: one for each rule and shape of the fault, the smallest shown."""

    _best: dict[tuple[str, str], Breach] = field(default_factory=dict)
    _counts: dict[tuple[str, str], Counter[tuple[str, str]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, breach: Breach) -> bool:
        """Take in a breach; return whether its cause is new."""
        key = (breach.fault.rule.id, breach.fault.shape)
        with self._lock:
            known = self._best.get(key)
            if known is None or breach.rank < known.rank:
                self._best[key] = breach
            self._counts.setdefault(key, Counter())[breach.target, breach.operation] += 1
        return known is None

    def findings(self) -> Sequence[Finding]:
        """Return the findings, errors first, then those that show most often."""
        with self._lock:
            found = [_finding(one, self._counts[key]) for key, one in self._best.items()]
        found = _joined(found)
        found.sort(key=lambda one: (_ORDER.index(one.severity), -one.times, one.rule, one.cause))
        return found

    def __len__(self) -> int:
        return len(self._best)


def _joined(findings: Sequence[Finding]) -> list[Finding]:
    """Make one finding of those whose cause is one answer that several rules forbid."""
    alike: dict[str, list[Finding]] = {}
    others: list[Finding] = []
    for one in findings:
        if one.rule in _OF_ONE_CAUSE:
            alike.setdefault(one.cause, []).append(one)
        else:
            others.append(one)
    return [*others, *map(_one_of, alike.values())]


def _one_of(alike: list[Finding]) -> Finding:
    first, *rest = sorted(alike, key=lambda one: _OF_ONE_CAUSE.index(one.rule))
    # Several rules may judge one exchange: it is counted once.
    times: dict[tuple[str, str], int] = {}
    for place in (place for one in alike for place in one.occurrences):
        where = (place.target, place.operation)
        times[where] = max(times.get(where, 0), place.times)
    ordered = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    return replace(
        first,
        severity=min((one.severity for one in alike), key=_ORDER.index),
        also=tuple(one.rule for one in rest),
        occurrences=tuple(Occurrence(*where, count) for where, count in ordered),
    )


def _finding(breach: Breach, counts: Counter[tuple[str, str]]) -> Finding:
    fault = breach.fault
    rule = fault.rule
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Finding(
        rule=rule.id,
        severity=fault.severity,
        title=rule.title,
        expected=fault.expected,
        got=fault.got,
        cause=fault.shape,
        occurrences=tuple(Occurrence(*where, times) for where, times in ordered),
        why=breach.why,
        clause=rule.clause.text,
        strength=rule.clause.strength,
        fix=rule.fix,
        pointer=fault.pointer,
        repair=fault.repair,
        steps=breach.steps,
    )

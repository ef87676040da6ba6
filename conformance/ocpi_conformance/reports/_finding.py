"""One cause of breaches, with the smallest exchange that shows it."""

import hashlib
from dataclasses import dataclass

from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.rules import Severity, Strength

__all__ = ["Finding", "Occurrence"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a cause shows.

    Attributes:
        target: The bundle, such as ``2.2.1 locations.sender``.
        operation: The operationId; ``*`` where no operation was meant.
        times: How many exchanges showed it there.
    """

    target: str
    operation: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken in one way, wherever it shows.

    Attributes:
        rule: The id of the rule.
        severity: Of this breach.
        title: What is wrong, in one line.
        expected: What would have been right.
        got: What came instead.
        cause: The shape of the fault, without values: equal causes are one finding.
        pointer: JSON pointer into the body of the answer or request; empty where none applies.
        occurrences: Where it shows, the most frequent first.
        why: The URL of the section of the specification.
        clause: What the section demands, in our own words.
        strength: How strongly it does.
        fix: What the party can do about it.
        repair: What of the dialect of the party makes up for it, so that it does no harm; empty
            where nothing does.
        also: Ids of other rules that the same cause breaks.
        steps: All exchanges that are needed to see it, in their order; the last one shows it.
    """

    rule: str
    severity: Severity
    title: str
    expected: str
    got: str
    cause: str
    occurrences: tuple[Occurrence, ...]
    why: str = ""
    clause: str = ""
    strength: Strength = Strength.MUST
    fix: str = ""
    pointer: str = ""
    repair: str = ""
    also: tuple[str, ...] = ()
    steps: tuple[RecordedExchange, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of all rules that it breaks."""
        return (self.rule, *self.also)

    @property
    def times(self) -> int:
        """How many exchanges showed it."""
        return sum(one.times for one in self.occurrences)

    @property
    def exchange(self) -> RecordedExchange | None:
        """The exchange that shows it."""
        return self.steps[-1] if self.steps else None

    @property
    def fingerprint(self) -> str:
        """Identifies the cause in baselines and comparisons: the same in every run."""
        text = f"{self.rule}\n{self.cause}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

"""How much a run may cost, and how far it is."""

import math
import time
from dataclasses import dataclass, field
from threading import Event

__all__ = ["Allowance", "Budget", "Progress"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may cost.

    Attributes:
        cases: How many requests to send, in total: generated ones, probes, sequences, pulls of
            lists, and what makes findings smaller.
        seconds: When to stop at the latest.
        seed: Where random draws begin.
        timeout: Seconds until an answer must be there.
        sequences: The share of sequences, in which one request follows from another; 0 for none,
            1 for nothing else.
        result_timeout: Seconds until the result of a command must have come, where the answer to
            the command does not allow less.
    """

    cases: int = 2000
    seconds: float = 600.0
    seed: int = 1
    timeout: float = 10.0
    sequences: float = 0.3
    result_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        target: The bundle in progress.
        operation: The operation in progress.
        done: How many operations are done.
        total: How many there are.
        findings: How many findings there are so far.
    """

    target: str
    operation: str
    done: int
    total: int
    findings: int


@dataclass(slots=True)
class Allowance:
    """Counts every request of a run, whatever it is sent for.

    Attributes:
        cases: How many requests the whole run may send.
        end: When the run is over, on the monotonic clock.
        stop: Is set when the run is over before that.
        sent: How many were sent.
        until: How many may be sent before the current part of the run is over.
        reserve: How many are kept for the parts that come later, whatever is under way.
    """

    cases: float = math.inf
    end: float = math.inf
    stop: Event = field(default_factory=Event)
    sent: int = 0
    until: float = math.inf
    reserve: float = 0

    @property
    def left(self) -> float:
        """How many requests the current part may still send."""
        return 0 if self.is_over else max(0, min(self.cases, self.until) - self.sent)

    @property
    def is_over(self) -> bool:
        """Whether the whole run is over."""
        return self.stop.is_set() or self.sent >= self.cases or time.monotonic() > self.end

    def take(self) -> bool:
        """Count a request; return false where it must not be sent any more."""
        if self.is_over or self.sent >= self.cases - self.reserve:
            return False
        self.sent += 1
        return True

"""How many requests a run may still send, and until when."""

import math
import time
from dataclasses import dataclass, field
from threading import Event

__all__ = ["Allowance"]


@dataclass(slots=True)
class Allowance:
    """Counts every request of a run, whatever it is sent for.

    Attributes:
        cases: How many requests the whole run may send.
        end: When the run is over, on the monotonic clock.
        stop: Is set when the run is over before that.
        sent: How many were sent.
        until: How many may be sent before the part of the run that is at work is over.
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
        """How many requests the part that is at work may still send."""
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

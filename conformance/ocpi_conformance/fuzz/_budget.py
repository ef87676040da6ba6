"""How much a run may cost, and how far it is."""

from dataclasses import dataclass

__all__ = ["Budget", "Progress"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may cost.

    Attributes:
        cases: How many requests to send, all in all: generated ones, probes, sequences, pulls of
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
        target: The bundle that is at work.
        operation: The operation that is at work.
        done: How many operations are done.
        total: How many there are.
        findings: How many findings there are so far.
    """

    target: str
    operation: str
    done: int
    total: int
    findings: int

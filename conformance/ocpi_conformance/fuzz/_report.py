"""What a run of the fuzzer says in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ocpi_conformance.fuzz._findings import Finding
from ocpi_conformance.fuzz._session import OperationCounts
from ocpi_conformance.fuzz.sequences import SequenceResult

__all__ = ["Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of fuzzing one party.

    Attributes:
        seed: With it the run comes out the same again.
        seconds: How long it took.
        tallies: By target and operationId, what became of the cases.
        findings: What is wrong, errors first.
        problems: What the fuzzer could not do itself; an operation may be left untested.
        sequence_results: What became of the sequences, by target and name; their requests are
            in ``tallies``.
    """

    seed: int
    seconds: float
    tallies: Mapping[str, Mapping[str, OperationCounts]]
    findings: Sequence[Finding]
    problems: Sequence[str] = field(default_factory=tuple)
    sequence_results: Mapping[str, Mapping[str, SequenceResult]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many requests were checked."""
        return sum(one.cases for target in self.tallies.values() for one in target.values())

    @property
    def errors(self) -> list[Finding]:
        """The findings that break the specification, without those against its advice."""
        return [one for one in self.findings if one.fault.severity == "error"]

    def as_data(self) -> dict[str, Any]:
        """Return the report as JSON builtins."""
        return {
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "cases": self.cases,
            "targets": {
                target: {operation: _tally(one) for operation, one in operations.items()}
                for target, operations in self.tallies.items()
            },
            "sequences": {
                target: {name: asdict(one) for name, one in sequences.items()}
                for target, sequences in self.sequence_results.items()
            },
            "findings": [one.as_data() for one in self.findings],
            "problems": list(self.problems),
        }


def _tally(tally: OperationCounts) -> dict[str, Any]:
    return {
        "cases": tally.cases,
        "valid": tally.valid,
        "reached": tally.reached,
        "outcomes": dict(tally.outcomes),
    }

"""What a run of the fuzzer found, and what it did."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.fuzz._session import OperationCounts
from ocpi_conformance.fuzz.sequences import SequenceResult
from ocpi_conformance.reports import Finding, Report, write_report
from ocpi_runtime.codec import format_timestamp

__all__ = ["FuzzResult", "report_of"]


@dataclass(frozen=True, slots=True)
class FuzzResult:
    """The result of fuzzing one party.

    Attributes:
        report: What is wrong, in the form that all checks have.
        tallies: By target and operationId, what became of the cases.
        sequence_results: What became of the sequences, by target and name; their requests are
            in ``tallies``.
    """

    report: Report
    tallies: Mapping[str, Mapping[str, OperationCounts]]
    sequence_results: Mapping[str, Mapping[str, SequenceResult]] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong, errors first."""
        return self.report.findings

    @property
    def problems(self) -> Sequence[str]:
        """What the fuzzer could not do itself; an operation may be left untested."""
        return self.report.problems

    @property
    def cases(self) -> int:
        """Number of requests that were checked."""
        return self.report.requests

    def as_data(self) -> dict[str, Any]:
        """Return the report as JSON builtins, with what became of each operation and sequence."""
        data: dict[str, Any] = json.loads(write_report(self.report))
        data["operations"] = {
            target: {name: _counts(one) for name, one in operations.items()}
            for target, operations in self.tallies.items()
        }
        data["sequences"] = {
            target: {name: asdict(one) for name, one in sequences.items()}
            for target, sequences in self.sequence_results.items()
        }
        return data


def _counts(counts: OperationCounts) -> dict[str, Any]:
    return {**asdict(counts), "outcomes": dict(counts.outcomes)}


def report_of(
    targets: Sequence[Target],
    findings: Sequence[Finding],
    *,
    began: datetime,
    seconds: float,
    seed: int,
    requests: int,
    problems: Sequence[str],
) -> Report:
    """Put a report together.

    Args:
        targets: What was fuzzed.
        findings: What is wrong, errors first.
        began: When the run began.
        seconds: How long it took.
        seed: Where random draws began.
        requests: How many requests were judged.
        problems: What could not be done.
    """
    return Report(
        tool="fuzz",
        party=targets[0].url if targets else "",
        versions=tuple(dict.fromkeys(one.version for one in targets)),
        began=format_timestamp(began),
        seconds=round(seconds, 1),
        seed=seed,
        requests=requests,
        findings=findings,
        problems=problems,
    )

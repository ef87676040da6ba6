"""What changed from one report to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report, RuleResult, Verdict

__all__ = ["ReportDifference", "VerdictChange", "compare"]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A rule whose verdict changed.

    Attributes:
        rule: Its id.
        target: Where.
        before: The verdict in the first report; None where it has none.
        after: The verdict in the second one.
    """

    rule: str
    target: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class ReportDifference:
    """What changed.

    Attributes:
        new: Findings of the second report alone.
        gone: Findings of the first report alone.
        same: How many both have.
        verdicts: Rules whose verdicts differ.
    """

    new: Sequence[Finding] = ()
    gone: Sequence[Finding] = ()
    same: int = 0
    verdicts: Sequence[VerdictChange] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return it as data for JSON."""
        return {
            "new": [_finding(one) for one in self.new],
            "gone": [_finding(one) for one in self.gone],
            "same": self.same,
            "verdicts": [
                {
                    "rule": one.rule,
                    "target": one.target,
                    "before": one.before and one.before.value,
                    "after": one.after and one.after.value,
                }
                for one in self.verdicts
            ],
        }


def compare(before: Report, after: Report) -> ReportDifference:
    """Compare two reports by causes and verdicts."""
    old = {one.fingerprint: one for one in before.findings}
    new = {one.fingerprint: one for one in after.findings}
    return ReportDifference(
        new=[one for key, one in new.items() if key not in old],
        gone=[one for key, one in old.items() if key not in new],
        same=len(old.keys() & new.keys()),
        verdicts=_changes(before.rules, after.rules),
    )


def _changes(before: Sequence[RuleResult], after: Sequence[RuleResult]) -> list[VerdictChange]:
    old = {(one.rule, one.target): one.verdict for one in before}
    new = {(one.rule, one.target): one.verdict for one in after}
    return [
        VerdictChange(*key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) is not new.get(key)
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "title": finding.title,
        "times": finding.times,
    }

"""The summary of a report: counts by target, module and rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report, RuleResult, Verdict
from ocpi_conformance.rules import Severity

__all__ = ["Counts", "RuleSummary", "Summary"]

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)


class Counts(Counter[Verdict]):
    """How often each verdict was reached."""

    @property
    def applicable(self) -> int:
        """How many rules apply, asked or not."""
        return self.total() - self[Verdict.NOT_APPLICABLE]

    @property
    def asked(self) -> int:
        """How many of these were asked."""
        return self.applicable - self[Verdict.NOT_ASKED]

    @property
    def share(self) -> float:
        """What part of the applicable rules was asked; all of none is nothing."""
        return self.asked / self.applicable if self.applicable else 0.0

    @property
    def bars(self) -> list[tuple[str, float, float, int]]:
        """The parts of a bar 100 wide: class, begin, width, count."""
        made, at = [], 0.0
        for verdict in (Verdict.PASSED, Verdict.WARNING, Verdict.FAILED, Verdict.NOT_ASKED):
            width = 100 * self[verdict] / self.applicable if self[verdict] else 0.0
            if width:
                name = verdict.value.replace(" ", "-")
                made.append((name, round(at, 2), round(width, 2), self[verdict]))
            at += width
        return made


@dataclass(slots=True)
class RuleSummary:
    """One rule over all targets.

    Attributes:
        result: One of its results; the rule is the same in all.
        counts: Its verdicts.
        reasons: Why it was not asked or does not apply, with the number of targets.
    """

    result: RuleResult
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)


class Summary:
    """Counts of a report.

    Attributes:
        total: Over all rules and targets.
        targets: For each target; modules of one version are together.
        rules: For each rule.
        findings: Errors first, then the more frequent; accepted ones last.
    """

    def __init__(self, report: Report) -> None:
        self.total = Counts(one.verdict for one in report.rules)
        self.targets = _by_target(report.rules)
        self.rules = _by_rule(report.rules)
        self.findings = _sorted(report)
        self.new = Counter(one.severity.value for one in report.new)
        self.modules = sorted({name for one in report.findings for name in modules_of(one)})
        self.rule_ids = sorted({rule for one in report.findings for rule in one.rules})

    def modules_of(self, finding: Finding) -> list[str]:
        """Return the modules at which a finding shows."""
        return modules_of(finding)


def modules_of(finding: Finding) -> list[str]:
    """Return the modules at which a finding shows."""
    return sorted({_module(one.target) for one in finding.occurrences})


def _module(target: str) -> str:
    """Return the module of a target such as ``2.2.1 locations.sender``."""
    return target.partition(" ")[2].partition(".")[0] or target


def _by_target(results: Iterable[RuleResult]) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(Counts)
    for one in results:
        found[one.target][one.verdict] += 1
    return dict(sorted(found.items()))


def _by_rule(results: Iterable[RuleResult]) -> list[RuleSummary]:
    found: dict[str, RuleSummary] = {}
    for one in results:
        summary = found.setdefault(one.rule, RuleSummary(one))
        summary.counts[one.verdict] += 1
        if one.reason:
            summary.reasons[one.reason] += 1
    return [found[rule] for rule in sorted(found)]


def _sorted(report: Report) -> Sequence[Finding]:
    return sorted(
        report.findings,
        key=lambda one: (
            one.fingerprint in report.accepted, _ORDER.index(one.severity), -one.times, one.rule,
        ),
    )  # fmt: skip

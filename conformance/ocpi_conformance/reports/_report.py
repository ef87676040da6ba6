"""The result of a run: a verdict for each rule, and the findings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.rules import Severity, Strength

__all__ = ["Report", "RuleResult", "Verdict"]


class Verdict(StrEnum):
    """The result of a rule; one that was not asked never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_APPLICABLE = "not applicable"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule at one target.

    Attributes:
        rule: The id of the rule.
        title: What holds where it is kept.
        severity: How bad a breach is.
        strength: How strongly the specification demands it.
        why: The URL of the section of the specification.
        target: The bundle, such as ``2.2.1 locations.sender``, or the version alone.
        verdict: What became of it.
        reason: Why it is not applicable or was not asked; empty otherwise.
        asked: How many exchanges it was applied to.
    """

    rule: str
    title: str
    severity: Severity
    strength: Strength
    why: str
    target: str
    verdict: Verdict
    reason: str = ""
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run.

    Attributes:
        tool: What made it: ``check``, ``fuzz``, ``mock`` or ``replay``.
        party: The URL of the party that was judged; of a client, how it calls itself.
        versions: The OCPI versions that were spoken.
        role: The role of the party, ``cpo``, ``emsp`` or ``hub``; empty where it is not known.
        began: When the run began, RFC 3339 in UTC.
        seconds: How long it took.
        seed: With it the run comes out the same again.
        requests: How many requests were judged.
        rules: What became of each rule at each target.
        findings: What is wrong, errors first.
        problems: What could not be done, one sentence each.
        created: Objects that were made at the party, as URLs or ids.
        accepted: Fingerprints of a baseline that were found again.
        gone: Fingerprints of a baseline that were not found again.
    """

    tool: str
    party: str
    versions: tuple[str, ...] = ()
    role: str = ""
    began: str = ""
    seconds: float = 0.0
    seed: int = 0
    requests: int = 0
    rules: Sequence[RuleResult] = ()
    findings: Sequence[Finding] = ()
    problems: Sequence[str] = ()
    created: Sequence[str] = ()
    accepted: frozenset[str] = field(default_factory=frozenset)
    gone: frozenset[str] = field(default_factory=frozenset)

    @property
    def new(self) -> list[Finding]:
        """The findings that no baseline accepts."""
        return [one for one in self.findings if one.fingerprint not in self.accepted]

    @property
    def harmful(self) -> list[Finding]:
        """The new findings that no dialect of the party repairs."""
        return [one for one in self.new if not one.repair]

    @property
    def errors(self) -> list[Finding]:
        """The new findings that break the specification."""
        return [one for one in self.new if one.severity is Severity.ERROR]

    def count(self, verdict: Verdict) -> int:
        """Return how many rules came out in one way, over all targets."""
        return sum(one.verdict is verdict for one in self.rules)

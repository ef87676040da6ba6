"""What became of each rule at each target."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ocpi_conformance.reports import RuleResult, Verdict
from ocpi_conformance.rules import Rule, Severity

__all__ = ["Results", "section_url"]

_BREACHES: Final = {Severity.ERROR: Verdict.FAILED, Severity.WARNING: Verdict.WARNING}
_ASCIIDOC: Final = ".asciidoc#"


_NOT_YET: Final = (Verdict.NOT_ASKED, "No exchange was about it.")


@dataclass(slots=True)
class _Count:
    """A rule at a target.

    Attributes:
        asked: How many exchanges it was applied to.
        broken: The severities of its breaches.
        skipped: Why it was not asked, and whether it could have been.
    """

    rule: Rule
    target: str
    why: str
    asked: int = 0
    broken: set[Severity] = field(default_factory=set)
    skipped: tuple[Verdict, str] = _NOT_YET


@dataclass(slots=True)
class Results:
    """Counts what is asked, and makes verdicts of it."""

    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    def expect(self, rule: Rule, target: str, why: str) -> None:
        """Enter a rule at a target: it counts as not asked until it is."""
        self._counts.setdefault((rule.id, target), _Count(rule, target, why))

    def entered(self) -> set[str]:
        """Return the ids of the rules that were entered at any target."""
        return {rule for rule, _ in self._counts}

    def asked(self, rule: Rule, target: str, times: int = 1) -> None:
        """Count exchanges that a rule was applied to."""
        if (rule.id, target) in self._counts:
            self._counts[rule.id, target].asked += times

    def broken(self, rule: Rule, target: str, severity: Severity) -> None:
        """Note a breach."""
        if (rule.id, target) in self._counts:
            self._counts[rule.id, target].broken.add(severity)

    def skipped(self, rule: Rule, target: str, reason: str, *, applicable: bool = True) -> None:
        """Note why a rule was not asked, or that it is not applicable."""
        verdict = Verdict.NOT_ASKED if applicable else Verdict.NOT_APPLICABLE
        self._counts[rule.id, target].skipped = (verdict, reason)

    def end(self, reason: str) -> None:
        """Note why nothing more is asked."""
        for one in self._counts.values():
            if one.skipped is _NOT_YET:
                one.skipped = (Verdict.NOT_ASKED, reason)

    def results(self) -> Sequence[RuleResult]:
        """Return the verdicts, by target in the order in which rules were entered."""
        return [_result(one) for one in self._counts.values()]


def _result(count: _Count) -> RuleResult:
    rule = count.rule
    verdict, reason = (Verdict.PASSED, "") if count.asked else count.skipped
    for severity in (Severity.WARNING, Severity.ERROR):
        if severity in count.broken:
            verdict, reason = _BREACHES[severity], ""
    return RuleResult(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        strength=rule.clause.strength,
        why=count.why,
        target=count.target,
        verdict=verdict,
        reason=reason,
        asked=count.asked,
    )


def section_url(rule: Rule, specification: str, docs: str) -> str:
    """Return the URL of the section of the specification that a rule is about.

    Args:
        rule: The rule.
        specification: The URL of the folder of the version of the specification.
        docs: The URL of the section of the operation or interface; it substitutes where the rule
            has no section, and for versions whose text has other names.
    """
    section = rule.clause.section
    return specification + section if section and _ASCIIDOC in docs else docs

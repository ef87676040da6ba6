"""The verdict on a client, as a report in the form that all tools share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ocpi_conformance.mock._judging import JUDGES
from ocpi_conformance.mock._judging._judgement import ClientBreach, Judgement
from ocpi_conformance.mock._judging.observed import Observed
from ocpi_conformance.mock._scenario import Scenario
from ocpi_conformance.reports import Finding, Occurrence, Report, RuleResult, Verdict
from ocpi_conformance.rules import Rule, Severity
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_conformance.verdicts.results import section_url

__all__ = ["verdict"]

_ROLES: Final[Mapping[str, str]] = {"cpo": "emsp", "emsp": "cpo", "hub": ""}
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)
_NOT_ASKED: Final = "the client did nothing that the rule applies to"
_OTHER_VERSION: Final = "the version has no such obligation"


def verdict(
    observed: Observed,
    scenarios: Sequence[Scenario],
    *,
    version: str,
    specification: str,
    docs: str,
    role: str,
    problems: Sequence[str],
    **run: Any,
) -> Report:
    """Apply all rules about clients.

    Args:
        observed: What the client did.
        scenarios: What the mock did wrong; their rules decide.
        version: The version that was spoken.
        specification: The URL of the folder of its specification.
        docs: The URL of a section in it; it substitutes where a rule has none.
        role: The role of the mock.
        problems: What could not be done.
        run: ``seed``, ``began`` and ``seconds`` of the report.
    """
    where = (specification, docs)
    judged = {
        rule.id: JUDGES[rule.id](observed)
        for rule in CLIENT_RULES.values()
        if not rule.versions or version in rule.versions
    }
    decisive = {name for one in scenarios for name in one.rules}
    findings = [
        finding
        for name, judgement in judged.items()
        for finding in _findings(CLIENT_RULES[name], judgement, where, decisive)
    ]
    findings.sort(key=lambda one: _ORDER.index(one.severity))
    return Report(
        tool="mock",
        party=_party(observed),
        versions=(version,),
        role=_ROLES[role],
        requests=len(observed.entries),
        rules=[_result(rule, judged, version, where) for rule in CLIENT_RULES.values()],
        findings=findings,
        problems=[*problems, *_problems(observed, scenarios, judged)],
        **run,
    )


def _party(observed: Observed) -> str:
    for one in observed.entries:
        if name := one.sent.headers.get("user-agent"):
            return name
    return "client"


def _result(
    rule: Rule, judged: Mapping[str, Judgement], version: str, where: tuple[str, str]
) -> RuleResult:
    found = judged.get(rule.id)
    if found is None:
        outcome, reason = Verdict.NOT_APPLICABLE, _OTHER_VERSION
    elif found.breaches:
        is_error = rule.severity is Severity.ERROR
        outcome, reason = (Verdict.FAILED if is_error else Verdict.WARNING), ""
    elif found.asked:
        outcome, reason = Verdict.PASSED, ""
    else:
        outcome, reason = Verdict.NOT_ASKED, _NOT_ASKED
    return RuleResult(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        strength=rule.clause.strength,
        why=section_url(rule, *where),
        target=version,
        verdict=outcome,
        reason=reason,
        asked=found.asked if found else 0,
    )


def _findings(
    rule: Rule, judgement: Judgement, where: tuple[str, str], decisive: set[str]
) -> Iterator[Finding]:
    specification, docs = where
    by_cause: dict[str, list[ClientBreach]] = defaultdict(list)
    for one in judgement.breaches:
        by_cause[one.cause].append(one)
    for cause, breaches in by_cause.items():
        shown = min(breaches, key=lambda one: sum(step.sent.size for step in one.steps))
        yield Finding(
            rule=rule.id,
            severity=Severity.ERROR if rule.id in decisive else rule.severity,
            title=rule.title,
            expected=shown.expected,
            got=shown.got,
            cause=cause,
            occurrences=_occurrences(breaches),
            why=section_url(rule, specification, shown.why or docs),
            clause=rule.clause.text,
            strength=rule.clause.strength,
            fix=rule.fix,
            pointer=shown.pointer,
            steps=shown.steps,
        )


def _occurrences(breaches: Iterable[ClientBreach]) -> tuple[Occurrence, ...]:
    counted = Counter((one.target, one.operation) for one in breaches)
    return tuple(Occurrence(*place, times) for place, times in counted.most_common())


def _problems(
    observed: Observed, scenarios: Sequence[Scenario], judged: Mapping[str, Judgement]
) -> Iterator[str]:
    if not observed.entries:
        yield "The client sent no request."
        return
    for scenario in scenarios:
        for name in scenario.rules:
            if name in judged and not judged[name].asked:
                yield f"Scenario {scenario.name}: {name} was not asked; {_NOT_ASKED}."

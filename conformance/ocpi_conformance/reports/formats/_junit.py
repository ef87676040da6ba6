"""Reports as JUnit XML, as CI systems read it: a suite for each target, a case for each rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report, RuleResult, Verdict
from ocpi_conformance.reports._visible import visible
from ocpi_conformance.reports.plain import finding_text, headline
from ocpi_conformance.rules import Severity

__all__ = ["as_junit"]

_SKIPPED = frozenset({Verdict.NOT_ASKED, Verdict.NOT_APPLICABLE})


def as_junit(report: Report) -> bytes:
    """Return a report as JUnit XML.

    A rule that is broken by an error is a failure. A warning, advice and what the baseline accepts
    are in the output of the case, which passes. What was not asked is skipped, with its reason.
    """
    root = Element("testsuites", name=f"ocpi {report.tool}", time=f"{report.seconds:.3f}")
    cases: dict[str, list[Element]] = defaultdict(list)
    left = {id(one): one for one in report.findings}
    for result in report.rules:
        found = [one for one in report.findings if _at(one, result)]
        for one in found:
            left.pop(id(one), None)
        cases[result.target].append(_case(result, found, report.accepted))
    for one in left.values():
        cases[one.occurrences[0].target if one.occurrences else "run"].append(_alone(one, report))
    cases["run"] += [_problem(number, text) for number, text in enumerate(report.problems, 1)]
    for target, made in cases.items():
        if made:
            root.append(_suite(target, made, report))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _at(finding: Finding, result: RuleResult) -> bool:
    return result.rule in finding.rules and any(
        one.target == result.target for one in finding.occurrences
    )


def _suite(target: str, cases: Sequence[Element], report: Report) -> Element:
    suite = Element("testsuite", name=visible(target), timestamp=report.began.removesuffix("Z"))
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(one.find(tag) is not None for one in cases)))
    suite.set("time", "0")
    properties = SubElement(suite, "properties")
    for name, value in (("party", report.party), ("role", report.role), ("seed", report.seed)):
        SubElement(properties, "property", name=name, value=visible(str(value)))
    suite.extend(cases)
    return suite


def _case(result: RuleResult, found: Sequence[Finding], accepted: Iterable[str]) -> Element:
    case = Element("testcase", classname=visible(result.target), name=result.rule, time="0")
    if result.verdict in _SKIPPED and not found:
        reason = f"{result.verdict.value}: {result.reason}".rstrip(": ")
        SubElement(case, "skipped", message=visible(reason))
        return case
    return _with(case, found, frozenset(accepted))


def _alone(finding: Finding, report: Report) -> Element:
    target = finding.occurrences[0].target if finding.occurrences else "run"
    name = f"{finding.rule} {finding.fingerprint}"
    case = Element("testcase", classname=visible(target), name=visible(name), time="0")
    return _with(case, [finding], report.accepted)


def _with(case: Element, found: Sequence[Finding], accepted: frozenset[str]) -> Element:
    errors = [
        one for one in found if one.severity is Severity.ERROR and one.fingerprint not in accepted
    ]
    if errors:
        title = "\n".join(headline(one) for one in errors)
        failure = SubElement(case, "failure", type=errors[0].rule, message=visible(title))
        failure.text = _text(errors)
    if others := [one for one in found if one not in errors]:
        SubElement(case, "system-out").text = _text(others)
    return case


def _text(findings: Iterable[Finding]) -> str:
    return "\n\n".join(finding_text(one) for one in findings)


def _problem(number: int, text: str) -> Element:
    case = Element("testcase", classname="run", name=f"problem {number}", time="0")
    SubElement(case, "error", type="problem", message=visible(text))
    return case

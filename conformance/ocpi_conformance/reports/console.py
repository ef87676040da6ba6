"""A report for the terminal."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocpi_conformance.exchanges.wire import shown
from ocpi_conformance.reports._diff import ReportDifference
from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report, Verdict
from ocpi_conformance.reports._summary import Counts, Summary
from ocpi_conformance.reports._visible import visible
from ocpi_conformance.reports.plain import headline, where
from ocpi_conformance.rules import Severity

__all__ = ["print_causes", "print_difference", "print_report"]

_STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.ADVICE: "cyan",
}
_VERDICTS: Final = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNING, Verdict.NOT_ASKED)


def print_report(report: Report, out: Console, stderr: Console) -> None:
    """Print a table of causes, each new finding with its requests, and a summary.

    Args:
        report: The report.
        out: For findings and tables.
        stderr: For what could not be done, and the summary.
    """
    summary = Summary(report)
    findings = [one for one in summary.findings if one.fingerprint not in report.accepted]
    if findings:
        print_causes(findings, out)
        out.print()
    for number, finding in enumerate(findings, start=1):
        _print_finding(number, finding, out)
    if summary.targets:
        out.print(_targets(summary))
    for problem in report.problems:
        stderr.print(Text(f"Not done: {visible(problem)}"))
    _print_summary(report, summary, stderr)


def print_causes(findings: Sequence[Finding], out: Console) -> None:
    """Print a table of causes, one a line, as wide as the terminal."""
    table = Table("", "severity", "rule", box=None, pad_edge=False)
    table.add_column("times", justify="right")
    table.add_column("what is wrong", no_wrap=True, overflow="ellipsis", ratio=1)
    for number, one in enumerate(findings, start=1):
        severity = Text(one.severity.value, _STYLES[one.severity])
        title = Text(visible(headline(one)))
        table.add_row(str(number), severity, Text(one.rule), str(one.times), title)
    out.print(table)


def print_difference(difference: ReportDifference, out: Console, stderr: Console) -> None:
    """Print what is new, what is gone, and which verdicts changed."""
    for name, findings in (("New", difference.new), ("Gone", difference.gone)):
        if findings:
            out.print(f"{name} findings:")
            print_causes(findings, out)
            out.print()
    if difference.verdicts:
        table = Table("rule", "target", "before", "after", box=None, pad_edge=False)
        for one in difference.verdicts:
            verdicts = (each.value if each else "none" for each in (one.before, one.after))
            table.add_row(Text(one.rule), Text(visible(one.target)), *verdicts)
        out.print(table)
    stderr.print(
        f"New: {len(difference.new)}, gone: {len(difference.gone)}, same: {difference.same}, "
        f"changed verdicts: {len(difference.verdicts)}"
    )


def _print_finding(number: int, finding: Finding, out: Console) -> None:
    head = f"{number} {finding.severity.value} {finding.rule}"
    out.print(Text.assemble((head, _STYLES[finding.severity]), f"  {visible(finding.title)}"))
    facts = {
        "expected": finding.expected,
        "got": finding.got,
        "at": finding.pointer,
        "where": where(finding),
        "also": ", ".join(finding.also),
        "clause": f"{finding.clause} ({finding.strength.value})" if finding.clause else "",
        "see": finding.why,
        "fix": finding.fix,
        "accept": finding.fingerprint,
    }
    for name, text in facts.items():
        if text:
            _print_line(name, text, out, whole=name == "see")
    for step in finding.steps:
        _print_line("repeat", step.sent.curl(), out, whole=True)
        answer = shown(step.answer)
        body = " ".join(answer["body"].split())
        _print_line("", f"HTTP {answer['status']} {body}" if answer["status"] else "no answer", out)
    out.print()


def _print_line(name: str, text: str, out: Console, *, whole: bool = False) -> None:
    """Print one line, cut to the width of the terminal unless that makes it useless."""
    line = Text(f"  {name:9} {visible(text)}")
    if whole:
        out.print(line, soft_wrap=True)
    else:
        out.print(line, no_wrap=True, overflow="ellipsis")


def _targets(summary: Summary) -> Table:
    table = Table("target", box=None, pad_edge=False)
    for verdict in _VERDICTS:
        table.add_column(verdict.value, justify="right")
    for target, counts in summary.targets.items():
        table.add_row(Text(visible(target)), *(str(counts[one]) for one in _VERDICTS))
    return table


def _print_summary(report: Report, summary: Summary, stderr: Console) -> None:
    if report.gone:
        gone = ", ".join(sorted(report.gone))
        stderr.print(Text(f"Accepted by the baseline, but no longer found; remove from it: {gone}"))
    if report.accepted:
        stderr.print(f"Accepted by the baseline: {len(report.accepted)}")
    if summary.total:
        stderr.print(_rules(summary.total))
    counts = ", ".join(
        f"{name}: {summary.new[severity]}"
        for severity, name in (("error", "errors"), ("warning", "warnings"), ("advice", "advice"))
    )
    stderr.print(
        f"{report.requests} requests in {report.seconds:.1f} s, seed {report.seed}: {counts}"
    )


def _rules(total: Counts) -> str:
    asked = ", ".join(f"{total[one]} {one.value}" for one in _VERDICTS)
    return f"Rules: {asked}; {100 * total.share:.0f} % of the applicable ones were exercised"

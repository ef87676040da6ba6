"""Reports as SARIF 2.1.0, as code scanning and editors read them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from ocpi_conformance.exchanges.wire import RecordedExchange, shown
from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report
from ocpi_conformance.reports._visible import link, visible
from ocpi_conformance.reports.plain import where
from ocpi_conformance.rules import Severity

__all__ = ["as_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def as_sarif(report: Report) -> bytes:
    """Return a report as SARIF; what a baseline accepts is a suppressed result."""
    rules = _rules(report)
    indexes = {each["id"]: index for index, each in enumerate(rules)}
    driver = {
        "name": f"ocpi {report.tool}",
        "version": version("ocpi-conformance"),
        "informationUri": "https://github.com/ocpi/ocpi",
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"ocpi-{report.tool}/"},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, report, indexes) for one in report.findings],
        "properties": {"party": report.party, "role": report.role, "seed": report.seed},
    }
    data = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(data, indent=2, ensure_ascii=True).encode()


def _rules(report: Report) -> list[dict[str, Any]]:
    known = {one.rule: (one.title, one.severity, one.why, "") for one in reversed(report.rules)}
    for one in report.findings:
        title = known[one.rule][0] if one.rule in known else one.clause or one.rule
        known[one.rule] = (title, one.severity, one.why, one.fix)
    return [_rule(rule, *about) for rule, about in sorted(known.items())]


def _rule(rule: str, title: str, severity: Severity, why: str, fix: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": visible(title)},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": ["ocpi", rule.partition(".")[0]]},
    }
    if link(why):
        made["helpUri"] = why
    if fix:
        made["help"] = {"text": visible(fix)}
    return made


def _invocation(report: Report) -> dict[str, Any]:
    notes = [{"level": "error", "message": {"text": visible(text)}} for text in report.problems]
    made: dict[str, Any] = {
        "executionSuccessful": not report.problems,
        "toolExecutionNotifications": notes,
    }
    if report.began:
        end = datetime.fromisoformat(report.began) + timedelta(seconds=report.seconds)
        made["startTimeUtc"] = report.began
        made["endTimeUtc"] = end.isoformat().replace("+00:00", "Z")
    return made


def _result(finding: Finding, report: Report, indexes: dict[str, int]) -> dict[str, Any]:
    exchange = finding.exchange
    uri = exchange.sent.url if exchange else report.party
    text = f"{finding.title} Expected: {finding.expected}. Got: {finding.got}. At: {where(finding)}"
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": indexes[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(text)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": visible(uri)}},
                "logicalLocations": [*_logical(finding)],
            }
        ],
        "occurrenceCount": max(1, finding.times),
        "partialFingerprints": {"ocpiCause/v1": finding.fingerprint},
        "properties": {"fix": finding.fix, "pointer": finding.pointer},
    }
    if exchange is not None:
        made |= _web(exchange)
        made["properties"]["curl"] = [visible(one.sent.curl()) for one in finding.steps]
    if report.accepted:
        accepted = finding.fingerprint in report.accepted
        made["suppressions"] = [{"kind": "external"}] if accepted else []
        made["baselineState"] = "unchanged" if accepted else "new"
    return made


def _logical(finding: Finding) -> Iterator[dict[str, str]]:
    for one in finding.occurrences:
        name = f"{one.target} {one.operation}"
        yield {"name": one.operation, "fullyQualifiedName": visible(name), "kind": "function"}


def _web(exchange: RecordedExchange) -> dict[str, Any]:
    sent, answer = shown(exchange.sent), shown(exchange.answer)
    came = {
        "statusCode": answer["status"],
        "headers": dict(answer["headers"]),
        "body": {"text": answer["body"]},
    }
    return {
        "webRequest": {
            "protocol": "HTTP",
            "version": "1.1",
            "method": sent["method"],
            "target": sent["url"],
            "headers": dict(sent["headers"]),
            "body": {"text": sent["body"]},
        },
        "webResponse": came if answer["status"] else {"noResponseReceived": True},
    }

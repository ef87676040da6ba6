"""Reports as JSON, written with bounded size and without secrets, and read again."""

import json
from dataclasses import asdict, fields
from typing import Any

from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest, shown
from ocpi_conformance.reports._finding import Finding, Occurrence
from ocpi_conformance.reports._report import Report, RuleResult, Verdict
from ocpi_conformance.rules import Severity, Strength

__all__ = ["as_data", "read_report", "write_report"]

_FORMAT = "ocpi-report/1"


def write_report(report: Report) -> bytes:
    """Return a report as JSON; bodies are cut at a size, tokens are placeholders."""
    text = json.dumps(as_data(report), indent=2, ensure_ascii=False)
    return text.encode(errors="backslashreplace")


def as_data(report: Report) -> dict[str, Any]:
    """Return a report as the data that its JSON has."""
    data = asdict(report)
    data["findings"] = [_finding(one) for one in report.findings]
    for name in ("accepted", "gone"):
        data[name] = sorted(data[name])
    return {"format": _FORMAT, **data}


def _finding(finding: Finding) -> dict[str, Any]:
    data = asdict(finding)
    data["fingerprint"] = finding.fingerprint
    data["times"] = finding.times
    data["steps"] = [
        {
            "curl": one.sent.curl(),
            "request": shown(one.sent),
            "answer": shown(one.answer),
        }
        for one in finding.steps
    ]
    return data


def read_report(text: bytes) -> Report:
    """Read a report that :func:`write_report` wrote.

    Raises:
        ValueError: It is not such a report; the message states the reason.
    """
    try:
        data = json.loads(text)
        if data["format"] != _FORMAT:
            message = f"the format is {data['format']!r}, not {_FORMAT!r}"
            raise ValueError(message)
        return _report(data)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"it is not a report of check, fuzz, mock or replay ({error!r})"
        raise ValueError(message) from None


def _report(data: dict[str, Any]) -> Report:
    # A tool may write more than all reports have, such as what the fuzzer asked of each operation.
    names = {field.name for field in fields(Report)}
    known = {
        **{name: value for name, value in data.items() if name in names},
        "versions": tuple(data["versions"]),
        "rules": [_rule_result(one) for one in data["rules"]],
        "findings": [_read_finding(one) for one in data["findings"]],
        "accepted": frozenset(data["accepted"]),
        "gone": frozenset(data["gone"]),
    }
    return Report(**known)


def _rule_result(data: dict[str, Any]) -> RuleResult:
    enums = {
        "severity": Severity(data["severity"]),
        "strength": Strength(data["strength"]),
        "verdict": Verdict(data["verdict"]),
    }
    return RuleResult(**{**data, **enums})


def _read_finding(data: dict[str, Any]) -> Finding:
    derived = ("fingerprint", "times")
    known: dict[str, Any] = {name: one for name, one in data.items() if name not in derived}
    known["severity"], known["strength"] = Severity(data["severity"]), Strength(data["strength"])
    known["occurrences"] = tuple(Occurrence(**one) for one in data["occurrences"])
    known["also"] = tuple(data.get("also", ()))
    known["steps"] = tuple(_exchange(one) for one in data["steps"])
    return Finding(**known)


def _exchange(data: dict[str, Any]) -> RecordedExchange:
    asked, answer = data["request"], data["answer"]
    body = asked["body"].encode() or None
    sent = SentRequest(asked["method"], asked["url"], asked["headers"], body)
    return RecordedExchange(
        sent, Answer(answer["status"], answer["headers"], answer["body"].encode())
    )

"""The exchanges of a report as HAR 1.2, as the network panels of browsers read it."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ocpi_conformance.exchanges.wire import RecordedExchange, shown
from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report

__all__ = ["as_har"]

_HTTP = "HTTP/1.1"


def as_har(report: Report) -> bytes:
    """Return the exchanges of all findings; ``_ocpi`` in an entry names its finding."""
    entries = [
        _entry(step, one, report.began or "1970-01-01T00:00:00Z")
        for one in report.findings
        for step in one.steps
    ]
    creator = {"name": f"ocpi {report.tool}", "version": version("ocpi-conformance")}
    log = {"version": "1.2", "creator": creator, "pages": [], "entries": entries}
    return json.dumps({"log": log}, indent=2, ensure_ascii=False).encode(errors="backslashreplace")


def _entry(step: RecordedExchange, finding: Finding, began: str) -> dict[str, Any]:
    return {
        "startedDateTime": began,
        "time": 0,
        "request": _request(step),
        "response": _response(step),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": f"{finding.rule}: {finding.title}",
        "_ocpi": {"rule": finding.rule, "fingerprint": finding.fingerprint},
    }


def _request(step: RecordedExchange) -> dict[str, Any]:
    sent = shown(step.sent)
    query = parse_qsl(urlsplit(step.sent.url).query, keep_blank_values=True)
    made = {
        "method": sent["method"],
        "url": sent["url"],
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": [*_headers(sent["headers"])],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": len(step.sent.body or b""),
    }
    if step.sent.body is not None:
        mime = sent["headers"].get("content-type", "application/json")
        made["postData"] = {"mimeType": mime, "params": [], "text": sent["body"]}
    return made


def _response(step: RecordedExchange) -> dict[str, Any]:
    answer = shown(step.answer)
    headers = answer["headers"]
    return {
        "status": answer["status"],
        "statusText": _phrase(answer["status"]),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": [*_headers(headers)],
        "content": {
            "size": len(step.answer.body),
            "mimeType": headers.get("content-type", ""),
            "text": answer["body"],
        },
        "redirectURL": headers.get("location", ""),
        "headersSize": -1,
        "bodySize": len(step.answer.body),
    }


def _headers(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    yield from ({"name": name, "value": value} for name, value in headers.items())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""

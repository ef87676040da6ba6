"""Reports as JSON lines: the run, its rules and its findings, one object a line."""

import json
from collections.abc import Iterator
from typing import Any

from ocpi_conformance.reports._json import as_data
from ocpi_conformance.reports._report import Report

__all__ = ["as_lines"]


def as_lines(report: Report) -> bytes:
    """Return a report as JSON lines; ``kind`` is ``run``, ``rule`` or ``finding``."""
    lines = (json.dumps(each, ensure_ascii=False) for each in _objects(as_data(report)))
    return "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")


def _objects(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rules, findings = data.pop("rules"), data.pop("findings")
    accepted = set(data["accepted"])
    yield {"kind": "run", **data}
    for each in rules:
        yield {"kind": "rule", **each}
    for each in findings:
        yield {"kind": "finding", "accepted": each["fingerprint"] in accepted, **each}

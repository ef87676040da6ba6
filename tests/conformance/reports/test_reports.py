"""Reports of runs: written as JSON and read again."""

import json
from dataclasses import replace

import pytest

from ocpi_conformance.exchanges.wire import MASKED, Answer, RecordedExchange, SentRequest
from ocpi_conformance.reports import (
    Finding,
    Occurrence,
    Report,
    RuleResult,
    Verdict,
    read_report,
    write_report,
)
from ocpi_conformance.rules import Severity, Strength

EXCHANGE = RecordedExchange(
    SentRequest(
        "PUT", "https://cpo.example/tokens/1", {"authorization": MASKED, "x-request-id": "1"}, b"{}"
    ),
    Answer(200, {"content-type": "application/json"}, b'{"status_code": 3000}'),
)
FINDING = Finding(
    rule="envelope.timestamp",
    severity=Severity.WARNING,
    title="The timestamp is missing.",
    expected="a timestamp",
    got="none",
    cause="missing",
    occurrences=(
        Occurrence("2.2.1 tokens.receiver", "put_token", 3),
        Occurrence("2.2.1 versions", "*"),
    ),
    why="https://example.com/section",
    clause="An answer has a timestamp.",
    fix="Add it.",
    pointer="/timestamp",
    steps=(EXCHANGE,),
)
RULE = RuleResult(
    "envelope.timestamp", "Answers have a timestamp.", Severity.ERROR, Strength.MUST,
    "https://example.com/section", "2.2.1 tokens.receiver", Verdict.FAILED, asked=4,
)  # fmt: skip
REPORT = Report(
    tool="check",
    party="https://cpo.example/versions",
    versions=("2.2.1",),
    role="cpo",
    began="2026-01-01T00:00:00Z",
    seconds=1.5,
    seed=7,
    requests=12,
    rules=[RULE, replace(RULE, verdict=Verdict.NOT_ASKED, reason="no token")],
    findings=[FINDING],
    problems=["No listener."],
    created=["https://cpo.example/tokens/1"],
    gone=frozenset({"abc"}),
)


def test_a_report_that_is_written_and_read_is_the_same() -> None:
    assert read_report(write_report(REPORT)) == REPORT


def test_what_a_tool_writes_beside_a_report_is_left_out() -> None:
    more = json.dumps({**json.loads(write_report(REPORT)), "operations": {}}).encode()
    assert read_report(more) == REPORT


def test_the_same_cause_has_one_fingerprint_whatever_the_values() -> None:
    other = replace(FINDING, got="another value", occurrences=FINDING.occurrences[:1])
    assert other.fingerprint == FINDING.fingerprint != replace(FINDING, cause="x").fingerprint


def test_what_a_baseline_accepts_is_not_new() -> None:
    assert REPORT.new == [FINDING]
    assert replace(REPORT, accepted=frozenset({FINDING.fingerprint})).new == []


def test_bodies_are_cut_and_tokens_masked() -> None:
    body = b'{"token": "secret", "url": "https://x.example", "more": "' + b"x" * 50_000 + b'"}'
    step = replace(EXCHANGE, sent=replace(EXCHANGE.sent, body=body))
    written = write_report(replace(REPORT, findings=[replace(FINDING, steps=(step,))]))
    assert b"secret" not in written
    request = json.loads(written)["findings"][0]["steps"][0]["request"]
    assert len(request["body"]) < 21_000


@pytest.mark.parametrize(
    "text", [b"[]", b"{", b"null", b'{"format": "x"}', b'{"format": "ocpi-report/1"}']
)
def test_what_is_no_report_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_report(text)

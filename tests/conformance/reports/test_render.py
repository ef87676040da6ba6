"""Reports in the formats that others read: their shape, and no secret and no script in them."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typer

from ocpi_conformance.commands.options import Output, read_outputs, write_outputs
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.reports import FORMATS, read_report, render, write_report
from tests.conformance.reports.sample_reports import HOSTILE, report_of

FIVE = report_of(6)
ATTACK = report_of(3, text=HOSTILE)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'pdf' is not supported.*html, junit, json, jsonl"):
        render(FIVE, "pdf")


def test_json_and_json_lines_have_the_same_findings() -> None:
    assert render(FIVE, "json") == write_report(FIVE)
    lines = [json.loads(line) for line in render(FIVE, "jsonl").splitlines()]
    assert [one["kind"] for one in lines] == ["run"] + ["rule"] * 280 + ["finding"] * 6
    assert [one["fingerprint"] for one in lines[-6:]] == [one.fingerprint for one in FIVE.findings]
    assert [one["accepted"] for one in lines[-6:]] == [False] * 5 + [True]


_COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def _suites(data: bytes) -> list[ET.Element]:
    root = ET.fromstring(data)  # noqa: S314 - made here
    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("name")
        assert int(suite.get("tests", "")) == len(cases)
        for attribute, tag in _COUNTED:
            assert int(suite.get(attribute, "")) == sum(one.find(tag) is not None for one in cases)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
        assert {one.tag for one in suite} <= {"properties", "testcase"}
        for case in cases:
            assert case.get("name")
            assert case.get("classname")
            assert {one.tag for one in case} <= {"skipped", "failure", "error", "system-out"}
    return list(root)


def test_junit_has_a_suite_for_each_target_and_a_case_for_each_rule() -> None:
    suites = _suites(render(FIVE, "junit"))
    assert {one.get("name") for one in suites} == {one.target for one in FIVE.rules}
    assert sum(len(one.findall("testcase")) for one in suites) == len(FIVE.rules)
    failures = [one for suite in suites for one in suite.iter("failure")]
    errors = {one.rule for one in FIVE.errors}
    assert {one.get("type") for one in failures} == errors
    assert all("curl -i -X" in (one.text or "") for one in failures)
    skipped = [one.get("message") for suite in suites for one in suite.iter("skipped")]
    assert "not asked: write mode is off" in skipped


def test_junit_shows_findings_without_a_rule_result_and_problems() -> None:
    alone = replace(FIVE, rules=[], problems=["It answered nothing."])
    suites = _suites(render(alone, "junit"))
    assert sum(len(one.findall("testcase")) for one in suites) == 7
    assert [one.get("message") for suite in suites for one in suite.iter("error")] == [
        "It answered nothing."
    ]


def test_sarif_has_what_the_schema_demands() -> None:
    data = json.loads(render(FIVE, "sarif"))
    assert data["version"] == "2.1.0"
    (run,) = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "ocpi check"
    assert len({one["id"] for one in rules}) == len(rules) == 40
    assert len(run["results"]) == 6
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].startswith("https://")
        assert all(isinstance(one, str) for one in result["partialFingerprints"].values())
        assert result["webResponse"]["statusCode"] == 200
    assert [one["suppressions"] for one in run["results"]] == [[]] * 5 + [[{"kind": "external"}]]
    assert run["invocations"][0]["endTimeUtc"] == "2026-01-02T10:00:12.340000Z"


def test_sarif_marks_an_exchange_without_an_answer() -> None:
    silent = replace(FIVE.findings[0].steps[0], answer=Answer(0))
    finding = replace(FIVE.findings[0], steps=(silent,))
    data = json.loads(render(replace(FIVE, findings=[finding], began=""), "sarif"))
    assert data["runs"][0]["results"][0]["webResponse"] == {"noResponseReceived": True}


def test_har_has_what_the_specification_demands() -> None:
    log = json.loads(render(FIVE, "har"))["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) == {"name", "version"}
    assert len(log["entries"]) == 12
    for entry in log["entries"]:
        assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        _check_message(entry["request"], {"method", "url", "queryString"})
        _check_message(entry["response"], {"status", "statusText", "content", "redirectURL"})
        assert set(entry["response"]["content"]) >= {"size", "mimeType", "text"}


def _check_message(message: dict[str, Any], own: set[str]) -> None:
    assert set(message) >= own | {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
    assert all(set(one) == {"name", "value"} for one in message["headers"])


def _with_secret(secret: str) -> bytes:
    coded = base64.b64encode(secret.encode()).decode()
    return f'{{"status_code": 2001, "status_message": "{secret} or {coded} is unknown"}}'.encode()


@pytest.mark.parametrize("format_", FORMATS)
def test_no_secret_is_in_a_report(format_: str) -> None:
    secret = "5up3r-s3cret?"  # percent-encoded in a URL
    coded = base64.b64encode(secret.encode()).decode()
    step = RecordedExchange(
        SentRequest(
            "GET",
            "https://user:pa55@cpo.example/x?token=5up3r-s3cret%3F",
            {"authorization": f"Token {secret}", "x-api-key": "k3y", "cookie": "c00kie"},
        ),
        Answer(200, {"set-cookie": "s3ssion", "x-echo": coded}, _with_secret(secret)),
    )
    finding = replace(FIVE.findings[0], got=f"{secret}, {coded}", steps=(step,))
    text = render(replace(FIVE, findings=[finding]), format_, secrets=[secret]).decode()
    for one in (secret, "5up3r-s3cret", coded, coded.rstrip("="), "pa55", "k3y", "c00kie", "s3ss"):
        assert one not in text
    assert "is unknown" in text


@pytest.mark.parametrize("format_", FORMATS)
def test_text_of_peers_does_no_harm(format_: str) -> None:
    data = render(ATTACK, format_)
    if format_ in {"json", "jsonl", "sarif", "har"}:
        for line in data.splitlines() if format_ == "jsonl" else [data]:
            json.loads(line)
    elif format_ == "junit":
        _suites(data)
    assert b"\x1b" not in data
    assert b"\0" not in data


def test_the_page_has_only_its_own_script_and_no_hidden_characters() -> None:
    page = render(ATTACK, "html").decode()
    assert page.count("<script") == page.count("</script") == 1
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", page)
    assert "\\u202e" in page


def test_the_page_asks_nothing_of_the_network() -> None:
    page = render(FIVE, "html").decode()
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"<(?:link|iframe|img)\b|@import|url\(|\bsrc=|\bstyle=", page)


def test_lone_surrogates_are_written_as_escapes() -> None:
    odd = replace(FIVE, problems=["half \ud800 a character"])
    for format_ in FORMATS:
        render(odd, format_)
    assert read_report(render(odd, "json")).problems


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["pdf=x"], "'pdf' is not supported. Use one of html, junit, json, jsonl, sarif, har."),
        (["jsn=x"], "did you mean 'json'?"),
        (["html"], "names no file; write it like html=report.txt"),
        (["html="], "names no file"),
        (["html={0}/none/x"], "No such file"),
        (["html={0}"], "Is a directory"),
        (["html={0}/a", "json={0}/a"], "is named for two reports"),
    ],
)
def test_bad_outputs_are_refused_before_the_run(
    values: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        read_outputs([one.format(tmp_path) for one in values])
    assert message in caught.value.message
    assert caught.value.exit_code == 2


def test_outputs_are_written_where_they_were_checked(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("before")
    outputs = read_outputs([f"json={old}", f"html={tmp_path / 'new.html'}"])
    assert old.read_text() == "before"
    assert [*tmp_path.iterdir()] == [old]
    assert outputs[0] == Output("json", old)
    write_outputs(FIVE, outputs, secrets=())
    assert read_report(old.read_bytes()).seed == 7
    assert (tmp_path / "new.html").read_bytes().startswith(b"<!DOCTYPE html>")

"""A token that is used after another one replaced it, found in a log."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.cli import app
from ocpi_conformance.mock import MockSettings, running_mock
from ocpi_conformance.reports import Report, Verdict, read_report
from ocpi_runtime.client import ExchangeLog
from ocpi_runtime.errors import OcpiError
from tests.conformance.mock.our_client import OurClient, OurPlatform, platform
from tests.support.commands import run_command

Line = dict[str, Any]
AFTER_POST, AFTER_PUT = "client.token-a-ends", "client.old-token-ends"


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture
def lines(ours: OurPlatform, tmp_path: Path) -> list[Line]:
    """Return the log of a client that registers, renews, and reads with the tokens of before."""
    file = tmp_path / "exchanges.jsonl"
    settings = MockSettings(role="cpo", count=3)
    with running_mock(v2_2_1.binding, settings) as mock, ExchangeLog(file) as log:
        client = OurClient(mock, ours, on_exchange=log)
        client.register()
        first = client.token
        client.register()
        client.read_lists()
        for old in (mock.settings.token_a, first):
            with suppress(OcpiError):
                replace(client, token=old).read_lists()
    text = file.read_text()
    assert first not in text
    assert base64.b64encode(first.encode()).decode() not in text
    return [json.loads(line) for line in text.splitlines()]


def replayed(lines: list[Line], folder: Path) -> Report:
    file = folder / "log.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    _, out, err = run_command(app, ["replay", str(file), "--json"])
    assert out, err
    return read_report(out.encode())


def refused(lines: list[Line]) -> list[Line]:
    return [one for one in lines if one["http_status"] == 401]


def test_tokens_that_others_replaced_are_found(lines: list[Line], tmp_path: Path) -> None:
    found = {one.rule: one for one in replayed(lines, tmp_path).findings}
    assert {AFTER_POST, AFTER_PUT} <= found.keys()
    for rule, method in ((AFTER_POST, "POST"), (AFTER_PUT, "PUT")):
        renewal, use = found[rule].steps
        assert renewal.sent.method == method
        assert use.sent.method == "GET"


def test_a_client_that_drops_them_passes(lines: list[Line], tmp_path: Path) -> None:
    report = replayed([one for one in lines if one not in refused(lines)], tmp_path)
    assert [(one.rule, one.got) for one in report.findings] == []
    passed = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
    assert passed >= {AFTER_POST, AFTER_PUT}


def test_a_request_that_was_under_way_is_none(lines: list[Line], tmp_path: Path) -> None:
    renewals = [one for one in lines if one["url"].endswith("/credentials")]
    for one in refused(lines):
        one["started"] = renewals[0]["started"]
    rules = {one.rule for one in replayed(lines, tmp_path).findings}
    assert not rules & {AFTER_POST, AFTER_PUT}


def test_a_party_that_returns_the_same_token_is_no_fault_of_the_client(
    lines: list[Line], tmp_path: Path
) -> None:
    kept = [one for one in lines if one not in refused(lines)]
    for one in kept:
        one["token_mark"] = "the same"
    rules = {one.rule for one in replayed(kept, tmp_path).findings}
    assert not rules & {AFTER_POST, AFTER_PUT}


def test_a_har_shows_it_by_the_tokens_in_it(lines: list[Line], tmp_path: Path) -> None:
    entries = [
        {
            "startedDateTime": one["started"],
            "time": one["duration"] * 1000,
            "request": {
                "method": one["method"],
                "url": one["url"],
                "headers": [
                    {"name": "Authorization", "value": f"Token {one['token_mark']}"},
                    {"name": "X-Request-ID", "value": one["request_headers"]["x-request-id"]},
                ],
            },
            "response": {
                "status": one["http_status"],
                "headers": [
                    {"name": name, "value": value}
                    for name, value in one["response_headers"].items()
                ],
                "content": {"text": one["response_body"]},
            },
        }
        for one in lines
    ]
    file = tmp_path / "log.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    _, out, err = run_command(app, ["replay", str(file), "--json"])
    assert out, err
    report = read_report(out.encode())
    assert {AFTER_POST, AFTER_PUT} <= {one.rule for one in report.findings}
    assert all(one["token_mark"] not in out for one in lines)

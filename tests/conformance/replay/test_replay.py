"""Recorded exchanges: judged without a live party, and sent again to another one."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.cli import app
from ocpi_conformance.reports import Report, read_report
from ocpi_runtime.client import Exchange, ExchangeLog, connect_sync
from ocpi_runtime.server import create_app
from ocpi_runtime.urls import UrlPolicy
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate, token
from tests.support.commands import run_command
from tests.support.serving import serving

Change = Callable[[ReceivedRequest, Answer], Answer]
POLICY = UrlPolicy(allow_private=True, allow_http=True)


def _unchanged(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer


@contextmanager
def _party(change: Change = _unchanged) -> Iterator[str]:
    handlers = [Sender(), Receiver()]

    def make(url: str) -> Misbehaving:
        return Misbehaving(create_app(handlers, authenticate=authenticate, base_url=url), change)

    with serving(make) as base_url:
        yield f"{base_url}/versions"


def _recorded(url: str, file: Path) -> Path:
    """Record what a client does: discovery, a crawl, a PUT, reading it again, a token unknown."""
    binding = v2_2_1.binding
    with (
        ExchangeLog(file) as log,
        connect_sync(url, TOKEN, bindings=[binding], policy=POLICY, on_exchange=log) as peer,
    ):
        assert len([*peer.tokens.get_tokens(limit=7)]) == 30
        own = token("OWN1")
        own.country_code, own.party_id = "NL", "TNM"
        peer.tokens.put_token("NL", "TNM", "OWN1", body=own)
        peer.tokens.get_stored_token("NL", "TNM", "OWN1")
    return file


@pytest.fixture(scope="module")
def party() -> Iterator[str]:
    with _party() as url:
        yield url


@pytest.fixture(scope="module")
def log(party: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _recorded(party, tmp_path_factory.mktemp("log") / "exchanges.jsonl")


def _replay(*words: str | Path) -> tuple[int, Report, str]:
    code, out, err = run_command(app, ["replay", *map(str, words), "--json"])
    return code, read_report(out.encode()) if out else Report("none", ""), err


def _against(url: str) -> Sequence[str]:
    return ("--against", url, "--token", TOKEN, "--allow-private", "--allow-http")


def _changed(log: Path, tmp_path: Path, change: Callable[[dict[str, object]], None]) -> Path:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for one in lines:
        change(one)
    file = tmp_path / "changed.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return file


def test_a_log_of_a_right_party_has_no_findings(log: Path) -> None:
    code, report, err = _replay(log)
    assert (code, report.findings, report.problems) == (0, [], []), err
    assert (report.tool, report.versions) == ("replay", ("2.2.1",))
    assert report.requests == len(log.read_text().splitlines()) >= 9
    assert {one.target for one in report.rules} >= {
        "2.2.1 tokens.sender", "2.2.1 tokens.receiver",
    }  # fmt: skip


def test_no_token_is_in_the_log(log: Path) -> None:
    text = log.read_text()
    assert TOKEN not in text
    assert base64.b64encode(TOKEN.encode()).decode() not in text


def test_wrong_answers_are_found_and_counted(log: Path, tmp_path: Path) -> None:
    def no_timestamp(one: dict[str, object]) -> None:
        one["response_body"] = str(one["response_body"]).replace('"timestamp"', '"time"')

    code, report, _ = _replay(_changed(log, tmp_path, no_timestamp))
    assert code == 1
    (found,) = [one for one in report.findings if one.rule == "envelope.timestamp"]
    assert found.times == report.requests
    assert {one.target for one in found.occurrences} >= {"2.2.1 tokens.sender"}


def test_without_version_details_places_follow_from_urls(log: Path, tmp_path: Path) -> None:
    lines = [one for one in log.read_text().splitlines() if "/tokens" in json.loads(one)["url"]]
    file = tmp_path / "part.jsonl"
    file.write_text("\n".join(lines))
    code, report, _ = _replay(file)
    assert (code, report.requests) == (0, len(lines))
    assert {one.target for one in report.rules} == {"2.2.1 tokens.sender", "2.2.1 tokens.receiver"}


def test_where_the_interface_is_open_a_missing_path_is_no_finding(
    log: Path, tmp_path: Path
) -> None:
    lines = [json.loads(one) for one in log.read_text().splitlines()]
    crawl = [one for one in lines if "/sender/tokens" in one["url"]][-1]  # without Link
    answer = '{"status_code": 2000, "status_message": "x", "timestamp": "2026-01-01T00:00:00Z"}'
    refused = {**crawl, "http_status": 404, "response_body": answer}
    file = tmp_path / "refused.jsonl"
    for role, codes in (("", (0, [])), ("sender/", (1, ["envelope.documented-status"]))):
        here = {"url": f"https://cpo.example/2.2.1/{role}tokens?offset=28"}
        file.write_text("\n".join(json.dumps({**one, **here}) for one in (crawl, refused)))
        code, report, _ = _replay(file)
        assert (code, [one.rule for one in report.findings]) == codes


def test_what_belongs_to_no_endpoint_is_reported(log: Path, tmp_path: Path) -> None:
    def elsewhere(one: dict[str, object]) -> None:
        one["url"], one["response_body"] = "https://cpo.example/other", "{}"

    file = _changed(log, tmp_path, elsewhere)
    code, out, err = run_command(app, ["replay", str(file)])
    assert (code, out) == (2, "")
    assert "https://cpo.example/other belongs to no known endpoint" in err


def _as_har(log: Path, file: Path) -> Path:
    entries = []
    for line in log.read_text().splitlines():
        one = json.loads(line)
        request = {"method": one["method"], "url": one["url"], "headers": []}
        request["headers"] = [
            {"name": name.title(), "value": value} for name, value in one["request_headers"].items()
        ]
        if one["request_body"]:
            request["postData"] = {"mimeType": "application/json", "text": one["request_body"]}
        body = base64.b64encode(one["response_body"].encode()).decode()
        response = {
            "status": one["http_status"],
            "headers": [{"name": n, "value": v} for n, v in one["response_headers"].items()],
            "content": {"text": body, "encoding": "base64"},
        }
        entries.append({"request": request, "response": response})
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return file


def test_har_is_read_as_json_lines_are(log: Path, tmp_path: Path) -> None:
    code, report, _ = _replay(_as_har(log, tmp_path / "log.har"))
    assert (code, report.findings) == (0, [])
    assert report.requests == _replay(log)[1].requests


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("[]", "line 1 is not an exchange"),
        ('{"method": "GET"}', "'url' is missing"),
        ('{"log": {"entries": [{}]}}', "entry 1 is not an exchange: 'request' is missing"),
        ('{"method": 1}', "method is 1, not a text"),
        ("nonsense", "line 1 is not an exchange"),
    ],
)
def test_what_is_no_log_is_wrong_usage(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text(text)
    code, _, err = run_command(app, ["replay", str(file)])
    assert code == 2
    assert message in err


def test_the_same_party_answers_the_same_again(party: str, log: Path) -> None:
    code, report, err = _replay(log, *_against(party))
    assert (code, report.findings) == (0, []), err
    assert "Not sent again without --write: PUT (1 requests)" in report.problems
    code, report, err = _replay(log, *_against(party), "--write")
    assert {one.rule for one in report.findings} == {"replay.same-answer"}  # 201, now 200
    assert report.findings[0].cause == "HTTP 201 became HTTP 200"


def test_another_build_that_answers_otherwise_is_reported(log: Path) -> None:
    def issuer(asked: ReceivedRequest, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(b'"issuer":"EMP"', b'"issuer":"OTHER"'))

    with _party(issuer) as url:
        code, report, _ = _replay(log, *_against(url))
        assert code == 1
        named = {one.cause for one in report.findings if one.rule == "replay.same-answer"}
        assert "/data/*/issuer differs" in named
        (found,) = [one for one in report.findings if one.cause == "/data/*/issuer differs"]
        assert (found.expected, found.got) == ('"EMP"', '"OTHER"')
        assert len(found.steps) == 2
        words = ("--ignore", "/data/*/issuer", "--ignore", "/data/issuer")
        _, report, _ = _replay(log, *_against(url), *words)
        assert not [one for one in report.findings if "issuer" in one.cause]


def test_options_of_another_party_need_one(log: Path) -> None:
    for words, message in (
        (("--write",), "--write and --ignore belong to --against"),
        (("--against", "https://x.example"), "--against needs --token"),
        (("--against", "https://x.example", "--token", "t", "--ignore", "x"), "not a JSON pointer"),
    ):
        code, _, err = run_command(app, ["replay", str(log), *words])
        assert code == 2
        assert message in " ".join(err.replace("│", "").split())


def test_bodies_that_are_no_text_are_kept(tmp_path: Path) -> None:
    made: list[Exchange] = []
    with _party() as url:
        bindings = [v2_2_1.binding]
        with connect_sync(url, TOKEN, bindings=bindings, policy=POLICY, on_exchange=made.append):
            pass
    with ExchangeLog(tmp_path / "x") as log:
        log(replace(made[0], response_body=b"\xff\x00"))
    line = json.loads((tmp_path / "x").read_text())
    assert line["response_body_base64"] == "/wA="
    assert line["url"] == url

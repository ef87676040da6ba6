"""``ocpi fuzz``: what its options change in the requests that a party gets."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner

from ocpi_bindings import v2_2_1
from ocpi_conformance.cli import app
from ocpi_conformance.fuzz import Budget, Knowledge, Target, fuzz
from ocpi_conformance.reports import read_report
from ocpi_runtime.server import create_app
from ocpi_runtime.types import PartyId
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving


class Party:
    """A party that remembers what it was asked."""

    def __init__(self, base_url: str) -> None:
        made = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base_url)
        self.url, self.app = base_url, Misbehaving(made, self._noted)
        self.asked: list[ReceivedRequest] = []

    def _noted(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        self.asked.append(asked)
        return answer

    def fuzzed(self, *options: str) -> tuple[int, str]:
        self.asked.clear()
        url = f"{self.url}/versions"
        arguments = ["fuzz", url, "--token", TOKEN, "--party", "NL-TNM", "--cases", "40", "--json"]
        done = CliRunner().invoke(app, [*arguments, "--allow-private", "--allow-http", *options])
        return done.exit_code, done.stdout or done.stderr


@pytest.fixture(scope="module")
def party() -> Iterator[Party]:
    made: list[Party] = []

    def make(base_url: str) -> ASGIApp:
        made.append(Party(base_url))
        return made[0].app

    with serving(make):
        yield made[0]


def test_read_only_sends_get_alone(party: Party) -> None:
    code, out = party.fuzzed("--module", "tokens", "--read-only")
    assert code == 0
    assert {one.method for one in party.asked} == {"GET"}
    assert set(json.loads(out)["operations"]["2.2.1 tokens.receiver"]) == {"get_stored_token"}


def test_a_given_endpoint_comes_before_the_published_one(party: Party) -> None:
    url = f"{party.url}/elsewhere"
    options = ("--module", "tokens", "--read-only", "--no-sequences")
    party.fuzzed(*options, "--endpoint", f"tokens.receiver={url}")
    paths = {one.path for one in party.asked}
    assert any("/elsewhere/" in path for path in paths)
    assert any("/sender/tokens" in path for path in paths)
    assert not any("/receiver/tokens" in path for path in paths)


def test_what_is_no_endpoint_is_wrong_usage(party: Party) -> None:
    code, message = party.fuzzed("--endpoint", "tokens=https://example.com")
    assert code == 2
    assert "write it like tokens.receiver=https://example.com/tokens" in message


@pytest.mark.parametrize("coding", ["yes", "no"])
def test_the_coding_of_the_token_is_chosen(party: Party, coding: str) -> None:
    party.fuzzed("--module", "versions", "--no-sequences", "--token-base64", coding)
    plain = f"Token {TOKEN}"
    assert (party.asked[0].headers["authorization"] == plain) is (coding == "no")


class ClosingHandler(BaseHTTPRequestHandler):
    """Answers the first request of a connection and closes it when the second one comes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.close_connection or getattr(self, "used", False):
            self.close_connection = True
            return
        self.used = True
        data = {"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z", "status_message": "OK"}
        url = "https://example.com/ocpi/2.2.1"
        body = json.dumps({**data, "data": [{"version": "2.2.1", "url": url}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


def test_a_connection_that_was_closed_while_idle_is_no_finding() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), ClosingHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/versions"
        target = Target(v2_2_1.binding.bundle("versions", "list"), url, TOKEN)
        report = fuzz([target], Knowledge(own=PartyId("NL", "TNM")), Budget(cases=20))
        server.shutdown()
    assert "envelope.answered" not in {one.rule for one in report.findings}
    assert report.cases > 5


def test_a_preset_is_used_and_a_report_written(party: Party, tmp_path: Path) -> None:
    preset, file = tmp_path / "preset.toml", tmp_path / "report.json"
    preset.write_text('module = ["tokens"]\n[fuzz]\nread-only = true\nsequences = false\n')
    code, _ = party.fuzzed("--preset", str(preset), "--report", f"json={file}")
    assert code == 0
    assert {one.method for one in party.asked} == {"GET"}
    assert read_report(file.read_bytes()).tool == "fuzz"
    assert TOKEN not in file.read_text()
    code, message = party.fuzzed("--report", f"html={tmp_path}/none/x")
    assert "cannot be written" in " ".join(message.replace("│", "").split())
    assert (code, party.asked) == (2, [])

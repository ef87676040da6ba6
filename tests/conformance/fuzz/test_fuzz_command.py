"""``ocpi fuzz``: discovery, exit codes, and what is printed where."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner

from ocpi_conformance.cli import app
from ocpi_runtime.server import create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving

_ALLOWED = ("--allow-private", "--allow-http")


@pytest.fixture(scope="module", params=["right", "wrong"])
def party(request: pytest.FixtureRequest) -> Iterator[tuple[str, bool]]:
    """The versions URL of a party, and whether its answers are right."""
    right = request.param == "right"

    def make(base_url: str) -> ASGIApp:
        made = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base_url)
        return made if right else Misbehaving(made, _no_ids)

    with serving(make) as base_url:
        yield f"{base_url}/versions", right


def _no_ids(asked: ReceivedRequest, answer: Answer) -> Answer:
    kept = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return replace(answer, headers=kept)


def ocpi_fuzz(url: str, *options: str, token: str = TOKEN) -> tuple[int, str, str]:
    arguments = ["fuzz", url, "--token", token, "--party", "NL-TNM", "--cases", "150", *options]
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.stdout, done.stderr


def test_json_is_the_report(party: tuple[str, bool]) -> None:
    url, right = party
    code, out, _ = ocpi_fuzz(url, "--json", "--module", "tokens", *_ALLOWED)
    report = json.loads(out)
    assert code == (0 if right else 1)
    assert set(report["operations"]) == {"2.2.1 tokens.sender", "2.2.1 tokens.receiver"}
    rules = {one["rule"] for one in report["findings"]}
    assert rules == (set() if right else {"headers.request-id"})
    assert 135 <= report["requests"] <= 165
    assert TOKEN not in out


def test_sequences_are_played_unless_nobody_wants_them(party: tuple[str, bool]) -> None:
    url, _ = party
    options = ("--json", "--module", "tokens", "--listen", "127.0.0.1:0", *_ALLOWED)
    sequence_results = json.loads(ocpi_fuzz(url, *options)[1])["sequences"]
    assert set(sequence_results["2.2.1 tokens.receiver"]) == {"put_token (put, get, patch, get)"}
    assert json.loads(ocpi_fuzz(url, *options, "--no-sequences")[1])["sequences"] == {}


def test_people_read_findings_and_a_table(party: tuple[str, bool]) -> None:
    url, right = party
    code, out, stderr = ocpi_fuzz(url, "--module", "versions", *_ALLOWED)
    assert code == (0 if right else 1)
    assert "get_version_details" in out
    assert ("error headers.request-id" in out) is not right
    assert ("curl -i" in out) is not right
    assert "seed 1" in stderr
    assert "seed 1" not in out


@pytest.mark.parametrize(
    ("options", "token", "code", "expected"),
    [
        ((), TOKEN, 1, "plain http"),
        (("--version", "9.9", *_ALLOWED), TOKEN, 2, "Version 9.9 is not supported"),
        (("--party", "Netherlands", *_ALLOWED), TOKEN, 2, "write it like NL-TNM"),
        (_ALLOWED, "unknown", 1, "token"),
        (("--listen", "here", *_ALLOWED), TOKEN, 2, "write it like 0.0.0.0:8090"),
        (("--listen", "127.0.0.1:99999", *_ALLOWED), TOKEN, 2, "is not an address"),
        (("--listen", "256.0.0.1:8090", *_ALLOWED), TOKEN, 1, "Cannot listen"),
    ],
    ids=["unsafe", "version", "party", "token", "address", "port", "host"],
)
def test_what_cannot_be_fuzzed(
    party: tuple[str, bool], options: tuple[str, ...], token: str, code: int, expected: str
) -> None:
    got, out, stderr = ocpi_fuzz(party[0], *options, token=token)
    assert (got, out) == (code, "")
    assert expected in stderr

"""The plugin of pytest: one test for each rule, run in a pytest of its own."""

import re
from collections.abc import Iterator

import pytest

from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime.server import create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving

pytest_plugins = ["pytester"]
PLUGIN = (
    "-p",
    "ocpi_conformance.pytest_plugin",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:asyncio",
    "--color=no",
    "-ra",
)
ASKED = [one.id for one in RULES.values() if one.group != "client"]
OPTIONS = "--allow-private --allow-http --version 2.2.1 --module tokens"


def _pytest(pytester: pytest.Pytester, *words: str) -> tuple[int, str]:
    done = pytester.runpytest_inprocess(*PLUGIN, *words)
    return int(done.ret), done.stdout.str() + done.stderr.str()


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPI_TOKEN", TOKEN)


def _no_timestamp(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Leave the timestamp out of pages of tokens."""
    if "/sender/tokens" not in asked.path:
        return answer
    return answer.with_fields(timestamp=None)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    def make(base: str) -> Misbehaving:
        party = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base)
        return Misbehaving(party, _no_timestamp)

    with serving(make) as base_url:
        yield f"{base_url}/versions"


def test_each_rule_is_a_test(url: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own():\n    pass\n")
    words = ("--ocpi-url", url, "--ocpi-options", OPTIONS)
    code, out = _pytest(pytester, *words)
    assert code == 1, out
    failed = set(re.findall(r"^FAILED ocpi::(\S+)", out, re.MULTILINE))
    assert failed == {"envelope.timestamp", "versions.credentials-listed"}
    assert "curl -i -X GET" in out
    assert TOKEN not in out
    counts = {
        name: int(number) for number, name in re.findall(r"(\d+) (\w+)", out.splitlines()[-1])
    }
    assert sum(counts.get(one, 0) for one in ("passed", "failed", "skipped")) == len(ASKED) + 1
    assert counts["passed"] > 5
    assert "not asked: " in out


def test_rules_are_chosen_by_name_and_listed_without_a_run(pytester: pytest.Pytester) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "--collect-only", "-q", "-k", "paging")
    code, out = _pytest(pytester, *words)
    assert code == 0, out
    listed = set(re.findall(r"^ocpi::(\S+)", out, re.MULTILINE))
    assert listed == {one for one in ASKED if "paging" in one}


def test_a_party_that_cannot_be_reached_fails_once(pytester: pytest.Pytester) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "--ocpi-options", OPTIONS, "-k", "paging")
    code, out = _pytest(pytester, *words)
    assert code == 1
    assert len(re.findall(r"^FAILED", out, re.MULTILINE)) == 1
    assert "127.0.0.1:1" in out
    assert "The party could not be checked." in out


def test_wrong_options_and_a_missing_token_are_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "-k", "paging")
    assert "--nonsense" in _pytest(pytester, *words, "--ocpi-options=--nonsense")[1]
    monkeypatch.delenv("OCPI_TOKEN")
    assert "needs --ocpi-token" in _pytest(pytester, *words)[1]


def test_without_a_url_nothing_is_added(pytester: pytest.Pytester) -> None:
    assert "no tests ran" in _pytest(pytester)[1]

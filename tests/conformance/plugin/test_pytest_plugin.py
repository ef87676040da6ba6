"""The plugin of pytest: one test for each rule, run in a pytest of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime.server import create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving

PLUGIN = ("-p", "ocpi_conformance.pytest_plugin", "-p", "no:cacheprovider", "--color=no", "-ra")
OPTIONS = "--allow-private --allow-http --version 2.2.1 --module tokens"


def _pytest(folder: Path, *words: str, token: str = TOKEN) -> tuple[int, str]:
    environment = {**os.environ, "OCPI_TOKEN": token}
    command = [sys.executable, "-m", "pytest", *PLUGIN, f"--rootdir={folder}", *words]
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _no_timestamp(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Leave the timestamp out of pages of tokens."""
    if "/sender/tokens" not in asked.path:
        return answer
    return answer.saying(timestamp=None)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    def make(base: str) -> Misbehaving:
        party = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base)
        return Misbehaving(party, _no_timestamp)

    with serving(make) as base_url:
        yield f"{base_url}/versions"


def test_each_rule_is_a_test(url: str, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    words = ("--ocpi-url", url, "--ocpi-options", OPTIONS)
    code, out = _pytest(tmp_path, *words)
    assert code == 1, out
    failed = set(re.findall(r"^FAILED ocpi::(\S+)", out, re.MULTILINE))
    assert failed == {"envelope.timestamp"}
    assert "curl -i -X GET" in out
    assert TOKEN not in out
    counts = {
        name: int(number) for number, name in re.findall(r"(\d+) (\w+)", out.splitlines()[-1])
    }
    assert sum(counts.get(one, 0) for one in ("passed", "failed", "skipped")) == len(RULES) + 1
    assert counts["passed"] > 5
    assert "not asked: " in out


def test_rules_are_chosen_by_name_and_listed_without_a_run(tmp_path: Path) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "--collect-only", "-q", "-k", "paging")
    code, out = _pytest(tmp_path, *words)
    assert code == 0, out
    listed = set(re.findall(r"^ocpi::(\S+)", out, re.MULTILINE))
    assert listed == {one for one in RULES if "paging" in one}


def test_a_party_that_cannot_be_reached_fails_once(tmp_path: Path) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "--ocpi-options", OPTIONS, "-k", "paging")
    code, out = _pytest(tmp_path, *words)
    assert code == 1
    assert len(re.findall(r"^FAILED", out, re.MULTILINE)) == 1
    assert "127.0.0.1:1" in out
    assert "The party could not be checked." in out


def test_wrong_options_and_a_missing_token_are_named(tmp_path: Path) -> None:
    words = ("--ocpi-url", "http://127.0.0.1:1/versions", "-k", "paging")
    assert "needs --ocpi-token" in _pytest(tmp_path, *words, token="")[1]
    assert "--nonsense" in _pytest(tmp_path, *words, "--ocpi-options=--nonsense")[1]


def test_without_a_url_nothing_is_added(tmp_path: Path) -> None:
    assert "no tests ran" in _pytest(tmp_path)[1]

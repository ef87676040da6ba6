"""A check that registers: what it announces, what it leaves, and how it ends without success."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_conformance.cli import app
from ocpi_conformance.commands.check import CheckFailed
from ocpi_conformance.reports import Verdict, read_report
from tests.conformance.faults.building import asking, is_below, refused
from tests.conformance.faults.checked_platforms import CheckedPlatforms
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.support.fuzz_plans import Plan
from tests.support.fuzz_subject import Subject, subject

LOCAL = ("--allow-private", "--allow-http", "--party", "DE-GST", "--version", "2.2.1")


@dataclass
class Invited:
    """A platform that invites whoever asks."""

    served: Subject

    @property
    def url(self) -> str:
        return next(one.url for one in self.served.targets if one.interface == "list")

    def token_a(self) -> str:
        return self.served.knowledge.before("post_credentials") or ""

    def run(self, token: str, *words: str) -> tuple[int, str, str]:
        asked = ["check", self.url, "--token", token, "--register", *LOCAL, *words]
        result = CliRunner().invoke(app, asked)
        return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def invited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Invited]:
    with subject(tmp_path_factory.mktemp("subject"), Plan("2.2.1")) as served:
        yield Invited(served)


def test_the_registration_is_announced_used_and_ended(invited: Invited) -> None:
    code, out, stderr = invited.run(invited.token_a(), "--module", "tariffs", "--json")
    assert code == 0
    assert stderr.startswith(f"Registers at {invited.url} as DE-GST (EMSP and CPO)")
    assert "The registration was ended with DELETE." in stderr
    report = json.loads(out)
    verdicts = {(one["rule"], one["target"]): one["verdict"] for one in report["rules"]}
    assert verdicts["paging.limit", "2.2.1 tariffs.sender"] == "passed"
    assert verdicts["credentials.delete", "2.2.1 credentials.both"] == "passed"


def test_a_registration_that_is_kept_can_be_used(invited: Invited, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    words = ("--keep-registration", "--module", "tariffs", "--report", f"json={file}")
    code, _, stderr = invited.run(invited.token_a(), *words)
    assert code == 0
    token = re.findall(r"the token is (\S+)", stderr)[0]
    found = read_report(file.read_bytes())
    ended = [one for one in found.rules if one.rule == "credentials.delete"]
    assert [(one.verdict, one.reason) for one in ended] == [
        (Verdict.NOT_ASKED, "The registration is left, as --keep-registration says.")
    ]
    assert token not in file.read_text()
    again = CliRunner().invoke(
        app, ["check", invited.url, "--token", token, *LOCAL, "--module", "credentials"]
    )
    assert again.exit_code == 0


def test_a_token_of_a_registration_is_no_token_a(invited: Invited) -> None:
    token = invited.served.knowledge.before("get_credentials") or ""
    code, out, stderr = invited.run(token, "--module", "credentials")
    assert code == 1
    assert "The registration did not succeed." in stderr
    assert "credentials.post" in out


def test_an_address_that_is_taken(invited: Invited) -> None:
    port = invited.url.split(":")[2].partition("/")[0]
    words = ("--token", invited.token_a(), "--register", "--listen", f"127.0.0.1:{port}", *LOCAL)
    result = CliRunner().invoke(app, ["check", invited.url, *words])
    assert isinstance(result.exception, CheckFailed)
    assert f"Cannot listen at 127.0.0.1:{port}" in str(result.exception)


def test_an_update_that_is_not_json_must_be_refused(tmp_path: Path) -> None:
    def accept(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        broken = is_below(asked, "credentials", "PUT") and asked.json is None
        return refused(asked, 200, 1000) if broken else asked

    platforms = CheckedPlatforms(tmp_path)
    try:
        report = platforms.of(Plan("2.2.1")).check(asking(accept)(), "credentials", register=True)
    finally:
        platforms.close()
    found = {(one.rule, each.operation) for one in report.findings for each in one.occurrences}
    assert ("malformed.invalid-refused", "put_credentials") in found
    asked = [one.rule for one in report.rules if one.asked and "credentials.both" in one.target]
    assert {"malformed.http-error", "malformed.not-json", "credentials.delete"} <= {*asked}

"""What ``ocpi check --write`` makes is planned before, and removed at the end, whatever happens."""

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from ocpi_conformance.check import PlannedObject
from ocpi_conformance.cli import app
from ocpi_conformance.reports import Verdict
from tests.conformance.faults.building import asking, module_of, refused
from tests.conformance.faults.checked_platforms import CheckedPlatform, CheckedPlatforms
from tests.conformance.faults.write import WRITE
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault
from tests.support.fuzz_plans import Plan
from tests.support.fuzz_subject import GUEST

MADE = re.compile("CHK[0-9A-Z]+-[0-9A-Z]+-")
"""What the ids of objects that are made begin with; those of commands do too."""
PUSHED = {"cdrs", "hubclientinfo", "locations", "sessions", "tariffs", "tokens"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedPlatform]:
    stages = CheckedPlatforms(tmp_path_factory.mktemp("write"))
    yield stages.of(Plan("2.2.1"))
    stages.close()


class Log(InjectedFault):
    """Notes what is asked, and does nothing wrong."""

    def __init__(self) -> None:
        self.writes: list[ReceivedRequest] = []
        self.planned: list[PlannedObject] = []
        self.before: list[ReceivedRequest] = []

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        text = asked.path + asked.body.decode(errors="replace")
        pushed = module_of(asked) in PUSHED and "/receiver/" in asked.path
        if asked.method != "GET" and pushed and MADE.search(text):
            self.writes.append(asked)
        return answer

    def plan(self, planned: list[PlannedObject]) -> None:
        self.planned = [*planned]
        self.before = [*self.writes]


class Interrupting(Log):
    """Interrupts the check after its first writes, as Ctrl-C does."""

    def __init__(self) -> None:
        super().__init__()
        self.is_over = False

    def look(self, _progress: object) -> None:
        if not self.is_over and self.writes:
            self.is_over = True
            raise KeyboardInterrupt


def test_what_is_made_was_planned_before_and_ends_in_its_way(stage: CheckedPlatform) -> None:
    log = Log()
    report = stage.check(log, write=True, planned=log.plan)
    assert log.before == []
    urls = {re.sub("^https?://[^/]*", "", one.url) for one in log.planned}
    assert {one.path for one in log.writes if one.method in {"PUT", "POST"}} <= urls
    assert len(log.writes) > 10
    assert report.problems == ()
    ends = {one.rpartition(": ")[2] for one in report.created}
    assert {"is deleted", "gets the status INVALID", "becomes invalid"} <= ends
    last = {one.path.split("/")[4]: one for one in log.writes}
    assert last["tariffs"].method == "DELETE"
    assert last["sessions"].json["status"] == "INVALID"
    assert last["tokens"].json["valid"] is False
    assert {one["status"] for one in last["locations"].json["evses"]} == {"REMOVED"}


def test_ids_are_new_in_each_run_and_have_the_seed(stage: CheckedPlatform) -> None:
    plans: list[list[str]] = []
    for _ in range(2):
        log = Log()
        stage.seed = 7
        stage.check(log, "sessions", "tariffs", write=True, planned=log.plan)
        plans.append([one.id for one in log.planned])
    first, again = plans
    assert all(one.startswith("CHK8-") for one in first)
    assert not set(first) & set(again)


def test_the_same_seed_has_the_same_findings(stage: CheckedPlatform) -> None:
    found = []
    for _ in range(2):
        stage.seed = 30
        report = stage.check(WRITE["patch-replaces"](), "tokens", write=True)
        found.append([(one.rule, one.cause, one.occurrences) for one in report.findings])
    assert found[0] == found[1]
    assert {"write.patch-merges"} <= {rule for rule, *_ in found[0]}


def test_objects_are_removed_after_an_interruption(stage: CheckedPlatform) -> None:
    log = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        stage.check(log, "tariffs", "tokens", write=True, progress=log.look)
    deleted = {one.path for one in log.writes if one.method == "DELETE"}
    made = {one.path for one in log.writes if one.method == "PUT" and "/tariffs/DE/" in one.path}
    assert made
    assert made <= deleted


def test_what_cannot_be_removed_is_reported(stage: CheckedPlatform) -> None:
    def refuse(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        return refused(asked, 200, 3000) if asked.method == "DELETE" else asked

    left: list[str] = []
    report = stage.check(asking(refuse)(), "tariffs", write=True, left=left.append)
    assert left == list(report.problems)
    assert len(left) == 1
    assert "Tariff DE GST CHK" in left[0]
    assert "could not be removed: HTTP 200, OCPI 3000" in left[0]


def test_without_write_mode_its_rules_are_not_asked(stage: CheckedPlatform) -> None:
    log = Log()
    report = stage.check(log, "tariffs", planned=log.plan)
    verdicts = {one.verdict for one in report.rules if one.rule == "write.stored"}
    reasons = {one.reason for one in report.rules if one.rule == "write.stored"}
    assert verdicts == {Verdict.NOT_ASKED}
    assert any(one.startswith("Write mode is off") for one in reasons)
    assert not log.planned


def test_the_command_prints_what_it_will_make(stage: CheckedPlatform) -> None:
    listed = next(one for one in stage.subject.targets if one.interface == "list")
    token = stage.subject.knowledge.before("get_credentials") or listed.token
    words = ["check", listed.url, "--token", token, "--allow-private", "--allow-http"]
    words += ["--version", "2.2.1", "--module", "tariffs", "--write", "--seed", "99"]
    refusal = CliRunner().invoke(app, words)
    assert refusal.exit_code == 2
    assert "--write needs --party" in refusal.stderr
    result = CliRunner().invoke(app, [*words, "--party", f"{GUEST.country_code}-{GUEST.party_id}"])
    assert result.exit_code == 0, result.output
    assert "These objects will be made:" in result.stderr
    assert "2.2.1 tariffs.receiver: Tariff CHK2R-1-A at http://" in result.stderr

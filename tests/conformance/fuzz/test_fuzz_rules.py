"""The fuzzer finds each fault of a party by the rule that names it, and none where none is."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from ocpi_bindings import v2_2_1
from ocpi_conformance.fuzz import Budget, FuzzResult, Knowledge, Target, fuzz
from ocpi_runtime.server import Limits, create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest, Spoil
from tests.conformance.fuzz.spoiled_answers import ALL, FAULTS, LIST, PUT, crash, hang
from tests.conformance.fuzz.tokens import OWN, TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving


def honest(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer


class Served:
    """Both interfaces of the tokens module behind a fault that can be changed."""

    def __init__(self, base_url: str) -> None:
        app = create_app(
            [Sender(), Receiver()],
            authenticate=authenticate,
            base_url=base_url,
            limits=Limits(page_default=10),
        )
        self.base_url = base_url
        self.spoil: Spoil = honest
        self.app = Misbehaving(app, self._spoiled)

    def _spoiled(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        return self.spoil(asked, answer)

    def fuzzed(
        self, spoil: Spoil, cases: int, operations: set[str] = ALL, *, timeout: float = 5
    ) -> FuzzResult:
        self.spoil = spoil
        knowledge = Knowledge(own=OWN, skip=frozenset(ALL - operations))
        targets = [
            Target(
                v2_2_1.binding.bundle("tokens", interface),
                f"{self.base_url}/2.2.1/{interface}/tokens",
                TOKEN,
            )
            for interface in ("sender", "receiver")
        ]
        budget = Budget(cases=cases, seed=7, timeout=timeout, sequences=0)
        return fuzz(targets, knowledge, budget)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    made: list[Served] = []

    def make(base_url: str) -> ASGIApp:
        made.append(Served(base_url))
        return made[0].app

    with serving(make):
        yield made[0]


def test_a_party_without_fault_has_no_findings(served: Served) -> None:
    report = served.fuzzed(honest, 150)
    assert report.as_data()["findings"] == []
    assert report.problems == ()
    for target, operations in report.tallies.items():
        for operation, tally in operations.items():
            assert tally.valid, (target, operation)
            assert tally.reached >= 0.9 * tally.valid, (target, operation)
            assert tally.outcomes["refused"], (target, operation)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_its_rule(name: str, served: Served) -> None:
    spoil, rule, operations = FAULTS[name]
    report = served.fuzzed(spoil, 50 * len(operations), operations)
    assert {one.rule for one in report.findings} == {rule}
    causes = [(one.rule, one.cause) for one in report.findings]
    assert len(set(causes)) == len(causes)
    assert report.problems == ()


def test_one_cause_is_one_finding_with_all_operations(served: Served) -> None:
    (finding,) = served.fuzzed(FAULTS["no status_message"][0], 120).findings
    assert finding.rule == "envelope.status-message"
    assert {one.operation for one in finding.occurrences} == ALL
    assert [one.times for one in finding.occurrences] == sorted(
        (one.times for one in finding.occurrences), reverse=True
    )


def test_different_faults_of_one_rule_at_one_operation_are_kept_apart(served: Served) -> None:
    found = served.fuzzed(spoiled_in_two_ways, 60, {LIST}).findings
    assert len(found) == 2
    assert {one.rule for one in found} == {"envelope.timestamp"}
    assert len({one.fingerprint for one in found}) == 2


def spoiled_in_two_ways(asked: ReceivedRequest, answer: Answer) -> Answer:
    if "limit" in asked.query:
        return answer.with_fields(timestamp=None)
    return answer.with_fields(timestamp="2026-11-02T10:00:00+01:00")


def test_a_finding_is_small_and_can_be_repeated(served: Served) -> None:
    (finding,) = served.fuzzed(crash, 90, {PUT}).findings
    assert (finding.rule, finding.severity) == ("envelope.no-http-5xx", "error")
    assert (finding.occurrences[0].target, finding.occurrences[0].operation) == (
        "2.2.1 tokens.receiver", PUT,
    )  # fmt: skip
    assert finding.why.endswith("#status_codes_status_codes")
    assert finding.exchange is not None
    assert finding.exchange.answer.status == 500
    body = json.loads(finding.exchange.sent.body or b"")
    assert "group_id" in body
    assert len(finding.exchange.sent.body or b"") < 300
    assert 'authorization: Token $(printf %s "$TOKEN" | base64' in finding.exchange.sent.curl()
    data = json.dumps(served.fuzzed(crash, 30, {PUT}).as_data())
    assert TOKEN not in data
    assert "Z29vZC10b2tlbg" not in data


@pytest.mark.parametrize("cases", [40, 200, 600])
def test_the_number_of_requests_is_held(served: Served, cases: int) -> None:
    report = served.fuzzed(honest, cases)
    assert 0.9 * cases <= report.cases <= 1.1 * cases


def test_a_party_that_does_not_answer(served: Served) -> None:
    report = served.fuzzed(hang, 100, {LIST, PUT}, timeout=0.1)
    found = {(one.rule, each.operation) for one in report.findings for each in one.occurrences}
    assert ("envelope.answered", PUT) in found
    assert {rule for rule, _ in found} == {"envelope.answered"}
    assert all("did not answer in time" in each.got for each in report.findings)
    assert report.tallies["2.2.1 tokens.sender"][LIST].reached
    assert report.problems == ()


def test_what_was_left_out_is_reported(served: Served) -> None:
    target = Target(v2_2_1.binding.bundle("versions", "list"), f"{served.base_url}/versions", TOKEN)
    report = fuzz([target], Knowledge(own=OWN), Budget(seconds=0))
    assert report.problems == (
        "2.2.1 versions.list get_versions: not tested, time or requests were used up",
    )


def test_the_same_seed_asks_the_same(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = served.fuzzed(honest, 40)
    # Hypothesis would draw from the constants of modules that the process has imported since.
    (tmp_path / "fuzz_constants.py").write_text("VALUES = ['NL', 'TNM', 'RFID', 'é', 7, 36]\n")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("fuzz_constants")
    assert served.fuzzed(honest, 40).tallies == first.tallies

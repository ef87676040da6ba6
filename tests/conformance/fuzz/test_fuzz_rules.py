"""The fuzzer finds each fault of a party by the rule that names it, and none where none is."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from ocpi_bindings import v2_2_1
from ocpi_conformance.fuzz import Budget, Knowledge, Report, Target, fuzz
from ocpi_runtime.server import Limits, create_app
from tests.conformance.fuzz.misbehaving import (
    ALL,
    FAULTS,
    LIST,
    PUT,
    Answer,
    Misbehaving,
    ReceivedRequest,
    Spoil,
    crash,
    hang,
)
from tests.conformance.fuzz.tokens import OWN, TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving

# Found by what generated bodies hold, not by every answer.
_DEEP = {"strings of any length"}


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
    ) -> Report:
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
    assert [one.as_data() for one in report.findings] == []
    assert report.problems == ()
    for target, operations in report.tallies.items():
        for operation, tally in operations.items():
            assert tally.valid, (target, operation)
            assert tally.reached >= 0.9 * tally.valid, (target, operation)
            assert tally.outcomes["refused"], (target, operation)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_its_rule(name: str, served: Served) -> None:
    spoil, rule, operations = FAULTS[name]
    report = served.fuzzed(spoil, 200 if name in _DEEP else 20, operations)
    assert {one.fault.rule.id for one in report.findings} == {rule}
    found = [(one.fault.rule.id, one.operation) for one in report.findings]
    assert len(set(found)) == len(found)
    assert report.problems == ()


def test_a_finding_is_small_and_can_be_repeated(served: Served) -> None:
    (finding,) = served.fuzzed(crash, 60, {PUT}).findings
    data = finding.as_data()
    assert data["rule"] == "envelope.no-http-5xx"
    assert data["severity"] == "error"
    assert data["target"] == "2.2.1 tokens.receiver"
    assert data["operation"] == "put_token"
    assert data["why"].endswith("#status_codes_status_codes")
    assert data["answer"]["status"] == 500
    assert TOKEN not in json.dumps(data)
    assert "Z29vZC10b2tlbg" not in json.dumps(data)
    assert json.loads(data["request"]["body"])["group_id"] == ""
    assert 'authorization: Token $TOKEN"' in data["reproduce"]


def test_a_party_that_does_not_answer(served: Served) -> None:
    report = served.fuzzed(hang, 100, {LIST, PUT}, timeout=0.1)
    found = {(one.fault.rule.id, one.operation) for one in report.findings}
    assert found == {("envelope.answered", PUT)}
    assert report.tallies["2.2.1 tokens.sender"][LIST].reached
    assert report.problems == ()


def test_what_was_left_out_is_told(served: Served) -> None:
    target = Target(v2_2_1.binding.bundle("versions", "list"), f"{served.base_url}/versions", TOKEN)
    report = fuzz([target], Knowledge(own=OWN), Budget(seconds=0))
    assert report.problems == ("2.2.1 versions.list get_versions: not tested, the time was up",)


def test_the_same_seed_asks_the_same(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = served.fuzzed(honest, 40)
    # Hypothesis would draw from the constants of modules that the process has imported since.
    (tmp_path / "fuzz_constants.py").write_text("VALUES = ['NL', 'TNM', 'RFID', 'é', 7, 36]\n")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("fuzz_constants")
    assert served.fuzzed(honest, 40).tallies == first.tallies

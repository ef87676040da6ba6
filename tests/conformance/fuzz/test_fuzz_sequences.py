"""Sequences find what no single answer shows, each by its rule, and nothing where all is right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import pytest
from starlette.types import ASGIApp

from ocpi_conformance.fuzz import Budget, FuzzResult, fuzz
from ocpi_conformance.reports import Finding
from tests.conformance.fuzz.injected_faults import INJECTED_FAULTS
from tests.conformance.fuzz.relay import InjectedFault, Relay
from tests.support.fuzz_plans import Plan
from tests.support.fuzz_subject import Subject, subject
from tests.support.serving import serving


@dataclass
class FuzzedPlatform:
    """A platform behind a relay."""

    relay: Relay
    subject: Subject

    def run(
        self, injected: InjectedFault, module: str, *, whole: bool = True, cases: int = 100
    ) -> FuzzResult:
        """Run all sequences of a module; of commands, the one with UNLOCK_CONNECTOR."""
        self.relay.injected = injected
        # Locations are needed to know ids.
        wanted = {module, "locations"} if module == "commands" else {module}
        targets = [one for one in self.subject.targets if one.module in wanted]
        knowledge = self.subject.knowledge
        knowledge.patch_whole = whole
        knowledge.skip = frozenset({
            "post_start_session", "post_stop_session", "post_reserve_now",
            "post_cancel_reservation", "put_location", "put_evse", "put_connector",
        })  # fmt: skip
        budget = Budget(cases=cases, seconds=60, seed=3, sequences=1, result_timeout=1)
        return fuzz(targets, knowledge, budget)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedPlatform]:
    made: list[Relay] = []
    with subject(tmp_path_factory.mktemp("subject"), Plan("2.2.1")) as served:
        upstream = urljoin(served.targets[0].url, "/").removesuffix("/")

        def make(base_url: str) -> ASGIApp:
            made.append(Relay(base_url, upstream))
            return made[0]

        with serving(make) as base_url:
            targets = [
                replace(one, url=one.url.replace(upstream, base_url)) for one in served.targets
            ]
            yield FuzzedPlatform(made[0], replace(served, targets=targets))


@pytest.mark.parametrize("module", ["tokens", "tariffs", "cdrs", "commands"])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "part"])
def test_a_party_without_fault_has_no_findings(
    stage: FuzzedPlatform, module: str, *, whole: bool
) -> None:
    report = stage.run(InjectedFault(), module, whole=whole)
    assert report.as_data()["findings"] == []
    assert report.problems == ()
    for target, sequences in report.sequence_results.items():
        for name, result in sequences.items():
            assert result.completed, (target, name)


@pytest.mark.parametrize("name", INJECTED_FAULTS)
def test_a_fault_is_found_by_its_rule(stage: FuzzedPlatform, name: str) -> None:
    fault = INJECTED_FAULTS[name]
    report = stage.run(fault.make(), fault.module)
    found = {(one.rule, each.operation) for one in report.findings for each in one.occurrences}
    assert found == {(fault.rule, fault.operation)}
    assert report.problems == ()
    for finding in report.findings:
        assert finding.why.startswith("https://github.com/ocpi/ocpi/blob/")


def test_a_finding_shows_all_steps_and_no_more(stage: FuzzedPlatform) -> None:
    fault = INJECTED_FAULTS["older wins"]
    (finding,) = stage.run(fault.make(), fault.module).findings
    assert _methods(finding) == ["PUT", "GET", "PUT", "GET"]
    put, older = (json.loads(finding.steps[at].sent.body or b"") for at in (0, 2))
    assert older["last_updated"] < put["last_updated"]
    assert set(put) <= {
        "country_code", "party_id", "id", "currency", "elements", "last_updated",
    }  # fmt: skip


def _methods(finding: Finding) -> list[str]:
    return [step.sent.method for step in finding.steps]


def test_a_party_that_merges_what_is_nested_is_right_too(stage: FuzzedPlatform) -> None:
    """Where a nested object is merged, fields that were not sent stay."""
    report = stage.run(INJECTED_FAULTS["null ignored"].make(), "tokens", whole=False)
    assert {one.severity for one in report.findings} == {"warning"}


def test_results_are_left_out_where_nobody_listens(stage: FuzzedPlatform) -> None:
    knowledge = stage.subject.knowledge
    listener, knowledge.listener = knowledge.listener, None
    try:
        report = stage.run(InjectedFault(), "commands")
    finally:
        knowledge.listener = listener
    assert "2.2.1 commands.receiver" not in report.sequence_results

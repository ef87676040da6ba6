"""Every fault is found by the rule that is meant for it, and a correct platform has none."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocpi_conformance.coverage import FaultDescription, load_faults
from ocpi_conformance.reports import Verdict
from ocpi_conformance.rules.catalogue import RULES
from tests.conformance.faults.checked_platforms import CheckedPlatforms
from tests.conformance.faults.registry import FAULTS
from tests.conformance.fuzz.relay import InjectedFault
from tests.support.fuzz_plans import SUBJECTS, Plan

LISTED = [one for one in load_faults() if one.found_by == "check"]
UNFOUND = tomllib.loads(Path(__file__).with_name("unfound.toml").read_text())
FIRST = "2.2.1"
_MOST_UNASKED = 0.05
_FROM_2_2 = {
    "credentials.token-b-used", "credentials.token-a-dead", "credentials.token-c-works",
    "credentials.token-a-limited",
    "credentials.put-old-token-dead", "credentials.put-failure", "credentials.roles-unique",
    "credentials.missing-endpoints",
}  # fmt: skip
_FROM_2_1_1 = {
    "credentials.post-fetches", "credentials.put-fetches", "credentials.post-registered",
    "credentials.put-unregistered", "credentials.delete-unregistered",
}  # fmt: skip
LATER: dict[str, set[str]] = {
    "2.0": _FROM_2_2 | _FROM_2_1_1, "2.1.1": _FROM_2_2,
}  # fmt: skip
"""Rules of registrations that a version does not have."""


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedPlatforms]:
    made = CheckedPlatforms(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


@pytest.mark.parametrize("plan", SUBJECTS, ids=str)
def test_a_correct_platform_has_no_findings(stages: CheckedPlatforms, plan: Plan) -> None:
    report = stages.of(plan).check(InjectedFault(), write=True, register=True)
    assert [(one.rule, one.title, one.got) for one in report.findings] == []
    assert report.problems == ()
    assert report.created
    asked = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
    assert asked >= {"write.stored", "write.read-back", "write.patch-merges", "write.case-of-ids"}
    applicable = len(report.rules) - report.count(Verdict.NOT_APPLICABLE)
    assert report.count(Verdict.NOT_ASKED) < _MOST_UNASKED * applicable


@pytest.mark.parametrize("plan", SUBJECTS, ids=str)
def test_a_correct_platform_has_no_findings_in_a_registration(
    stages: CheckedPlatforms, plan: Plan
) -> None:
    report = stages.of(plan).check(InjectedFault(), "credentials", register=True)
    assert [(one.rule, one.title, one.got) for one in report.findings] == []
    asked = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
    of_registrations = {name for name in RULES if name.startswith("credentials.")}
    assert of_registrations - asked == LATER.get(plan.version, set())


@pytest.mark.parametrize("plan", [one for one in SUBJECTS if one.role != "EMSP"], ids=str)
def test_a_correct_platform_has_no_findings_in_commands(
    stages: CheckedPlatforms, plan: Plan
) -> None:
    report = stages.of(plan).check(
        InjectedFault(), "commands", "chargingprofiles", "sessions", write=True
    )
    assert [(one.rule, one.title, one.got) for one in report.findings] == []
    if plan.version == FIRST:
        asked = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
        assert asked >= {name for name in RULES if name.startswith(("commands.", "profiles."))}


@pytest.mark.parametrize("fault", LISTED, ids=lambda one: one.name)
def test_a_fault_is_found_by_the_rule_that_is_meant_for_it(
    stages: CheckedPlatforms, fault: FaultDescription
) -> None:
    version = FIRST if FIRST in fault.versions else fault.versions[-1]
    assert fault.rule in stages.found(fault, version)


def test_every_fault_is_described_or_listed_as_one_that_no_rule_finds() -> None:
    found = {one.name for one in LISTED}
    assert not found & UNFOUND.keys()
    assert found | UNFOUND.keys() == set(FAULTS)
    assert len(load_faults()) >= 120

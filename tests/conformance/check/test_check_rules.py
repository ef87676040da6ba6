"""A check of some rules asks these, and nothing else; the others count as not asked."""

from collections.abc import Iterator

import pytest

from ocpi_conformance.check import UnknownRule
from ocpi_conformance.reports import Report, Verdict
from ocpi_conformance.rules.catalogue import RULES
from tests.conformance.faults.checked_platforms import CheckedPlatform, CheckedPlatforms
from tests.conformance.faults.registry import FAULTS
from tests.conformance.fuzz.relay import InjectedFault
from tests.support.fuzz_plans import Plan

LIST = "locations"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedPlatform]:
    stages = CheckedPlatforms(tmp_path_factory.mktemp("rules"))
    yield stages.of(Plan("2.2.1"))
    stages.close()


def _passed(report: Report) -> set[str]:
    return {one.rule for one in report.rules if one.verdict is Verdict.PASSED}


def test_one_rule_takes_few_requests_and_the_others_are_not_asked(stage: CheckedPlatform) -> None:
    whole = stage.check(InjectedFault(), LIST)
    report = stage.check(InjectedFault(), LIST, rules=["paging.total-read"])
    assert _passed(report) == {"paging.total-read"}
    assert report.requests * 4 < whole.requests
    left = [one for one in report.rules if one.rule == "headers.request-id"]
    assert [one.verdict for one in left] == [Verdict.NOT_ASKED]
    assert "--rule" in left[0].reason
    assert {one.rule for one in report.rules} == set(RULES)


def test_a_group_is_all_of_its_rules_without_those_that_are_left_out(
    stage: CheckedPlatform,
) -> None:
    group = stage.check(InjectedFault(), LIST, rules=["paging"])
    fewer = stage.check(
        InjectedFault(), LIST, rules=["paging"], skip_rules=["paging.limit", "paging.size"]
    )
    assert {one.partition(".")[0] for one in _passed(group)} == {"paging"}
    assert _passed(group) - _passed(fewer) == {"paging.limit", "paging.size"}


def test_a_rule_about_every_message_is_judged_wherever_a_check_sends_one(
    stage: CheckedPlatform,
) -> None:
    whole = stage.check(InjectedFault(), LIST)
    report = stage.check(InjectedFault(), LIST, rules=["envelope.shape"])
    assert _passed(report) == {"envelope.shape"}
    asked = {one.target: one.asked for one in whole.rules if one.rule == "envelope.shape"}
    assert {one.target: one.asked for one in report.rules if one.rule == "envelope.shape"} == asked


def test_what_is_wrong_by_other_rules_is_no_finding(stage: CheckedPlatform) -> None:
    fault = FAULTS["total-too-high"]
    found = {one.rule for one in stage.check(fault(), LIST).findings}
    assert found == {"paging.total-read", "paging.total-filtered"}
    fewer = stage.check(fault(), LIST, skip_rules=["paging.total-read"])
    assert {one.rule for one in fewer.findings} == {"paging.total-filtered"}


def test_a_run_ends_with_its_first_finding(stage: CheckedPlatform) -> None:
    fault = FAULTS["link-relative"]
    whole = stage.check(fault(), LIST)
    first = stage.check(fault(), LIST, stop_at_first=True)
    assert first.findings
    assert first.requests < whole.requests
    reasons = {one.reason for one in first.rules if one.verdict is Verdict.NOT_ASKED}
    assert "The run ended at its first finding." in reasons


def test_an_unknown_rule_is_refused_with_the_nearest(stage: CheckedPlatform) -> None:
    with pytest.raises(UnknownRule, match=r"did you mean 'paging\.total-read'"):
        stage.check(InjectedFault(), LIST, rules=["paging.total-reed"])

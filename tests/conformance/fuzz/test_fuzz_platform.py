"""A small run over every bundle of the reference platform; ``make fuzz`` is the large one."""

import pytest

from ocpi_conformance.fuzz import Budget
from tests.fuzz import fuzzed, left_out
from tests.support.fuzz_plans import SUBJECTS, Plan

_CASES = 50


@pytest.mark.parametrize("plan", SUBJECTS, ids=str)
def test_nothing_is_found_in_the_reference_platform(plan: Plan) -> None:
    report = fuzzed(plan, Budget(cases=_CASES, least=1, seconds=120))
    assert [one.as_data() for one in report.findings] == []
    assert report.problems == ()
    assert report.cases > _CASES
    assert list(left_out(report)) == []

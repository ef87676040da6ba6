"""A small run over every bundle of the reference platform; ``make fuzz`` is the large one."""

import pytest

from ocpi_conformance.fuzz import Budget
from tests.fuzz import fuzzed, left_out
from tests.support.fuzz_plans import SUBJECTS, Plan

_CASES = 1000


@pytest.mark.parametrize("plan", SUBJECTS, ids=str)
def test_nothing_is_found_in_the_reference_platform(plan: Plan) -> None:
    report = fuzzed(plan, Budget(cases=_CASES, seconds=120))
    assert report.as_data()["findings"] == []
    assert report.problems == ()
    assert 0.9 * _CASES <= report.cases <= 1.1 * _CASES
    assert list(left_out(report)) == []

"""A small run over every bundle of the reference platform; ``make fuzz`` is the large one."""

from rich.console import Console

from ocpi_conformance.fuzz import Budget
from tests.fuzz import fuzzed

_CASES = 500


def test_nothing_is_found_in_the_reference_platform() -> None:
    report = fuzzed(Budget(cases=_CASES, seconds=120), Console(stderr=True))
    assert [one.as_data() for one in report.findings] == []
    assert report.problems == ()
    assert report.cases > _CASES
    for target, operations in report.tallies.items():
        for operation, tally in operations.items():
            assert tally.reached, f"no request reached success: {target} {operation}"

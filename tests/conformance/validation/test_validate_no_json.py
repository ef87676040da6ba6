"""Files in which NaN or similar is: read where the dialect repairs it, and reported."""

import json

import pytest

from ocpi_conformance.validation import Report
from ocpi_runtime.dialect import Dialect
from tests.conformance.validation.test_validate import LOCATIONS, TEXT, location, validate

NAN = json.dumps([location("LOC0"), location("LOC1", postal_code=float("nan"))]).encode()


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (NAN, "/1"),
        (b'{"status_code": 1000, "data": ' + NAN + b"}", "/data/1"),
        (b'{"status_code": 1000, "more": NaN, "data": ' + NAN + b"}", "/data/1"),
        (b'{"result": {"locations": ' + NAN + b"}}", "/result/locations/1"),
        (b"[" + NAN + b"]", "/0/1"),
        (NAN[1:-1], ""),
    ],
)
def test_an_object_with_nan_is_repairable(data: bytes, pointer: str) -> None:
    report = validate(data)
    assert dict(report.verdicts) | {"valid": 1, "repairable": 1} == dict(report.verdicts)
    cause = report.parts[0].causes[0]
    assert (cause.rule, cause.example.pointer, [*cause.repairs]) == ("json", pointer, ["no-number"])


def test_a_comma_before_the_end_of_a_list_is_a_problem_that_stops_nothing() -> None:
    report = validate(TEXT[:-1] + b",]")
    assert report.verdicts["valid"] == len(LOCATIONS)
    assert _problems(report) == [f"the list ends after a comma, at byte {len(TEXT) - 1}"]


def test_a_strict_dialect_reads_no_further() -> None:
    report = validate(NAN, dialect=Dialect.strict)
    assert (report.objects, "not JSON" in _problems(report)[0]) == (1, True)


def _problems(report: Report) -> list[str]:
    return [each.message for each in report.problems]

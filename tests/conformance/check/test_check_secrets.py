"""No part of the token is in the report of a check, whatever the check makes of it."""

import base64
from collections.abc import Iterator

import pytest

from ocpi_conformance.reports import write_report
from tests.conformance.faults.checked_platforms import CheckedPlatform, CheckedPlatforms
from tests.conformance.faults.registry import FAULTS
from tests.support.fuzz_plans import Plan

SHORTEST = 12
"""So many letters of an encoded token would give away a good part of it."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedPlatform]:
    stages = CheckedPlatforms(tmp_path_factory.mktemp("secrets"))
    yield stages.of(Plan("2.2.1"))
    stages.close()


@pytest.mark.parametrize("fault", ["any-scheme-opens", "similar-token-opens"])
def test_tokens_that_are_alike_are_variables_in_reports(stage: CheckedPlatform, fault: str) -> None:
    token = stage.subject.knowledge.before("get_credentials") or stage.subject.targets[0].token
    report = stage.check(FAULTS[fault](), "tokens", rules=["authorization.required"])
    assert report.findings
    text = write_report(report).decode()
    once = base64.b64encode(token.encode())
    for secret in (token, once.decode(), base64.b64encode(once).decode()):
        assert secret[:SHORTEST] not in text
    assert "TOKEN" in text

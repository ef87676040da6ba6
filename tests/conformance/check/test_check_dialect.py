"""What the dialect of a party repairs is advice with the repair in it; the rest stays an error."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_conformance.check import Options
from ocpi_conformance.cli import app
from ocpi_conformance.reports import Finding, Report, Verdict
from ocpi_conformance.rules import Severity
from ocpi_runtime.dialect import Dialect, Paging
from tests.conformance.faults.checked_platforms import CheckedPlatform, CheckedPlatforms
from tests.conformance.faults.registry import FAULTS
from tests.support.fuzz_plans import Plan

LIST = "locations"
DATA = ["objects.data"]
KNOWN = Dialect(level="lenient", country_code="NL", party_id="HST")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedPlatform]:
    stages = CheckedPlatforms(tmp_path_factory.mktemp("dialects"))
    yield stages.of(Plan("2.2.1"))
    stages.close()


def _checked(
    stage: CheckedPlatform, fault: str, rules: list[str], dialect: Dialect | None
) -> Report:
    return stage.check(FAULTS[fault](), LIST, rules=rules, dialect=dialect)


def _severities(findings: list[Finding]) -> list[tuple[str, Severity, str]]:
    return [(one.rule, one.severity, one.repair) for one in findings]


@pytest.mark.parametrize(
    ("fault", "repairs"),
    [
        ("location-coordinates-as-numbers", {"text-number", "coordinate-decimals"}),
        ("location-updated-with-offset", {"timestamp-offset"}),
        ("evse-status-in-lower-case", {"enum-spelling"}),
    ],
)
def test_what_the_dialect_repairs_is_advice(
    stage: CheckedPlatform, fault: str, repairs: set[str]
) -> None:
    strict = _checked(stage, fault, DATA, None)
    assert {one.severity for one in strict.findings} == {Severity.ERROR}
    read = _checked(stage, fault, DATA, KNOWN)
    assert {one.severity for one in read.findings} == {Severity.ADVICE}
    assert {one.repair for one in read.findings} == repairs
    assert all(one.repair in one.got and one.pointer for one in read.findings)
    assert read.harmful == []
    assert all(one.verdict is not Verdict.FAILED for one in read.rules)


def test_what_the_dialect_does_not_repair_is_an_error(stage: CheckedPlatform) -> None:
    found = _checked(stage, "location-coordinates-as-numbers", DATA, Dialect.strict)
    assert _severities([*found.findings]) == [("objects.data", Severity.ERROR, "")] * len(
        found.findings
    )
    assert found.harmful


def test_headers_of_pages_that_are_known_are_advice_and_followed(stage: CheckedPlatform) -> None:
    rules = ["paging.link-absolute", "paging.total-read"]
    strict = _checked(stage, "link-relative", rules, None)
    assert strict.errors
    known = Dialect(paging=Paging(absolute_link=False))
    read = _checked(stage, "link-relative", rules, known)
    assert _severities([*read.findings]) == [
        ("paging.link-absolute", Severity.ADVICE, "absolute_link")
    ]
    total = Dialect(paging=Paging(total_count=False))
    read = _checked(stage, "total-missing", ["headers.required"], total)
    assert _severities([*read.findings]) == [("headers.required", Severity.ADVICE, "total_count")]


def test_the_token_and_headers_of_the_dialect_are_used() -> None:
    known = Dialect(token_base64=False, headers={"X-Our-Name": "Example"})
    options = Options([], dialect=known)
    assert options.token_base64 is False
    assert options.transport.headers["X-Our-Name"] == "Example"
    assert Options([], dialect=known, token_base64=True).token_base64 is True


def test_a_check_with_known_deviations_alone_ends_with_0(
    stage: CheckedPlatform, tmp_path: Path
) -> None:
    file = tmp_path / "partner.toml"
    file.write_text(KNOWN.toml())
    listed = next(one for one in stage.subject.targets if one.interface == "list")
    token = stage.subject.knowledge.before("get_credentials") or listed.token
    words = ["check", listed.url, "--token", token, "--version", "2.2.1", "--module", LIST]
    words += ["--rule", "objects.data", "--allow-private", "--allow-http"]
    stage.platform.injected = FAULTS["evse-status-in-lower-case"]()
    assert CliRunner().invoke(app, words).exit_code == 1
    assert CliRunner().invoke(app, [*words, "--dialect", str(file)]).exit_code == 0

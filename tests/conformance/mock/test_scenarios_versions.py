"""Scenarios in 2.1.1 and 2.3.0: our own client does there too as they expect."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from ocpi_bindings import v2_1_1, v2_3_0
from ocpi_conformance.mock import Mock, MockSettings, running_mock, shipped_scenarios
from ocpi_runtime.errors import OcpiError
from tests.conformance.mock.our_client import CLIENT, OurClient, OurPlatform, platform
from tests.conformance.mock.test_scenarios import play

SCENARIOS = shipped_scenarios()
NEW = (
    "broken-object", "cdr-answer-lost", "correct", "link-loop", "link-missing", "push-refused",
    "result-forged", "result-twice", "stale-token", "too-many-requests", "total-changing",
    "unknown-enum-value",
)  # fmt: skip
OLD = (
    "bad-gateway", "broken-object", "byte-order-mark", "correct", "link-loop", "link-relative",
    "redirect", "stale-token", "timestamps-without-zone", "total-missing", "unknown-fields",
)  # fmt: skip
"""Some of each kind that the version has."""
OLD_WRITES = (
    "cdr-answer-lost", "command", "push-refused", "push-server-error", "result-forged",
    "result-missing", "result-twice",
)  # fmt: skip
"""Those in which the client pushes, or sends or carries out commands."""


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture(scope="module")
def old() -> Iterator[Mock]:
    with running_mock(v2_1_1.binding, MockSettings(role="cpo", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def old_emsp() -> Iterator[Mock]:
    with running_mock(v2_1_1.binding, MockSettings(role="emsp", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def old_client(old: Mock, ours: OurPlatform) -> OurClient:
    client = OurClient(old, ours, version="2.1.1")
    client.register()
    return client


@pytest.fixture(scope="module")
def new() -> Iterator[Mock]:
    with running_mock(v2_3_0.binding, MockSettings(role="cpo", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def registered(new: Mock, ours: OurPlatform) -> OurClient:
    client = OurClient(new, ours, version="2.3.0")
    client.register()
    return client


@pytest.fixture(scope="module")
def emsp() -> Iterator[Mock]:
    with running_mock(v2_3_0.binding, MockSettings(role="emsp", party=CLIENT)) as mock:
        yield mock


@pytest.mark.parametrize("name", NEW)
def test_our_client_does_as_expected_in_2_3_0(
    name: str, new: Mock, emsp: Mock, registered: OurClient, ours: OurPlatform
) -> None:
    scenario = SCENARIOS[name]
    mock = emsp if scenario.roles and "cpo" not in scenario.roles else new
    mock.reset([scenario])
    token = registered.token if mock is new else ""
    play(OurClient(mock, ours, token=token, version="2.3.0"), name)
    mock.settle()
    report = mock.report()
    assert [(one.rule, one.got) for one in report.findings] == []
    assert report.problems == []


@pytest.mark.parametrize("name", OLD)
def test_our_client_does_as_expected_in_2_1_1(name: str, old: Mock, ours: OurPlatform) -> None:
    old.reset([SCENARIOS[name]])
    play(OurClient(old, ours, version="2.1.1"), name)
    old.settle()
    report = old.report()
    assert [(one.rule, one.got) for one in report.findings] == []
    assert report.problems == []


@pytest.mark.parametrize("name", OLD_WRITES)
def test_our_client_writes_as_expected_in_2_1_1(
    name: str, old: Mock, old_emsp: Mock, old_client: OurClient, ours: OurPlatform
) -> None:
    scenario = SCENARIOS[name]
    mock = old_emsp if "cpo" not in scenario.roles else old
    mock.reset([scenario])
    token = old_client.token if mock is old else ""
    play(OurClient(mock, ours, token=token, version="2.1.1"), name)
    mock.settle()
    report = mock.report()
    assert [(one.rule, one.got) for one in report.findings] == []
    assert report.problems == []


def test_links_lead_to_chapters_as_the_version_has_them(
    old_client: OurClient, registered: OurClient
) -> None:
    for client, suffix in ((old_client, ".md#"), (registered, ".asciidoc#")):
        client.mock.reset()
        with suppress(OcpiError):
            replace(client, token="unknown").read_lists()
        client.mock.settle()
        report = client.mock.report()
        assert report.findings
        links = [one.why for one in report.rules] + [one.why for one in report.findings]
        assert [one for one in links if suffix not in one] == []

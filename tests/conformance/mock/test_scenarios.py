"""Every scenario against our own client: each verdict is as its file expects."""

from collections.abc import Iterator

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.mock import Mock, MockSettings, running_mock, shipped_scenarios
from ocpi_runtime.client import Limits
from tests.conformance.mock.our_client import CLIENT, LIMITS, OurClient, OurPlatform, platform

SCENARIOS = shipped_scenarios()
IMPATIENT = Limits(read=0.3, total=0.5, retries=0)
"""For scenarios in which a client has to wait for its own time limit."""
ENDLESS = {"hanging", "trickling-body"}


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture(scope="module")
def cpo() -> Iterator[Mock]:
    with running_mock(v2_2_1.binding, MockSettings(role="cpo", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def emsp() -> Iterator[Mock]:
    with running_mock(v2_2_1.binding, MockSettings(role="emsp", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def hub() -> Iterator[Mock]:
    with running_mock(v2_2_1.binding, MockSettings(role="hub", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def registered(cpo: Mock, ours: OurPlatform) -> OurClient:
    client = OurClient(cpo, ours)
    client.register()
    return client


def play(client: OurClient, name: str) -> None:
    """Have our client do what the scenario is about."""
    if name == "result-missing":
        client.start_session(results=0)
    elif name.startswith("result-"):
        client.start_session(results=2 if name == "result-twice" else 1)
    elif name == "command":
        client.register()
        client.carry_out()
    elif name.startswith(("push-", "cdr-", "receiver-")):
        client.push()
    else:
        client.read_lists()


@pytest.mark.parametrize("name", SCENARIOS)
def test_our_client_does_as_expected(
    name: str, cpo: Mock, emsp: Mock, hub: Mock, registered: OurClient, ours: OurPlatform
) -> None:
    scenario = SCENARIOS[name]
    mock = {"cpo": cpo, "emsp": emsp, "hub": hub}[(scenario.roles or ("cpo",))[0]]
    mock.reset([scenario])
    limits = IMPATIENT if name in ENDLESS else LIMITS
    token = registered.token if mock is cpo else ""
    play(OurClient(mock, ours, limits=limits, token=token), name)
    mock.settle()
    report = mock.report()
    assert [(one.rule, one.got) for one in report.findings] == []
    assert report.problems == []

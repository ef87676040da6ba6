"""Registration, tokens, commands and their results: right and wrong clients."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from ocpi_conformance.mock import Mock, MockSettings, load_scenario, running_mock
from ocpi_conformance.mock._judging import JUDGES
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_runtime.errors import OcpiError
from tests.conformance.mock.our_client import (
    LIMITS,
    MODELS,
    PACKAGES,
    OurClient,
    OurPlatform,
    platform,
)

NO_RETRY = replace(LIMITS, retries=0)
BEHAVIOURS = {
    "token-a-used-again": "token-a-ends",
    "old-token-used-again": "old-token-ends",
    "result-answered-with-500": "result-taken",
    "forged-result-answered-with-500": "forged-result-refused",
}
"""Faults of clients that are no change of single requests, and the rule that is meant for each."""


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture
def hub() -> Iterator[Mock]:
    """Return a mock that nobody has registered with."""
    yield from _hub("2.2.1")


@pytest.fixture(params=MODELS)
def client(request: pytest.FixtureRequest, ours: OurPlatform) -> Iterator[OurClient]:
    """Return a client of a version that has not registered with its mock."""
    for mock in _hub(request.param):
        yield OurClient(mock, ours, limits=NO_RETRY, version=request.param)


def _hub(version: str) -> Iterator[Mock]:
    with running_mock(PACKAGES[version].binding, MockSettings(role="hub", count=3)) as mock:
        yield mock


def broken(mock: Mock) -> set[str]:
    """Return the rules that a client broke."""
    mock.settle()
    return {one.rule.removeprefix("client.") for one in mock.report().findings}


def test_a_client_registers_and_renews(hub: Mock, ours: OurPlatform) -> None:
    client = OurClient(hub, ours)
    client.register()
    client.register()
    client.read_lists()
    assert broken(hub) == set()
    assert client.token not in str(hub.report())


def test_tokens_of_before_are_used(client: OurClient) -> None:
    mock = client.mock
    client.register()
    first = client.token
    with suppress(OcpiError):
        replace(client, token=mock.settings.token_a).read_lists()
    assert broken(mock) == {BEHAVIOURS["token-a-used-again"]}
    mock.reset()
    client.register()
    with suppress(OcpiError):
        replace(client, token=first).read_lists()
    assert broken(mock) == {BEHAVIOURS["old-token-used-again"]}


def test_credentials_are_posted_again(hub: Mock, ours: OurPlatform) -> None:
    client = OurClient(hub, ours)
    client.register()
    with client.session() as peer, suppress(OcpiError):
        peer.credentials.post_credentials(ours.credentials())
    assert broken(hub) == {"registers-once"}


def test_versions_of_the_client_cannot_be_read(hub: Mock) -> None:
    with suppress(OcpiError):
        OurClient(hub, OurPlatform("http://127.0.0.1:9")).register()
    assert broken(hub) == {"credentials-url"}


def test_results_are_taken_wrongly(client: OurClient) -> None:
    client.register()
    mock, ours = client.mock, client.platform
    client.token = mock.settings.token
    for name, rule in (
        ("correct", BEHAVIOURS["result-answered-with-500"]),
        ("result-twice", "repeated-result-taken"),
        ("result-forged", BEHAVIOURS["forged-result-answered-with-500"]),
    ):
        mock.reset([load_scenario(name)])
        ours.status = 500
        client.start_session(results=0)
        assert rule in broken(mock)
        ours.status = 0


def test_results_of_commands_are_wrong(hub: Mock, ours: OurPlatform) -> None:
    hub.reset([load_scenario("command")])
    client = OurClient(hub, ours)
    client.register()
    url = ours.commands.get(timeout=10)
    with client.session() as peer:
        client.send_result(peer, url)
        client.send_result(peer, url)
    assert broken(hub) == {"result-sent-once"}


def test_a_command_is_not_answered(hub: Mock, ours: OurPlatform) -> None:
    hub.reset([load_scenario("command")])
    ours.status = 500
    OurClient(hub, ours).register()
    assert "command-answered" in broken(hub)
    ours.status = 0


def test_every_rule_about_clients_is_applied() -> None:
    assert JUDGES.keys() == CLIENT_RULES.keys()

"""Registration, tokens, commands and their results: right and wrong clients."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.mock import Mock, MockSettings, load_scenario, running_mock
from ocpi_conformance.mock._judging import JUDGES
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_runtime.errors import OcpiError
from tests.conformance.mock.our_client import LIMITS, OurClient, OurPlatform, platform

NO_RETRY = replace(LIMITS, retries=0)


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture
def hub() -> Iterator[Mock]:
    """Return a mock that nobody has registered with."""
    with running_mock(v2_2_1.binding, MockSettings(role="hub", count=3)) as mock:
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


def test_tokens_of_before_are_used(hub: Mock, ours: OurPlatform) -> None:
    client = OurClient(hub, ours, limits=NO_RETRY)
    client.register()
    first = client.token
    with suppress(OcpiError):
        OurClient(hub, ours, limits=NO_RETRY, token=hub.settings.token_a).read_lists()
    assert broken(hub) == {"token-a-ends"}
    hub.reset()
    client.register()
    with suppress(OcpiError):
        OurClient(hub, ours, limits=NO_RETRY, token=first).read_lists()
    assert broken(hub) == {"old-token-ends"}


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


def test_results_are_taken_wrongly(hub: Mock, ours: OurPlatform) -> None:
    OurClient(hub, ours).register()
    client = OurClient(hub, ours, token=hub.settings.token)
    for name, rule in (
        ("correct", "result-taken"),
        ("result-twice", "repeated-result-taken"),
        ("result-forged", "forged-result-refused"),
    ):
        hub.reset([load_scenario(name)])
        ours.status = 500
        client.start_session(results=0)
        assert rule in broken(hub)
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

"""Faults of a client, injected by name: each is found by the rule that is meant for it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import msgspec
import pytest

from ocpi_bindings import v2_2_1, v2_3_0
from ocpi_conformance.mock import (
    Mock,
    MockSettings,
    Scenario,
    ScenarioFault,
    load_scenario,
    running_mock,
)
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_runtime.client import Endpoint, Limits, SyncPeer
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.token import header_value
from tests.conformance.mock.bad_client import CHANGES, Repeating, bad_http
from tests.conformance.mock.our_client import (
    CHANGE,
    CLIENT,
    COST,
    LIMITS,
    LOCATION,
    MODELS,
    PACKAGES,
    POLICY,
    OurClient,
    OurPlatform,
    platform,
)

NO_RETRY = replace(LIMITS, retries=0)
CHANGED = {
    "reused-request-id": "request-id",
    "no-request-id": "request-id",
    "no-correlation-id": "correlation-id",
    "no-routing-from": "routing-from",
    "routing-from-stranger": "routing-from",
    "routing-to-stranger": "routing-to",
    "routing-of-versions": "no-routing",
    "token-plain": "token-base64",
    "token-coded-twice": "token-known",
    "token-as-bearer": "token-sent",
    "no-token": "token-sent",
    "hard-coded-endpoint": "published-endpoints",
    "other-method": "known-method",
    "link-rebuilt": "link-verbatim",
    "limit-of-zero": "page-query",
    "patch-without-last-updated": "patch-last-updated",
    "patch-older-than-put": "changes-forward",
    "invalid-body": "body-valid",
    "invalid-large-body": "body-valid",
    "other-id-in-url": "ids-agree",
    "object-of-others": "own-objects",
    "too-long-id": "path-valid",
    "no-content-type": "content-type",
    "response-url-relative": "response-url",
}
"""The rule that is meant for each change of requests."""
BEHAVIOURS = {
    "endpoint-written-down": "discovery-first",
    "stops-at-unknown-fields": "goes-on",
}
"""Faults that are no change of single requests, and the rule that is meant for each."""
PUSHES = {
    "patch-without-last-updated", "patch-older-than-put", "invalid-body", "invalid-large-body",
    "other-id-in-url", "object-of-others", "too-long-id", "no-content-type",
}  # fmt: skip
FOLLOWED: dict[str, tuple[str, Repeating]] = {
    "always-busy": ("no-retry-storm", Repeating(8, frozenset({429}))),
    "gateway-timeout": ("no-retry-storm", Repeating(8, frozenset({504}))),
    "too-many-requests": ("retry-after", Repeating(1, frozenset({429}))),
    "stale-token": ("ends-after-401", Repeating(4, frozenset({401}))),
    "redirect-to-other-host": ("token-stays", Repeating(redirects=True)),
    "link-to-other-host": ("token-stays", Repeating(links=1)),
    "redirect-loop": ("redirect-bounded", Repeating(redirects=True)),
    "link-loop": ("no-loop", Repeating(links=6)),
    "endless-body": ("bounded-body", Repeating()),
}
"""By scenario, the rule that is broken by going on as the second says."""


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture(scope="module")
def hub() -> Iterator[Mock]:
    """Return a mock with all interfaces."""
    with running_mock(v2_2_1.binding, MockSettings(role="hub", party=CLIENT)) as mock:
        yield mock


@pytest.fixture(scope="module")
def newest() -> Iterator[Mock]:
    """Return a mock with all interfaces of the newest version."""
    with running_mock(v2_3_0.binding, MockSettings(role="hub", party=CLIENT)) as mock:
        yield mock


def broken(mock: Mock) -> set[str]:
    """Return the rules that a client broke."""
    mock.settle()
    return {one.rule.removeprefix("client.") for one in mock.report().findings}


def test_every_change_has_a_rule() -> None:
    assert CHANGED.keys() == CHANGES.keys()
    assert {f"client.{one}" for one in CHANGED.values()} <= CLIENT_RULES.keys()


@pytest.mark.parametrize("fault", CHANGED)
def test_changed_requests(fault: str, hub: Mock, ours: OurPlatform) -> None:
    hub.reset([])
    with bad_http(fault) as http:
        act(fault, OurClient(hub, ours, http, NO_RETRY))
    assert CHANGED[fault] in broken(hub)


@pytest.mark.parametrize("fault", CHANGED)
def test_changed_requests_of_the_newest_version(
    fault: str, newest: Mock, ours: OurPlatform
) -> None:
    newest.reset([])
    with bad_http(fault) as http:
        act(fault, OurClient(newest, ours, http, NO_RETRY, version="2.3.0"))
    assert CHANGED[fault] in broken(newest)


def act(fault: str, client: OurClient) -> None:
    """Do what a fault shows in."""
    with suppress(OcpiError):
        if fault in PUSHES:
            client.push()
        elif fault == "response-url-relative":
            client.start_session(results=0)
        else:
            client.read_lists()


@pytest.mark.parametrize("scenario", FOLLOWED)
def test_wrong_reactions(scenario: str, hub: Mock, ours: OurPlatform) -> None:
    rule, again = FOLLOWED[scenario]
    hub.reset([load_scenario(scenario)])
    with bad_http("", again) as http, suppress(OcpiError):
        OurClient(hub, ours, http, NO_RETRY).read_lists()
    assert rule in broken(hub)


def test_a_mock_resets(hub: Mock, ours: OurPlatform) -> None:
    hub.reset([])
    OurClient(hub, ours).read_lists()
    assert broken(hub) == set()


def no_discovery(client: OurClient) -> None:
    """Call an endpoint that is written down in the client."""
    base, version = client.mock.versions_url.removesuffix("/versions"), client.version
    known = [Endpoint("tariffs", "SENDER", f"{base}/{version}/sender/tariffs")]
    token, binding = client.mock.settings.token, PACKAGES[version].binding
    with SyncPeer.at(binding, known, token, policy=POLICY, from_party=CLIENT) as peer:
        assert list(peer.tariffs.get_tariffs())


def first_page_only(client: OurClient) -> None:
    """Read a list no further than its first page."""
    with client.session() as peer:
        assert next(iter(peer.locations.get_locations())).id


def cdr_twice(client: OurClient) -> None:
    """Post a CDR two times."""
    with client.session() as peer:
        peer.cdrs.post_cdr(COST)
        peer.cdrs.post_cdr(COST)


def patch_before_put(client: OurClient) -> None:
    """Change an object that was never pushed."""
    with client.session() as peer:
        peer.locations.patch_location(*CLIENT, "NEVER", CHANGE)


def same_command(client: OurClient) -> None:
    """Send a command again at once, to the same URL."""
    client.start_session(results=0)
    client.start_session(results=0)


def old_push(client: OurClient) -> None:
    """Push the state of before."""
    with client.session() as peer:
        older = LOCATION.last_updated.replace(year=2020)
        before = msgspec.structs.replace(LOCATION, last_updated=older)
        peer.locations.put_location(*CLIENT, "L1", LOCATION)
        peer.locations.put_location(*CLIENT, "L1", before)


DONE: dict[str, Callable[[OurClient], None]] = {
    "pages-complete": first_page_only,
    "cdr-once": cdr_twice,
    "put-first": patch_before_put,
    "command-once": same_command,
    "response-url": same_command,
    "changes-forward": old_push,
}
"""By rule, what breaks it."""


@pytest.mark.parametrize("rule", DONE)
def test_wrong_order(rule: str, hub: Mock, ours: OurPlatform) -> None:
    hub.reset([])
    with suppress(OcpiError):
        DONE[rule](OurClient(hub, ours, limits=NO_RETRY))
    assert rule in broken(hub)


@pytest.mark.parametrize("version", MODELS)
def test_discovery_is_missed(version: str, ours: OurPlatform) -> None:
    with running_mock(PACKAGES[version].binding) as mock:
        no_discovery(OurClient(mock, ours, version=version))
        assert broken(mock) == {BEHAVIOURS["endpoint-written-down"]}


def test_an_impatient_client(hub: Mock, ours: OurPlatform) -> None:
    hub.reset([load_scenario("slow-answers")])
    OurClient(hub, ours, limits=Limits(read=0.1, retries=0)).read_lists()
    assert "waits" in broken(hub)


def test_a_client_that_waits_for_ever(hub: Mock, ours: OurPlatform) -> None:
    slow = load_scenario("trickling-body")
    hub.reset([replace(slow, faults=tuple(_hastened(slow)))])
    OurClient(hub, ours, limits=NO_RETRY).read_lists()
    assert "bounded-time" in broken(hub)


def _hastened(scenario: Scenario) -> Iterator[ScenarioFault]:
    """Yield the faults with so few pieces that the end of the body comes within a test."""
    for fault in scenario.faults:
        yield replace(fault, options={"bytes": 8000, "seconds": 1.0}, operations=("get_tariffs",))


def test_a_post_is_repeated(hub: Mock, ours: OurPlatform) -> None:
    hub.reset([load_scenario("cdr-answer-lost")])
    with bad_http("", Repeating(1, resets=True)) as http:
        OurClient(hub, ours, http, NO_RETRY).push()
    assert "no-write-twice" in broken(hub)


def test_a_client_that_stops_at_once(ours: OurPlatform) -> None:
    with running_mock(v2_2_1.binding, scenarios=[load_scenario("html-page")]) as mock:
        with OurClient(mock, ours).session() as peer, suppress(OcpiError):
            list(peer.locations.get_locations())
        assert "goes-on" in broken(mock)


@pytest.mark.parametrize("version", MODELS)
def test_a_client_that_stops_at_unknown_fields(version: str) -> None:
    scenarios = [load_scenario("unknown-fields")]
    with running_mock(PACKAGES[version].binding, scenarios=scenarios) as mock, bad_http() as http:
        headers = {"Authorization": header_value(mock.settings.token, base64=True)}
        http.get(mock.versions_url, headers=headers)
        assert BEHAVIOURS["stops-at-unknown-fields"] in broken(mock)

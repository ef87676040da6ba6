"""What clients do wrong in single modules, each found by the rule that is meant for it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from ocpi_conformance.mock import Mock, MockSettings, load_scenario, running_mock
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.token import header_value
from tests.conformance.mock.our_client import (
    CHANGED_AT,
    CLIENT,
    LIMITS,
    MODELS,
    OWNER,
    PACKAGES,
    OurClient,
    OurPlatform,
    platform,
)

BEHAVIOURS = {
    "evse-left-out-of-location": "evse-removed",
    "sessions-without-date-from": "sessions-date-from",
    "command-with-foreign-token": "token-own",
    "reservation-with-foreign-token": "token-own",
    "command-without-connector": "connector-required",
    "token-of-a-command-authorized": "command-token-not-asked",
    "profile-update-unasked": "update-subscribed",
    "result-answered-with-data": "result-without-data",
    "requests-after-delete": "ends-after-delete",
}
"""Faults of clients, and the rule that is meant for each."""
OTHER = {"country_code": "ZZ", "party_id": "ZZZ"}


@pytest.fixture(scope="module")
def ours() -> Iterator[OurPlatform]:
    with platform() as served:
        yield served


@pytest.fixture(params=MODELS)
def client(request: pytest.FixtureRequest, ours: OurPlatform) -> Iterator[OurClient]:
    """Return a client of a version, and its mock."""
    version, settings = request.param, MockSettings(role="hub", party=CLIENT, count=3)
    with running_mock(PACKAGES[version].binding, settings) as mock:
        yield OurClient(mock, ours, limits=replace(LIMITS, retries=0), version=version)


def broken(mock: Mock) -> set[str]:
    """Return the rules that a client broke."""
    mock.settle()
    return {one.rule.removeprefix("client.") for one in mock.report().findings}


def put_locations(client: OurClient, second: list[Any]) -> None:
    """Push a location with two EVSEs, and then with others."""
    with client.session() as peer:
        for evses in ([evse(client, "A"), evse(client, "B")], second):
            location = client.made("Location", **OWNER, id="L9", evses=evses)
            peer.locations.put_location(*CLIENT, "L9", location)


def evse(client: OurClient, uid: str) -> Any:
    return client.made("EVSE", uid=uid)


def read_sessions(client: OurClient, query: str) -> None:
    """Read the first page of sessions."""
    client.read_lists()
    url = client.mock.versions_url.removesuffix("/versions")
    headers = {"authorization": header_value(client.mock.settings.token, base64=True)}
    httpx2.get(f"{url}/{client.version}/sender/sessions{query}", headers=headers)


def start(client: OurClient, owner: dict[str, str], **more: Any) -> None:
    """Send START_SESSION with a token of a party."""
    with client.session() as peer:
        assert list(peer.locations.get_locations())
        url = client.platform.response_url("9", client.version)
        fields = {"response_url": url, "token": client.made("Token", **owner), **more}
        body = MODELS[client.version].StartSession(location_id="LOC1", **fields)
        peer.commands.post_start_session(body)


def reserve(client: OurClient, owner: dict[str, str]) -> None:
    """Send RESERVE_NOW with a token of a party."""
    with client.session() as peer:
        url = client.platform.response_url("8", client.version)
        token = client.made("Token", **owner)
        more = {"location_id": "LOC1", "expiry_date": CHANGED_AT, "reservation_id": "R1"}
        body = MODELS[client.version].ReserveNow(response_url=url, token=token, **more)
        peer.commands.post_reserve_now(body)


def authorize(client: OurClient) -> None:
    """Take a command, and ask whether its token may charge."""
    client.mock.reset([load_scenario("command")])
    registered = replace(client, token="")
    registered.register()
    client.platform.commands.get(timeout=10)
    with registered.session() as peer:
        uid = next(iter(peer.tokens.get_tokens())).uid
        peer.tokens.post_authorize_token(uid)


def update_profile(client: OurClient) -> None:
    """Send the active profile of a session for which none was set."""
    with client.session() as peer:
        profile = client.made("ActiveChargingProfile")
        peer.chargingprofiles.put_active_charging_profile("S1", profile)


def answer_with_data(client: OurClient) -> None:
    """Answer the result of a command with data."""
    moment = format_timestamp(CHANGED_AT)
    client.platform.reply = {"status_code": 1000, "timestamp": moment, "data": {"taken": True}}
    client.start_session(results=0)
    client.mock.settle()
    client.platform.reply = {}


def read_after_delete(client: OurClient) -> None:
    """End a registration, and go on."""
    registered = replace(client, token="")
    registered.register()
    with registered.session() as peer:
        peer.credentials.delete_credentials()
        list(peer.tariffs.get_tariffs())


WRONG: dict[str, Callable[[OurClient], None]] = {
    "evse-left-out-of-location": lambda one: put_locations(one, [evse(one, "A")]),
    "sessions-without-date-from": lambda one: read_sessions(one, ""),
    "command-with-foreign-token": lambda one: start(one, OTHER),
    "reservation-with-foreign-token": lambda one: reserve(one, OTHER),
    "command-without-connector": lambda one: start(one, OWNER, evse_uid="EVSE1-1"),
    "token-of-a-command-authorized": authorize,
    "profile-update-unasked": update_profile,
    "result-answered-with-data": answer_with_data,
    "requests-after-delete": read_after_delete,
}


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_wrong_clients(name: str, client: OurClient) -> None:
    client.mock.reset([])
    with suppress(OcpiError):
        WRONG[name](client)
    assert BEHAVIOURS[name] in broken(client.mock)


def test_a_right_client(client: OurClient) -> None:
    client.mock.reset([])
    put_locations(client, [evse(client, "A"), evse(client, "B"), evse(client, "C")])
    read_sessions(client, "?date_from=2020-01-01T00:00:00Z")
    start(client, OWNER, evse_uid="EVSE1-1", connector_id="1")
    reserve(client, OWNER)
    assert not broken(client.mock) & set(BEHAVIOURS.values())

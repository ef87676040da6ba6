"""Every operation, called by a second partner: it reads and writes nothing of the first one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_bindings.v2_2_1.interfaces import INTERFACES
from ocpi_runtime.operations import Interface, Operation
from ocpi_server import OwnParty
from ocpi_server.store import Listing
from ocpi_server.store.database.tables import objects
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    Served,
    calling,
    connector,
    evse,
    introduce,
    location,
    served,
    token,
)
from tests.server_impl.samples import cdr, client_info, session, tariff

HOST = OwnParty("FR", "HST", "CPO", "Host"), OwnParty("FR", "HST", "EMSP", "Host")
NEWER = "2026-02-02T02:02:02Z"
RESULT = "http://127.0.0.1:9/result"
PROFILE = {"charging_rate_unit": "W"}
ACTIVE = {"start_date_time": NEWER, "charging_profile": PROFILE}
"""Secrets of the first partner carry this, so that an answer that gives one away is found."""
SECRET = "secret-of-the-first"

PATHS = {
    "country_code": "NL",
    "party_id": "CPO",
    "location_id": "LOC1",
    "evse_uid": "E1",
    "connector_id": "1",
    "session_id": "S1",
    "tariff_id": "T1",
    "token_uid": "TOKEN1",
    "id": "1",
    "command": "START_SESSION",
    "uid": "{uid}",
}
BODIES: dict[str, Any] = {
    "put_location": location(name="stolen", last_updated=NEWER),
    "patch_location": {"name": "stolen", "last_updated": NEWER},
    "put_evse": evse(status="BLOCKED", last_updated=NEWER),
    "patch_evse": {"status": "BLOCKED", "last_updated": NEWER},
    "put_connector": connector(max_voltage=1, last_updated=NEWER),
    "patch_connector": {"max_voltage": 1, "last_updated": NEWER},
    "put_token": token(owner=EMSP, issuer="stolen", last_updated=NEWER),
    "patch_token": {"issuer": "stolen", "last_updated": NEWER},
    "post_authorize_token": {"location_id": "LOC1"},
    "put_session": session(kwh=99.0, last_updated=NEWER),
    "patch_session": {"kwh": 99.0, "last_updated": NEWER},
    "put_charging_preferences": {"profile_type": "FAST"},
    "post_cdr": cdr("STOLEN"),
    "put_tariff": tariff(currency="XXX", last_updated=NEWER),
    "put_client_info": client_info(CPO, status="OFFLINE", last_updated=NEWER),
    "put_charging_profile": {"charging_profile": PROFILE, "response_url": RESULT},
    "put_active_charging_profile": ACTIVE,
    "post_active_charging_profile_result": {"result": "ACCEPTED"},
    "post_charging_profile_result": {"result": "ACCEPTED"},
    "post_clear_profile_result": {"result": "ACCEPTED"},
    "post_command_result": {"result": "ACCEPTED"},
    "post_start_session": {
        "response_url": RESULT,
        "token": token(owner=EMSP),
        "location_id": "OWN1",
    },
    "post_reserve_now": {
        "response_url": RESULT,
        "token": token(owner=EMSP),
        "location_id": "OWN1",
        "reservation_id": "R1",
        "expiry_date": "2099-01-01T00:00:00Z",
    },
    "post_stop_session": {"response_url": RESULT, "session_id": "OWNS1"},
    "post_cancel_reservation": {"response_url": RESULT, "reservation_id": "R1"},
    "post_unlock_connector": {
        "response_url": RESULT,
        "location_id": "OWN1",
        "evse_uid": "NONE",
        "connector_id": "1",
    },
}
OPEN_TO_ALL = {
    "get_location",
    "get_evse",
    "get_connector",
    "get_locations",
    "get_tokens",
    "get_tariffs",
    "post_authorize_token",
}
"""These give the host's own objects, which are for every partner."""


@dataclass
class Setup:
    """A host, a first partner with objects there, and a second one that has none.

    Attributes:
        host: The platform that is tried.
        first: The first partner, a CPO and eMSP, at the host.
        as_second: Calls the host as the second partner.
        uid: A request of the host that waits for a result of the first partner.
    """

    host: Served
    first: Pair
    as_second: Caller
    uid: str


def operations() -> Iterator[tuple[Interface, Operation]]:
    for interface in INTERFACES.values():
        if interface.module not in {"versions", "credentials"}:
            for operation in interface.operations.values():
                yield interface, operation


def request(setup: Setup, interface: Interface, operation: Operation) -> tuple[str, str, Any]:
    """Return method, URL and body with which an operation is called."""
    path = operation.path.strip("/")
    for name, value in PATHS.items():
        path = path.replace(f"{{{name}}}", value.format(uid=setup.uid))
    owner = "DE/MSP" if interface.module == "tokens" else "NL/CPO"
    path = path.replace("NL/CPO", owner)
    if interface.module == "hubclientinfo":
        path = path.replace(owner, "NL/CPO")
    if interface.name == "sender":
        path = path.replace("S1/charging", "OWNS1/charging")
    if interface.module == "chargingprofiles" and interface.name == "receiver":
        path = path.replace("S1", "OWNS1")
    query = f"?duration=60&response_url={RESULT}&date_from=2020-01-01T00:00:00Z"
    url = setup.host.url(interface.name, interface.module, *filter(None, [path]))
    return operation.method, url + query, BODIES.get(operation.id)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def setup(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Setup]:
    root = tmp_path_factory.mktemp("setup")
    second = OwnParty("BE", "SEC", "CPO", "Second"), OwnParty("BE", "SEC", "EMSP", "Second")
    async with (
        served(root / "host", *HOST) as host,
        served(root / "first", CPO, EMSP) as one,
        served(root / "second", *second) as two,
    ):
        first = await introduce(host, one)
        async with (
            calling(host, one, first.at_emsp) as as_first,
            _as_partner(host, two) as as_second,
        ):
            await _fill(host, first, as_first)
            uid = await host.platform.parts.exchanges.open(first.at_cpo.id, "START_SESSION")
            yield Setup(host, first, as_second, uid)


@asynccontextmanager
async def _as_partner(host: Served, guest: Served) -> AsyncIterator[Caller]:
    pair = await introduce(host, guest, "second")
    async with calling(host, guest, pair.at_emsp) as caller:
        yield caller


async def _fill(host: Served, first: Pair, as_first: Caller) -> None:
    pushed = {
        "tokens/DE/MSP/TOKEN1": token(visual_number=SECRET),
        "locations/NL/CPO/LOC1": location(directions=[{"language": "en", "text": SECRET}]),
        "sessions/NL/CPO/S1": session(meter_id=SECRET),
        "tariffs/NL/CPO/T1": tariff(tariff_alt_url=f"https://{SECRET}.example"),
    }
    for path, body in pushed.items():
        answer = await as_first("PUT", host.url("receiver", path), body)
        assert answer.status_code == 201, answer.text
    posted = await as_first("POST", host.url("receiver", "cdrs"), cdr(remark=SECRET))
    assert posted.status_code == 201
    own = OwnParty("FR", "HST", "CPO", "Host")
    await host.platform.put_own("locations", msgspec.json.encode(location("OWN1", own)))
    for module, body in (
        ("sessions", session("OWNS1", own, EMSP, meter_id=SECRET)),
        ("cdrs", cdr("OWNC1", own, EMSP, remark=SECRET)),
    ):
        await host.platform.put_own(module, msgspec.json.encode(body))


async def everything(setup: Setup) -> list[Any]:
    database = setup.host.platform.parts.store.database
    return await database.read(lambda link: [tuple(row) for row in link.execute(objects.select())])


async def test_a_second_partner_reads_and_writes_nothing_of_the_first(setup: Setup) -> None:
    before = await everything(setup)
    tried = 0
    for interface, operation in operations():
        method, url, body = request(setup, interface, operation)
        if (interface.module, interface.name) == ("hubclientinfo", "sender"):
            continue  # the host is no hub and does not offer it
        answer = await setup.as_second(method, url, body)
        assert SECRET not in answer.text, operation.id
        assert answer.status_code != 405, operation.id
        assert "does not offer the operation" not in answer.text, operation.id
        refused = answer.json()["status_code"] != 1000 or not _accepted(answer)
        assert refused or operation.id in OPEN_TO_ALL or operation.paged, answer.text
        await setup.host.platform.settled()
        tried += 1
    assert tried > 40
    assert await everything(setup) == before
    assert await setup.host.platform.parts.exchanges.result(setup.uid) is None


def _accepted(answer: httpx2.Response) -> bool:
    data = answer.json().get("data")
    result = data.get("result") if isinstance(data, dict) else data
    return str(result) not in {"REJECTED", "UNKNOWN_SESSION"}


async def test_lists_of_the_second_partner_hold_nothing_of_the_first(setup: Setup) -> None:
    for module in ("sessions", "cdrs"):
        url = setup.host.url("sender", module) + "?date_from=2020-01-01T00:00:00Z"
        answer = await setup.as_second("GET", url)
        assert answer.json()["data"] == []
        assert answer.headers["x-total-count"] == "0"


async def test_the_first_partner_can_do_all_of_it(setup: Setup, tmp_path: Path) -> None:
    first = setup.first
    async with calling(setup.host, first.emsp, first.at_emsp) as as_first:
        for module in ("sessions", "cdrs"):
            url = setup.host.url("sender", module) + "?date_from=2020-01-01T00:00:00Z"
            assert SECRET in (await as_first("GET", url)).text
        for path in ("locations/NL/CPO/LOC1", "sessions/NL/CPO/S1", "tokens/DE/MSP/TOKEN1"):
            assert SECRET in (await as_first("GET", setup.host.url("receiver", path))).text
    listed = Listing(module="locations", source=first.at_cpo.id)
    assert (await setup.host.platform.parts.store.page(listed)).total == 1

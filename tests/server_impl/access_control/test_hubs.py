"""A hub speaks for the parties behind it: in pushes, commands, CDRs, authorizations and reads."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRole
from tests.server_impl.pair import CPO, Caller, Served, calling, introduce, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, client_info, session, tariff

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
SOLD = OwnParty("FR", "SEL", "CPO", "Behind the hub")
DRIVEN = OwnParty("FR", "DRV", "EMSP", "Behind the hub")
LEAVING = OwnParty("FR", "LVG", "CPO", "Behind the hub until it registers")
ALONE = OwnParty("AT", "OWN", "CPO", "Registered itself")
RESULTS = "http://127.0.0.1:1/results"


@dataclass
class Setup:
    """A platform of both roles, a hub that is registered there, and a partner that is too."""

    ours: Served
    hub: Caller

    async def __call__(self, method: str, *path: str, body: Any = None, **headers: str) -> int:
        answer = await self.hub(method, self.ours.url(*path), body, **headers)
        code: int = answer.json()["status_code"]
        return code if answer.status_code in {200, 201} else answer.status_code


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def setup(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Setup]:
    tmp_path = tmp_path_factory.mktemp("hub")
    ours = (CPO, OwnParty(CPO.country_code, CPO.party_id, "EMSP", "Both"))
    async with (
        served(tmp_path / "hub", HUB) as hub,
        served(tmp_path / "ours", *ours) as host,
        served(tmp_path / "alone", ALONE) as alone,
    ):
        await introduce(host, alone)
        pair = await introduce(hub, host, known_as=[PartnerRole(HUB.role, *HUB.id)])
        await put(host, "locations", location())
        await put(host, "tokens", made_token(owner=CPO))
        async with calling(host, hub, pair.at_cpo) as as_hub:
            made = Setup(host, as_hub)
            for party in (SOLD, DRIVEN, ALONE, LEAVING):
                path = ("receiver", "hubclientinfo", *party.id)
                assert await made("PUT", *path, body=client_info(party)) == 1000
            yield made


def sent_by(party: OwnParty) -> dict[str, str]:
    return {"OCPI-from-country-code": party.country_code, "OCPI-from-party-id": party.party_id}


WAYS = [{}, sent_by(HUB), "itself"]


@pytest.mark.parametrize("way", WAYS, ids=["no headers", "the hub", "the party"])
async def test_a_hub_pushes_for_the_parties_of_its_client_infos(setup: Setup, way: Any) -> None:
    for owner, expected in ((SOLD, 1000), (ALONE, 404), (OwnParty("BE", "NOT", "CPO", "x"), 404)):
        headers = sent_by(owner) if way == "itself" else way
        named = way == "itself" and owner.party_id == "NOT"
        code = 1000 if named else expected
        place = ("receiver", "locations", *owner.id, "L1")
        assert await setup("PUT", *place, body=location("L1", owner), **headers) == code
        assert await setup("GET", *place, **headers) == code
        body = tariff("T1", owner)
        assert (
            await setup("PUT", "receiver", "tariffs", *owner.id, "T1", body=body, **headers) == code
        )
        body = session("S1", owner, provider=CPO)
        path = ("receiver", "sessions", *owner.id, "S1")
        assert await setup("PUT", *path, body=body, **headers) == code
        bill = cdr("C1", owner, provider=CPO)
        refused = 1000 if code == 1000 else 2001
        assert await setup("POST", "receiver", "cdrs", body=bill, **headers) == refused


async def test_a_hub_brings_tokens_and_commands_of_an_emsp(setup: Setup) -> None:
    driver = made_token("DRIVER", DRIVEN, contract_id="FR-DRV-C00000001-1")
    path = ("receiver", "tokens", *DRIVEN.id, "DRIVER")
    assert await setup("PUT", *path, body=driver) == 1000
    start = {"response_url": RESULTS, "token": driver, "location_id": "LOC1"}
    start |= {"evse_uid": "E1", "connector_id": "1"}
    url = setup.ours.url("receiver", "commands", "START_SESSION")
    for headers in ({}, sent_by(DRIVEN)):
        answer = (await setup.hub("POST", url, start, **headers)).json()
        assert answer["data"]["result"] == "ACCEPTED"
    owners: set[str] = set()
    while not owners:  # the result of a command reaches nobody here, and the session comes sooner
        await asyncio.sleep(0.05)
        listed = await setup.hub("GET", setup.ours.url("sender", "sessions"), **sent_by(DRIVEN))
        owners = {each["cdr_token"]["party_id"] for each in listed.json()["data"]}
    assert owners == {"DRV"}
    foreign = {**start, "token": made_token("X", OwnParty("AT", "OWN", "EMSP", "x"))}
    for headers in ({}, sent_by(ALONE)):
        answer = (await setup.hub("POST", url, foreign, **headers)).json()
        assert answer["data"]["result"] == "REJECTED"


async def test_a_hub_asks_whether_a_token_may_charge(setup: Setup) -> None:
    url = setup.ours.url("sender", "tokens", "TOKEN1", "authorize")
    for headers in ({}, sent_by(SOLD)):
        answer = (await setup.hub("POST", url, None, **headers)).json()
        assert answer["data"]["allowed"] == "ALLOWED"


async def test_a_hub_speaks_no_longer_for_who_has_a_registration(
    setup: Setup, tmp_path: Path
) -> None:
    place = ("receiver", "locations", *LEAVING.id, "L1")
    assert await setup("PUT", *place, body=location("L1", LEAVING)) == 1000
    async with served(tmp_path / "leaving", LEAVING) as leaving:
        pair = await introduce(setup.ours, leaving)
        assert await setup("PUT", *place, body=location("L1", LEAVING)) == 404
        assert await setup("PUT", *place, body=location("L1", LEAVING), **sent_by(LEAVING)) == 404
        await leaving.platform.unregister(pair.at_emsp)
    assert await setup("PUT", *place, body=location("L1", LEAVING), **sent_by(LEAVING)) == 404


async def test_a_client_info_that_is_new_counts_at_once(setup: Setup) -> None:
    new = OwnParty("BE", "NEW", "CPO", "New")
    place = ("receiver", "locations", *new.id, "L1")
    assert await setup("PUT", *place, body=location("L1", new)) == 404
    info = msgspec.json.decode(msgspec.json.encode(client_info(new)))
    assert await setup("PUT", "receiver", "hubclientinfo", *new.id, body=info) == 1000
    assert await setup("PUT", *place, body=location("L1", new)) == 1000

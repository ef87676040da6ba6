"""A hub of two processes, and a hub that has parties of its own."""

from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from ocpi_runtime import token as tokens
from ocpi_runtime.errors import UnsupportedVersion
from ocpi_server import HubRules, OwnParty, Settings
from ocpi_server.settings import SettingsError
from ocpi_server.store import OWN, Listing
from tests.server_impl.hub.conftest import (
    HUB,
    SECOND,
    World,
    eventually,
    hub_world,
    member,
    nobody_was_asked,
)
from tests.server_impl.pair import CPO, EMSP, database_of, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import client_info, tariff

SOLD = OwnParty("FR", "SEL", "CPO", "Sold by the hub")


async def test_any_process_of_a_hub_answers_anything(tmp_path: Path) -> None:
    database = database_of(tmp_path / "hub")
    async with (
        served(tmp_path / "hub", HUB, database=database) as first,
        served(tmp_path / "hub", HUB, database=database) as second,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        world, other = World(first), World(second)
        async with (
            member(world, tmp_path / "cpo", CPO, http) as cpo,
            member(world, tmp_path / "emsp", EMSP, http) as emsp,
        ):
            other.members = world.members
            known = partial(received, emsp.served, "hubclientinfo", emsp.hub.id)
            await eventually(known, lambda found: len(found) == 1)
            for number in range(3):
                await put(cpo.served, "locations", location(f"N{number}"))
            # The list goes on at the other process.
            page = await world.ask("MSP", HUB, "GET", "sender/locations?limit=2")
            link = page.headers["link"].partition(";")[0].strip("<>").partition("/2.2.1/")[2]
            rest = await other.ask("MSP", HUB, "GET", link)
            assert [each["id"] for each in rest.json()["data"]] == ["N2"]
            # So does a command: its result comes to the process that did not send it.
            uid = await emsp.served.platform.parts.exchanges.open(emsp.hub.id, "START_SESSION")
            url = emsp.served.url("sender", "commands", "START_SESSION", uid)
            command = {"response_url": url, "token": made_token("T1"), "location_id": "N1"}
            cpo.took.clear()
            done = await world.ask("MSP", CPO, "POST", "receiver/commands/START_SESSION", command)
            assert done.json()["data"]["result"] == "ACCEPTED", done.text
            taken = await cpo.asked("START_SESSION")
            sent = msgspec.json.decode(taken.request_body)["response_url"]
            path = sent.partition("/2.2.1/")[2]
            result = await other.ask("CPO", EMSP, "POST", path, {"result": "ACCEPTED"})
            assert result.json()["status_code"] == 1000, result.text


async def test_a_hub_with_a_party_of_its_own_answers_for_it(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "hub", HUB, SOLD) as hub,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        world = World(hub)
        async with (
            member(world, tmp_path / "cpo", CPO, http) as cpo,
            member(world, tmp_path / "emsp", EMSP, http),
        ):
            for number in range(3):
                await put(hub, "locations", location(f"OWN{number}", SOLD))
                await put(cpo.served, "locations", location(f"CPO{number}"))
            found, path = [], "sender/locations?limit=2"
            while path:
                page = await world.ask("MSP", HUB, "GET", path)
                assert page.headers["x-total-count"] == "6"
                found += [each["id"] for each in page.json()["data"]]
                path = page.headers.get("link", "").partition(";")[0].strip("<>")
                path = path.partition("/2.2.1/")[2]
            assert found == ["OWN0", "OWN1", "OWN2", "CPO0", "CPO1", "CPO2"]
            skipped = await world.ask("MSP", HUB, "GET", "sender/locations?offset=2&limit=9")
            assert [each["id"] for each in skipped.json()["data"]] == found[2:]
            for receiver in (SOLD, None):
                one = await world.ask("MSP", receiver, "GET", "sender/locations/OWN1")
                assert one.json()["data"]["party_id"] == "SEL", one.text
            absent = await world.ask("MSP", SOLD, "GET", "sender/locations/CPO1")
            assert absent.status_code == 404


async def test_versions_without_routing_are_not_for_a_hub_alone(tmp_path: Path) -> None:
    both: dict[str, Any] = {"versions": ("2.1.1", "2.2.1")}
    async with (
        served(tmp_path / "hub", HUB, **both) as hub,
        served(tmp_path / "mixed", HUB, SOLD, **both) as mixed,
        served(tmp_path / "old", EMSP, versions=("2.1.1",)) as old,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        invitation = await hub.platform.issue_token_a("old")
        with pytest.raises(UnsupportedVersion):
            await old.platform.register_with(invitation.versions_url, invitation.token)
        headers = {"Authorization": tokens.header_value(invitation.token, base64=True)}
        listed = (await http.get(invitation.versions_url, headers=headers)).json()["data"]
        assert [each["version"] for each in listed] == ["2.2.1"]
        # A party of another role is served, but sees no party that is not behind the hub.
        invitation = await mixed.platform.issue_token_a("old", role="CPO")
        known = await old.platform.register_with(invitation.versions_url, invitation.token)
        assert known.version == "2.1.1"
        hub_parts = mixed.platform.parts.hub
        assert hub_parts is not None
        for _ in range(2):  # one that comes later builds on what was noted
            await hub_parts.infos.refresh()
        infos = Listing(module="hubclientinfo", source=OWN)
        assert await mixed.platform.parts.store.last(infos) == 0
    with pytest.raises(SettingsError, match="a hub needs a version with routing headers"):
        Settings(base_url="https://example.com/ocpi", parties=(HUB,), versions=("2.1.1",))


async def test_contracts_confine_who_reaches_whom(tmp_path: Path) -> None:
    rules = HubRules(contracts=("NL-CPO DE-MSP", "BE-SEC FR-OTH"))
    async with hub_world(tmp_path, hub=rules) as world:
        for name, owner in (("CPO", CPO), ("SEC", SECOND)):
            await put(world.members[name].served, "locations", location("SAME", owner))
        for sender, one, other in (("MSP", "CPO", SECOND), ("OTH", "SEC", CPO)):
            listed = await world.ask(sender, HUB, "GET", "sender/locations")
            assert [each["party_id"] for each in listed.json()["data"]] == [one]
            refused = await world.ask(sender, other, "GET", "sender/locations")
            assert refused.json()["status_code"] == 4000, refused.text
        emsp, stranger = world.members["MSP"], world.members["OTH"]
        known = partial(received, emsp.served, "hubclientinfo", emsp.hub.id)
        await eventually(known, lambda found: len(found) == 1)
        path = "receiver/tariffs/NL/CPO/T1"
        assert (await world.ask("CPO", HUB, "PUT", path, tariff("T1"))).json()[
            "status_code"
        ] == 1000
        await emsp.asked("/T1")
        assert not [each for each in stranger.took if each.url.endswith("/T1")]


async def test_a_message_never_goes_back_to_the_hub_that_sent_it(tmp_path: Path) -> None:
    next_hub = OwnParty("AT", "NXT", "HUB", "Next Hub")
    behind = OwnParty("IT", "BEH", "CPO", "Behind the next hub")
    async with (
        served(tmp_path / "hub", HUB) as hub,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        world = World(hub)
        async with (
            member(world, tmp_path / "next", next_hub, http) as sender,
            member(world, tmp_path / "emsp", EMSP, http),
        ):
            known = await hub.platform.administration.approve(sender.at_hub.id)
            await put(sender.served, "hubclientinfo", client_info(behind))
            assert (await hub.platform.parts.puller.pull(known, "hubclientinfo")).created
            # Others reach the next hub, to which the party is not connected; that one does not.
            there = await world.ask("MSP", behind, "GET", "sender/locations/ROUND")
            assert there.json()["status_code"] == 4003
            await sender.asked("ROUND")
            back = await world.ask("NXT", behind, "GET", "sender/locations/AGAIN")
            assert back.json()["status_code"] == 4001
            assert await nobody_was_asked(world, "AGAIN")

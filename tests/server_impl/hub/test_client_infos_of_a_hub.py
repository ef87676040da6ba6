"""A hub publishes who is behind it, and whether they can be reached, by what really happened."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx2

from ocpi_server import HubRules, OwnParty
from ocpi_server.partners import PartnerRole
from tests.server_impl.hub.conftest import (
    HUB,
    OTHER,
    SECOND,
    Member,
    World,
    eventually,
    hub_world,
    member,
)
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.reading import received

LATE = OwnParty("AT", "LAT", "CPO", "Late Charging")


async def listed(world: World, sender: str = "MSP") -> dict[str, tuple[str, str]]:
    """Return role and status by party, as a member reads them at the hub."""
    page = await world.members[sender].call("GET", world.hub.url("sender", "hubclientinfo"))
    assert page.json()["status_code"] == 1000
    return {each["party_id"]: (each["role"], each["status"]) for each in page.json()["data"]}


async def pushed(world: World, name: str, party: OwnParty) -> list[str]:
    """Return the status of a party that the hub pushed to a member."""
    member = world.members[name]
    infos = await received(member.served, "hubclientinfo", member.hub.id)
    return [each["status"] for each in infos if each["party_id"] == party.party_id]


async def test_parties_come_and_go(world: World, tmp_path: Path) -> None:
    known = dict.fromkeys(("CPO", "SEC"), ("CPO", "CONNECTED"))
    await eventually(lambda: listed(world), known)
    await eventually(lambda: pushed(world, "MSP", CPO), ["CONNECTED"])
    async with (
        httpx2.AsyncClient(timeout=60) as http,
        member(world, tmp_path / "late", LATE, http) as late,
    ):
        await eventually(lambda: listed(world), known | {"LAT": ("CPO", "CONNECTED")})
        await eventually(lambda: pushed(world, "MSP", LATE), ["CONNECTED"])
        await eventually(lambda: pushed(world, "LAT", EMSP), ["CONNECTED"])
    # Its platform is gone, which the next message shows.
    gone = await world.ask("MSP", LATE, "GET", "sender/locations")
    assert gone.json()["status_code"] == 4003
    await eventually(lambda: pushed(world, "MSP", LATE), ["OFFLINE"])
    del world.members["LAT"]
    administration = world.hub.platform.administration
    await administration.set_blocked(late.at_hub.id, blocked=True)
    await eventually(lambda: listed(world), known | {"LAT": ("CPO", "SUSPENDED")})
    await eventually(lambda: pushed(world, "MSP", LATE), ["SUSPENDED"])


async def test_each_hears_of_those_that_it_may_reach_alone(world: World) -> None:
    emsps, cpos = {"MSP", "OTH"}, {"CPO", "SEC"}
    for name, known in (("CPO", emsps), ("SEC", emsps), ("MSP", cpos), ("OTH", cpos)):
        at = world.members[name]

        async def parties(at: Member = at) -> set[str]:
            infos = await received(at.served, "hubclientinfo", at.hub.id)
            # A test before this one had a party that is gone.
            return {each["party_id"] for each in infos} - {"LAT"}

        await eventually(parties, known)
        assert {*await listed(world, name)} - {"LAT"} == known
        # Not even all of them, sent again.
        await world.hub.platform.resync(at.at_hub.id, "hubclientinfo")
        await world.hub.platform.pushed(at.at_hub.id)
        assert await parties() == known


async def test_the_list_is_read_page_by_page(world: World) -> None:
    await eventually(lambda: listed(world, "CPO"), lambda found: len(found) == 2)
    found, path = [], "sender/hubclientinfo?limit=1"
    while path:
        page = await world.members["CPO"].call("GET", world.hub.url(*path.split("/")))
        assert page.headers["x-total-count"] == "2"
        found += [each["party_id"] for each in page.json()["data"]]
        path = page.headers.get("link", "").partition(";")[0].strip("<>").partition("/2.2.1/")[2]
    assert sorted(found) == ["MSP", "OTH"]
    for query in ("date_from=2100-01-01T00:00:00Z", "offset=2", "date_to=2020-01-01T00:00:00Z"):
        url = world.hub.url("sender", f"hubclientinfo?{query}")
        assert (await world.members["CPO"].call("GET", url)).json()["data"] == []


async def test_who_loses_a_contract_is_planned(tmp_path: Path) -> None:
    both = ("NL-CPO DE-MSP", "NL-CPO FR-OTH", "BE-SEC FR-OTH")
    async with AsyncExitStack() as stack:
        async with served(tmp_path / "hub", HUB, hub=HubRules(contracts=both)) as hub:
            port = int(hub.base_url.split(":")[2].partition("/")[0])
            world = World(hub)
            http = await stack.enter_async_context(httpx2.AsyncClient(timeout=60))
            for party in (CPO, SECOND, EMSP, OTHER):
                folder = tmp_path / party.party_id
                await stack.enter_async_context(member(world, folder, party, http))
            await eventually(lambda: pushed(world, "CPO", OTHER), ["CONNECTED"])
            await eventually(lambda: pushed(world, "SEC", OTHER), ["CONNECTED"])
            assert await pushed(world, "SEC", EMSP) == []
            await hub.platform.pushed()
        less = HubRules(contracts=both[:1])
        async with served(tmp_path / "hub", HUB, port=port, hub=less) as world.hub:
            await eventually(lambda: pushed(world, "CPO", OTHER), ["PLANNED"])
            await eventually(lambda: pushed(world, "SEC", OTHER), ["PLANNED"])
            await eventually(lambda: pushed(world, "OTH", CPO), ["PLANNED"])
            assert await pushed(world, "CPO", EMSP) == ["CONNECTED"]
            assert await listed(world, "CPO") == {"MSP": ("EMSP", "CONNECTED")}
        async with served(
            tmp_path / "hub", HUB, port=port, hub=HubRules(contracts=both)
        ) as world.hub:
            await eventually(lambda: pushed(world, "CPO", OTHER), ["CONNECTED"])


async def test_one_who_answers_again_is_connected(world: World) -> None:
    other = world.members["OTH"].trouble
    other.kind = "refusing"
    push = "receiver/locations/NL/CPO/BACK"
    assert (await world.ask("CPO", OTHER, "PUT", push, location("BACK"))).json()[
        "status_code"
    ] == 4003
    await eventually(lambda: pushed(world, "CPO", OTHER), ["OFFLINE"])
    other.end()
    assert (await world.ask("OTH", CPO, "GET", "sender/locations")).json()["status_code"] == 1000
    await eventually(lambda: pushed(world, "CPO", OTHER), ["CONNECTED"])


async def test_the_hub_checks_who_is_silent_and_lists_roles(tmp_path: Path) -> None:
    planned = OwnParty("BE", "PLA", "EMSP", "Planned")
    rules = HubRules(alive_seconds=1.0)
    async with hub_world(tmp_path, hub=rules) as world:
        await eventually(lambda: pushed(world, "CPO", EMSP), ["CONNECTED"])
        await world.hub.platform.issue_token_a("planned", roles=[PartnerRole("EMSP", "BE", "PLA")])
        await eventually(lambda: pushed(world, "CPO", planned), ["PLANNED"])
        world.members["MSP"].trouble.kind = "html"
        await eventually(lambda: pushed(world, "CPO", EMSP), ["OFFLINE"])
        world.members["MSP"].trouble.end()
        await eventually(lambda: pushed(world, "CPO", EMSP), ["CONNECTED"])


async def test_credentials_of_2_3_0_list_who_is_reached(tmp_path: Path) -> None:
    versions = ("2.3.0",)
    async with (
        served(tmp_path / "hub", HUB, versions=versions) as hub,
        served(tmp_path / "cpo", CPO, versions=versions) as cpo,
        served(tmp_path / "emsp", EMSP, versions=versions) as emsp,
    ):
        known = [PartnerRole("HUB", *HUB.id)]
        await introduce(hub, cpo, known_as=known)
        pair = await introduce(hub, emsp, known_as=known)
        assert [str(each) for each in pair.at_emsp.roles] == ["LU-HUB:HUB"]
        assert [str(each) for each in pair.at_emsp.claimed] == ["NL-CPO:CPO"]

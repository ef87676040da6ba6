"""Three hubs that are registered with each other: nothing goes round."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
import pytest_asyncio

from ocpi_runtime.client import Exchange
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord, PartnerRole
from tests.server_impl.hub.conftest import OTHER, SECOND, eventually, routing
from tests.server_impl.nodes import NODES
from tests.server_impl.pair import CPO, EMSP, Caller, Served, introduce, location, served
from tests.server_impl.reading import put, received
from tests.server_impl.samples import client_info

HUBS = {name: OwnParty("LU", name * 3, "HUB", f"Hub {name}") for name in "ABC"}
OUTSIDE = OwnParty("AT", "OUT", "HUB", "Another hub")
BEHIND = OwnParty("IT", "BEH", "CPO", "Behind other hubs")
NEWCOMER = OwnParty("FI", "NEW", "EMSP", "Registers with one of the hubs")
FOREIGN = OwnParty("ES", "FOR", "EMSP", "Behind another hub")


class Joined(NamedTuple):
    """A platform that is registered with one of the hubs.

    Attributes:
        served: The platform.
        hub: What it knows of the hub.
        call: Calls the hub with its token.
    """

    served: Served
    hub: PartnerRecord
    call: Caller


@dataclass
class Ring:
    """The hubs, and what each of them was asked.

    Attributes:
        hubs: The hubs by name.
        known: What one of them knows of another, by their two names.
        took: The exchanges that others began at each.
    """

    http: httpx2.AsyncClient
    hubs: dict[str, Served] = field(default_factory=dict)
    known: dict[str, PartnerRecord] = field(default_factory=dict)
    took: dict[str, list[Exchange]] = field(default_factory=dict)

    def asked(self, text: str) -> dict[str, int]:
        """Return how often each hub got a request with a text in its URL."""
        return {name: sum(text in one.url for one in took) for name, took in self.took.items()}

    async def learn(self, pair: str) -> None:
        """Have one hub read which parties are behind another one."""
        platform = self.hubs[pair[0]].platform
        partner = await platform.administration.find(self.known[pair].id)
        assert (await platform.parts.puller.pull(partner, "hubclientinfo")).complete

    def calling(self, pair: str) -> Caller:
        """Return what calls the second hub as the first one."""
        platform = self.hubs[pair[0]].platform
        return Caller(self.http, platform.partners.open_token(self.known[pair]))

    @asynccontextmanager
    async def joined(self, folder: Path, name: str, party: OwnParty) -> AsyncIterator[Joined]:
        """Register a platform with one of the hubs."""
        async with served(folder / party.party_id, party) as platform:
            role, hub = PartnerRole("HUB", *HUBS[name].id), self.hubs[name]
            pair = await introduce(hub, platform, party.party_id, known_as=[role])
            if party.role == "HUB":
                await hub.platform.administration.approve(pair.at_cpo.id)
            token = platform.platform.partners.open_token(pair.at_emsp)
            yield Joined(platform, pair.at_emsp, Caller(self.http, token))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ring(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ring]:
    folder = tmp_path_factory.mktemp("ring")
    async with AsyncExitStack() as stack:
        made = Ring(await stack.enter_async_context(httpx2.AsyncClient(timeout=60)))
        for name, party in HUBS.items():
            took = made.took[name] = list[Exchange]()
            hub = served(folder / name, party, on_served=took.append)
            made.hubs[name] = await stack.enter_async_context(hub)
        for one, other in ("AB", "BC", "CA"):
            role, host = PartnerRole("HUB", *HUBS[one].id), made.hubs[one]
            pair = await introduce(host, made.hubs[other], HUBS[other].party_id, known_as=[role])
            await host.platform.administration.approve(pair.at_cpo.id)
            made.known |= {one + other: pair.at_cpo, other + one: pair.at_emsp}
        # Each hub takes the next one for that of the party; an operator can enter as much.
        for name in HUBS:
            await put(made.hubs[name], "hubclientinfo", client_info(BEHIND))
        for pair_name in ("AB", "BC", "CA"):
            await made.learn(pair_name)
        yield made


async def test_a_broadcast_does_not_go_round(ring: Ring, tmp_path: Path) -> None:
    async with ring.joined(tmp_path, "A", EMSP) as emsp:
        puller = emsp.served.platform.parts.puller  # it takes objects of parties that it knows
        assert (await puller.pull(emsp.hub, "hubclientinfo")).created
        path = "receiver/locations/IT/BEH/ROUND"
        headers = {**routing("from", HUBS["B"]), **routing("to", HUBS["A"])}
        url, call = ring.hubs["A"].url(*path.split("/")), ring.calling("BA")
        for method, body in (
            ("PUT", location("ROUND", BEHIND)),
            ("PATCH", {"name": "New", "last_updated": "2026-02-01T10:00:00Z"}),
        ):
            done = await call(method, url, body, **headers)
            assert done.json()["status_code"] == 1000, done.text
            places = partial(received, emsp.served, "locations", emsp.hub.id)
            name = body["name"]
            await eventually(
                places, lambda found, name=name: [one["name"] for one in found] == [name]
            )
        assert ring.asked("ROUND") == {"A": 2, "B": 0, "C": 0}


async def test_get_all_lists_what_is_behind_each_hub_once(ring: Ring, tmp_path: Path) -> None:
    async with (
        ring.joined(tmp_path, "A", OTHER) as emsp,
        ring.joined(tmp_path, "A", CPO) as first,
        ring.joined(tmp_path, "B", SECOND) as second,
    ):
        await put(first.served, "locations", location("FIRST", CPO))
        await put(second.served, "locations", location("SECOND", SECOND))
        headers = {**routing("from", OTHER), **routing("to", HUBS["A"])}
        page = await emsp.call("GET", ring.hubs["A"].url("sender", "locations"), **headers)
        assert [one["id"] for one in page.json()["data"]] == ["SECOND", "FIRST"], page.text
        assert page.headers["x-total-count"] == "2"


async def test_a_message_to_a_party_does_not_go_round(ring: Ring, tmp_path: Path) -> None:
    async with ring.joined(tmp_path, "A", OUTSIDE) as outside:
        headers = {**routing("from", FOREIGN), **routing("to", BEHIND)}
        url = ring.hubs["A"].url("sender", "locations", "LOST")
        for _ in range(2):
            done = await outside.call("GET", url, **headers)
            assert done.json()["status_code"] == 4003, done.text
            assert "came back" in done.json()["status_message"]
        # Each process notices by itself what comes back to it.
        assert ring.asked("LOST") == {"A": 2 * (1 + NODES), "B": 2 * NODES, "C": 2 * NODES}


async def test_a_hub_learns_which_parties_are_behind_another_one(
    ring: Ring, tmp_path: Path
) -> None:
    async with ring.joined(tmp_path, "A", NEWCOMER):
        for pair in ("BA", "CA"):
            known = partial(received, ring.hubs[pair[0]], "hubclientinfo", ring.known[pair].id)
            await eventually(
                known, lambda found: NEWCOMER.party_id in {each["party_id"] for each in found}
            )

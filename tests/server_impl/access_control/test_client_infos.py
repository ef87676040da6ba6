"""Client infos that hubs push about the parties behind them."""

from pathlib import Path

import msgspec

from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRole
from tests.server_impl.pair import CPO, Caller, Pair, calling, introduce, served
from tests.server_impl.samples import client_info

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
BEHIND = OwnParty("FR", "ABC", "CPO", "Behind the hub")


async def test_a_hub_pushes_and_lists_client_infos(tmp_path: Path) -> None:
    async with served(tmp_path / "a", HUB) as hub, served(tmp_path / "b", CPO) as cpo:
        pair = await introduce(hub, cpo, known_as=[PartnerRole(HUB.role, *HUB.id)])
        raw = msgspec.json.encode(client_info(BEHIND))
        await hub.platform.publisher.client_info(raw)
        peer = cpo.platform.clients.peer(pair.at_emsp)
        infos = [each async for each in peer.hubclientinfo.get_hub_client_infos()]
        assert [(each.party_id, each.status) for each in infos] == [("ABC", "CONNECTED")]
        async with calling(cpo, hub, pair.at_cpo) as as_hub:
            url = cpo.url("receiver", "hubclientinfo", "FR", "ABC")
            assert (await as_hub("GET", url)).status_code == 404
            assert (await as_hub("PUT", url, client_info(BEHIND))).status_code == 201
            assert (await as_hub("GET", url)).json()["data"] == client_info(BEHIND)
            wrong = await as_hub("PUT", url, client_info(CPO))
            assert wrong.json()["status_code"] == 2001


async def test_only_a_hub_may_push_client_infos(pair: Pair, as_emsp: Caller) -> None:
    url = pair.cpo.url("receiver", "hubclientinfo", "FR", "ABC")
    for method, body in (("PUT", client_info(BEHIND)), ("GET", None)):
        refused = (await as_emsp(method, url, body)).json()
        assert refused["status_code"] == 2000
        assert "allowed: HUB" in refused["status_message"]

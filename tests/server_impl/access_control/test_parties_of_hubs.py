"""How many parties may be behind a hub, and that all of them cost no more than one."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ocpi_runtime.types import PartyId
from ocpi_server import LimitRules, OwnParty
from ocpi_server.access_control import client_info_key
from ocpi_server.partners import PartnerRecord, PartnerRole
from ocpi_server.store import Draft, QuotaExceeded
from tests.server_impl.pair import CPO, EMSP, Caller, Served, calling, introduce, served
from tests.server_impl.samples import client_info
from tests.support.statements import watching_statements

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")


@asynccontextmanager
async def behind_hub(
    tmp_path: Path, **settings: Any
) -> AsyncIterator[tuple[Served, Caller, PartnerRecord]]:
    """Serve a CPO at which a hub is registered, and call it as the hub."""
    async with (
        served(tmp_path / "hub", HUB) as hub,
        served(tmp_path / "cpo", CPO, **settings) as cpo,
    ):
        pair = await introduce(hub, cpo, known_as=[PartnerRole(HUB.role, *HUB.id)])
        async with calling(cpo, hub, pair.at_cpo) as as_hub:
            partner = await cpo.platform.partners.of_party(HUB.id)
            assert partner is not None
            yield cpo, as_hub, partner


def party(number: int) -> OwnParty:
    return OwnParty("FR", f"{number:03X}", "CPO", "Behind the hub")


def info(hub: PartnerRecord, number: int, **more: Any) -> Draft:
    raw = msgspec.json.encode(client_info(party(number), **more))
    return Draft(client_info_key(party(number).id, hub), raw, 0, "2.2.1", source=hub.id)


async def test_parties_of_a_hub_are_bounded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = LimitRules(parties_per_hub=2)
    async with behind_hub(tmp_path, rules=rules) as (cpo, as_hub, hub):

        async def put(number: int, **more: Any) -> dict[str, Any]:
            url = cpo.url("receiver", "hubclientinfo", *party(number).id)
            body = client_info(party(number), **more)
            answer: dict[str, Any] = (await as_hub("PUT", url, body)).json()
            return answer

        with caplog.at_level(logging.WARNING, "ocpi_server.store"):
            answers = [await put(number) for number in range(4)]
        assert [each["status_code"] for each in answers] == [1000, 1000, 2001, 2001]
        assert "2 parties" in answers[-1]["status_message"]
        assert "higher limit" in answers[-1]["status_message"]
        lines = [each.getMessage() for each in caplog.records if hub.id in each.getMessage()]
        assert len([each for each in lines if "2 parties" in each]) >= 1
        changed = {"status": "OFFLINE", "last_updated": "2030-01-01T00:00:00Z"}
        assert (await put(1, **changed))["status_code"] == 1000
        with pytest.raises(QuotaExceeded, match="2 parties"):
            await cpo.platform.parts.store.put_all([info(hub, 7), info(hub, 8)])


@pytest.mark.one_node(reason="counts the statements of one process")
async def test_all_parties_of_a_hub_cost_no_more_statements_than_one(tmp_path: Path) -> None:
    async with behind_hub(tmp_path) as (cpo, as_hub, hub):
        store = cpo.platform.parts.store
        here = await store.database.read(lambda link: link.engine.url.database)

        async def statements() -> list[str]:
            found: list[str] = []
            await as_hub("GET", cpo.url("sender", "locations"))
            await cpo.platform.settled()
            with watching_statements(found.append, within=here):
                answer = await as_hub("GET", cpo.url("sender", "locations"))
                assert answer.json()["status_code"] == 1000
            return [each for each in found if "listings" in each or "parties" in each]

        await store.put(info(hub, 0))
        one = await statements()
        await store.put_all([info(hub, number) for number in range(1, 1501)])
        assert len(await statements()) <= len(one)
        listed = await cpo.platform.parts.hub_parties.listed(hub)
        assert listed == {party(number).id for number in range(1501)}


async def test_a_party_of_others_that_a_hub_names_meanwhile_is_not_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with behind_hub(tmp_path) as (cpo, _, hub), served(tmp_path / "emsp", EMSP) as emsp:
        await introduce(cpo, emsp)
        store, directory = cpo.platform.parts.store, cpo.platform.partners
        read = directory.claimed_behind

        async def named_meanwhile(*about: Any) -> frozenset[PartyId]:
            found = await read(*about)
            raw = msgspec.json.encode(client_info(EMSP))
            key = client_info_key(EMSP.id, hub)
            await store.put(Draft(key, raw, 0, "2.2.1", source=hub.id))
            return found

        monkeypatch.setattr(directory, "claimed_behind", named_meanwhile)
        await store.put(info(hub, 0))
        for _ in range(2):
            listed = await cpo.platform.parts.hub_parties.listed(hub)
            assert listed == {party(0).id}

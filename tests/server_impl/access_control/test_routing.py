"""Routing headers: receivers that are not here, and hubs that push for others."""

import logging
from pathlib import Path

import msgspec
import pytest

from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRole
from ocpi_server.store import Draft, Key
from tests.server_impl.nodes import NODES
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    calling,
    evse,
    introduce,
    location,
    served,
)
from tests.server_impl.samples import cdr, client_info

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
ELSEWHERE = {"OCPI-to-country-code": "FR", "OCPI-to-party-id": "XXX"}


def sent_by(country_code: str, party_id: str) -> dict[str, str]:
    return {"OCPI-from-country-code": country_code, "OCPI-from-party-id": party_id}


@pytest.mark.parametrize("module", ["cdrs", "locations"])
async def test_a_write_for_a_party_that_is_not_here_is_refused(
    pair: Pair, as_cpo: Caller, module: str
) -> None:
    method, ids, body = {
        "cdrs": ("POST", (), cdr("C1")),
        "locations": ("PUT", ("NL", "CPO", "LOC1"), location()),
    }[module]
    url = pair.emsp.url("receiver", module, *ids)
    refused = (await as_cpo(method, url, body, **ELSEWHERE)).json()
    assert refused["status_code"] == 2001
    assert refused["violations"][0]["pointer"] == "header:OCPI-to-party-id"
    assert "FR-XXX is not a party of this platform" in refused["status_message"]


async def test_a_read_for_a_party_that_is_not_here_is_answered_and_logged_once_a_minute(
    pair: Pair, as_cpo: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    place = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    assert (await as_cpo("PUT", place, location())).status_code == 201
    urls = [pair.emsp.url("sender", "tokens"), place] * 2
    with caplog.at_level(logging.WARNING):
        answers = [await as_cpo("GET", url, **ELSEWHERE) for url in urls]
    found = {(each.status_code, each.json()["status_code"]) for each in answers}
    assert found == {(200, 1000)}
    text = "FR-XXX is not a party of this platform; it is answered."
    lines = [each for each in caplog.records if each.name == "ocpi_server.routing"]
    assert all(text in each.getMessage() for each in lines)
    assert 1 <= len(lines) <= NODES


async def test_a_strict_platform_answers_no_read_for_others(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "a", EMSP, dialect="strict") as emsp,
        served(tmp_path / "b", OwnParty("NL", "CPO", "CPO", "C")) as cpo,
    ):
        pair = await introduce(cpo, emsp)
        async with calling(emsp, cpo, pair.at_cpo) as as_cpo:
            answer = await as_cpo("GET", emsp.url("sender", "tokens"), **ELSEWHERE)
    assert answer.json()["status_code"] == 2001


async def test_a_hub_pushes_for_the_party_in_its_routing_headers(tmp_path: Path) -> None:
    async with served(tmp_path / "a", HUB) as hub, served(tmp_path / "b", EMSP) as emsp:
        pair = await introduce(hub, emsp, known_as=[PartnerRole(HUB.role, *HUB.id)])
        async with calling(emsp, hub, pair.at_cpo) as as_hub:
            url = emsp.url("receiver", "locations", "FR", "ABC", "LOC1")
            body = location(owner=OwnParty("FR", "ABC", "CPO", "Behind"))
            assert (await as_hub("PUT", url, body)).status_code == 404
            put = await as_hub("PUT", url, body, **sent_by("FR", "ABC"))
            assert (put.status_code, put.json()["status_code"]) == (201, 1000)
            other = await as_hub("PUT", url, body, **sent_by("FR", "DEF"))
            assert other.status_code == 404
            ours = emsp.url("receiver", "locations", *EMSP.id, "LOC1")
            for sender in (EMSP.id, ("FR", "ABC")):
                refused = await as_hub("PUT", ours, location(owner=EMSP), **sent_by(*sender))
                assert refused.status_code == 404


async def test_a_hub_does_not_push_for_a_party_with_a_registration_of_its_own(
    tmp_path: Path,
) -> None:
    async with (
        served(tmp_path / "a", HUB) as hub,
        served(tmp_path / "b", EMSP) as emsp,
        served(tmp_path / "c", CPO) as cpo,
    ):
        await introduce(cpo, emsp)
        pair = await introduce(hub, emsp, known_as=[PartnerRole(HUB.role, *HUB.id)])
        async with calling(emsp, hub, pair.at_cpo) as as_hub:
            url = emsp.url("receiver", "locations", *CPO.id, "LOC1")
            put = await as_hub("PUT", url, location(owner=CPO), **sent_by(*CPO.id))
    assert put.status_code == 404


async def test_a_pull_from_a_hub_takes_what_its_client_infos_name(tmp_path: Path) -> None:
    behind = OwnParty("FR", "ABC", "CPO", "Behind")
    async with served(tmp_path / "a", HUB) as hub, served(tmp_path / "b", EMSP) as emsp:
        pair = await introduce(hub, emsp, known_as=[PartnerRole(HUB.role, *HUB.id)])
        for owner in (behind, OwnParty("FR", "DEF", "CPO", "Unknown")):
            raw = msgspec.json.encode(location("LOC1", owner=owner))
            key = Key.of("locations", owner.id, "LOC1")
            await hub.platform.parts.store.put(Draft(key, raw, 2**40, "2.2.1"))
        pull = emsp.platform.parts.puller.pull
        assert (await pull(pair.at_emsp, "locations")).foreign == 2
        async with calling(emsp, hub, pair.at_cpo) as as_hub:
            url = emsp.url("receiver", "hubclientinfo", "FR", "ABC")
            assert (await as_hub("PUT", url, client_info(behind))).status_code == 201
        done = await pull(pair.at_emsp, "locations")
        assert (done.created, done.foreign) == (1, 1)


async def test_a_pull_from_a_partner_that_is_no_hub_takes_its_own_objects_only(pair: Pair) -> None:
    foreign = OwnParty("FR", "ABC", "CPO", "Other")
    for owner in (CPO, foreign):
        raw = msgspec.json.encode(location("LOC1", owner=owner))
        key = Key.of("locations", owner.id, "LOC1")
        await pair.cpo.platform.parts.store.put(Draft(key, raw, 2**40, "2.2.1"))
    done = await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "locations")
    assert (done.created, done.foreign) == (1, 1)


async def test_a_partner_that_is_no_hub_pushes_for_itself_only(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "locations", "FR", "ABC", "LOC1")
    body = location(owner=OwnParty("FR", "ABC", "CPO", "Other"))
    assert (await as_cpo("PUT", url, body, **sent_by("FR", "ABC"))).status_code == 404


async def test_a_uid_of_an_evse_comes_once(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    twice = location(evses=[evse("E1"), evse("E2"), evse("e1")])
    refused = (await as_cpo("PUT", url, twice)).json()
    assert refused["status_code"] == 2001
    assert [each["pointer"] for each in refused["violations"]] == ["/evses/2/uid"]
    assert (await as_cpo("PUT", url, location(evses=[evse("E1"), evse("E2")]))).status_code == 201


async def test_news_replace_what_is_frozen_in_the_far_future(
    pair: Pair, as_cpo: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    with caplog.at_level(logging.WARNING):
        await as_cpo("PUT", url, location(last_updated="2999-01-01T00:00:00Z"))
    assert "in the far future" in caplog.text
    patch = {"name": "now", "last_updated": "2026-03-01T00:00:00Z"}
    assert (await as_cpo("PATCH", url, patch)).json()["status_code"] == 1000
    assert (await as_cpo("GET", url)).json()["data"]["name"] == "now"

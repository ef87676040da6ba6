"""Sessions and CDRs about tokens that are neither ours nor known are refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_server import HubRules, OwnParty
from ocpi_server.partners import PartnerRole
from ocpi_server.store import Key
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    Served,
    calling,
    introduce,
    location,
    paired,
    served,
    token,
)
from tests.server_impl.samples import cdr, session

OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
HUB = OwnParty("FR", "HUB", "HUB", "Hub")
SCSP = OwnParty("FR", "SMA", "SCSP", "Smart Charging")
Body = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="session")
async def emsp(pair: Pair) -> Served:
    """An eMSP that keeps one token, TOKEN1."""
    await keep(pair.emsp, token())
    return pair.emsp


async def keep(host: Served, *tokens: Body) -> None:
    for each in tokens:
        await host.platform.put_own("tokens", msgspec.json.encode(each))


def about(made: Body, **named: str) -> Body:
    """Change the token of a session or a CDR."""
    return {**made, "cdr_token": {**made["cdr_token"], **named}}


def unknown(answer: httpx2.Response, pointer: str = "/cdr_token", status: int = 2004) -> bool:
    envelope = answer.json()
    assert (answer.status_code, envelope["status_code"]) == (200, status), answer.text
    (fault,) = envelope["violations"]
    return bool(fault["pointer"] == pointer)


@asynccontextmanager
async def receiving(root: Path, *parties: OwnParty, **settings: Any) -> AsyncIterator[Any]:
    """Serve a platform and call it as a CPO, in the first version that it speaks."""
    async with (
        served(root / "host", *parties, **settings) as host,
        served(root / "cpo", CPO, **settings) as guest,
    ):
        made = await introduce(guest, host)
        async with calling(host, guest, made.at_cpo) as caller:
            yield host, caller


async def post(caller: Caller, host: Served, body: Body) -> httpx2.Response:
    return await caller("POST", host.url("receiver", "cdrs"), body)


async def put(caller: Caller, host: Served, body: Body) -> httpx2.Response:
    return await caller("PUT", host.url("receiver", "sessions", "NL", "CPO", body["id"]), body)


async def test_a_token_that_is_kept_is_ours(emsp: Served, as_cpo: Caller) -> None:
    assert (await post(as_cpo, emsp, cdr())).status_code == 201
    assert (await put(as_cpo, emsp, session())).status_code == 201


async def test_a_session_goes_on_when_its_token_is_gone(tmp_path: Path) -> None:
    async with receiving(tmp_path, EMSP) as (host, caller):
        await keep(host, token(), token("OTHER", contract_id="DE-MSP-C00000002-2"))
        made = session()
        assert (await put(caller, host, made)).json()["status_code"] == 1000
        await host.platform.parts.store.remove(Key.of("tokens", EMSP.id, "TOKEN1", "RFID"))
        later = {**made, "kwh": 9, "last_updated": "2026-06-01T10:00:00Z"}
        assert (await put(caller, host, later)).json()["status_code"] == 1000
        assert unknown(await put(caller, host, {**made, "id": "ANOTHER"}))
        assert unknown(await put(caller, host, about(later, uid="NOBODY")))
        url = host.url("receiver", "sessions", "NL", "CPO", made["id"])
        patch = {"cdr_token": made["cdr_token"], "last_updated": "2026-06-02T10:00:00Z"}
        assert (await caller("PATCH", url, patch)).json()["status_code"] == 1000
        bill = cdr(session_id=made["id"])
        assert (await post(caller, host, bill)).json()["status_code"] == 1000
        assert unknown(await post(caller, host, cdr("OTHER-BILL", session_id="NONE")))


@pytest.mark.parametrize(
    "named",
    [
        {"uid": "NONE", "contract_id": "NONE"},
        {"uid": "NONE", "contract_id": "DE-MSP-C00000001-2"},
        {"type": "APP_USER", "contract_id": "NONE"},
        {"country_code": "FR", "party_id": "OTH"},
        {"country_code": "NL", "party_id": "CPO"},
    ],
    ids=str,
)
async def test_others_are_refused_and_nothing_is_stored(
    emsp: Served, as_cpo: Caller, named: dict[str, str]
) -> None:
    assert unknown(await post(as_cpo, emsp, about(cdr(), **named)))
    assert unknown(await put(as_cpo, emsp, about(session(), **named)))
    answer = await as_cpo("GET", emsp.url("receiver", "sessions", "NL", "CPO", "S1"))
    assert answer.status_code == 404
    assert (await post(as_cpo, emsp, cdr())).status_code == 201


async def test_a_contract_is_enough(emsp: Served, as_cpo: Caller) -> None:
    for uid, contract in (("ANOTHER", "DE-MSP-C00000001-1"), ("MORE", "de-msp-c00000001-1")):
        body = about(cdr(uid), uid=uid, contract_id=contract)
        assert (await post(as_cpo, emsp, body)).status_code == 201


async def test_a_patch_is_held_to_it_where_it_names_a_token(emsp: Served, as_cpo: Caller) -> None:
    await put(as_cpo, emsp, session())
    url = emsp.url("receiver", "sessions", "NL", "CPO", "S1")
    news = {"kwh": 1, "last_updated": "2026-01-01T10:05:00Z"}
    assert (await as_cpo("PATCH", url, news)).json()["status_code"] == 1000
    stolen = about(session(), uid="NONE", contract_id="NONE")["cdr_token"]
    assert unknown(await as_cpo("PATCH", url, {**news, "cdr_token": stolen}))


async def test_a_party_that_keeps_no_tokens_here_has_them_elsewhere(
    pair: Pair, as_cpo: Caller
) -> None:
    assert (await post(as_cpo, pair.emsp, cdr())).status_code == 201
    other = about(cdr("CDR2"), country_code="FR", party_id="OTH")
    assert unknown(await post(as_cpo, pair.emsp, other))


async def test_a_setting_takes_tokens_that_are_elsewhere(tmp_path: Path) -> None:
    async with receiving(tmp_path, EMSP, tokens_elsewhere=True) as (host, caller):
        await keep(host, token())
        body = about(cdr(), uid="NONE", contract_id="NONE")
        assert (await post(caller, host, body)).status_code == 201
        other = about(cdr("CDR2"), country_code="FR", party_id="OTH")
        assert unknown(await post(caller, host, other))


async def test_the_token_of_a_command_is_known_though_it_was_not_pushed(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo.platform, own_pair.emsp.platform
    await keep(own_pair.emsp, token("KEPT", contract_id="KEPT"))
    await cpo.put_own("locations", msgspec.json.encode(location()))
    driver = token("APP-1", type="APP_USER", contract_id="DE-MSP-APP")
    named = {"uid": "APP-1", "type": "APP_USER", "contract_id": "DE-MSP-APP"}
    async with calling(own_pair.emsp, own_pair.cpo, own_pair.at_cpo) as as_cpo:
        assert unknown(await post(as_cpo, own_pair.emsp, about(cdr(), **named)))
        text = msgspec.json.encode(driver)
        await emsp.start_session(own_pair.at_emsp, text, "LOC1", evse_uid="E1")
        await cpo.settled()
        assert (await post(as_cpo, own_pair.emsp, about(cdr(), **named))).status_code == 201


async def test_a_token_that_an_emsp_pushed_here_is_known(tmp_path: Path) -> None:
    async with receiving(tmp_path, EMSP, OwnParty("BE", "OWN", "CPO", "Own")) as (host, caller):
        await keep(host, token())
        made = cdr(provider=OTHER)
        assert unknown(await post(caller, host, made))
        roles = [PartnerRole("EMSP", "FR", "OTH")]
        async with served(tmp_path / "other", OTHER) as guest:
            invited = await host.platform.issue_token_a("other", roles=roles)
            at = await guest.platform.register_with(invited.versions_url, invited.token)
            async with calling(host, guest, at) as as_other:
                url = host.url("receiver", "tokens", "FR", "OTH", "TOKEN1")
                assert (await as_other("PUT", url, token(owner=OTHER))).status_code == 201
        assert (await post(caller, host, made)).status_code == 201


@pytest.mark.parametrize(
    ("own", "takes_cdrs", "takes_sessions"),
    [((HUB,), True, True), ((SCSP, EMSP), False, True)],
    ids=["hub", "scsp"],
)
async def test_who_hears_of_all_tokens(
    tmp_path: Path, own: tuple[OwnParty, ...], *, takes_cdrs: bool, takes_sessions: bool
) -> None:
    alone = HubRules(routing=False)
    async with receiving(tmp_path, *own, hub=alone) as (host, caller):
        posted = await post(caller, host, cdr(provider=OTHER))
        assert (posted.status_code == 201) == takes_cdrs, posted.text
        stored = await put(caller, host, session(provider=OTHER))
        assert (stored.status_code == 201) == takes_sessions, stored.text


@pytest.mark.parametrize("version", ["2.0", "2.1.1"])
@pytest.mark.parametrize("contract", ["DE-MSP-C00000001-1", "SHORT"])
async def test_before_2_2_the_contract_names_the_token(
    tmp_path: Path, version: str, contract: str
) -> None:
    async with paired(tmp_path, versions=(version,)) as made:
        await keep(made.emsp, token(contract_id=contract))
        for uid, named, taken in (("A", contract, True), ("B", "DE-MSP-C00000001-9", False)):
            body = about(cdr(uid), contract_id=named)
            text = msgspec.json.encode(body)
            if taken:
                assert await made.cpo.platform.publisher.cdr(text)
                assert await made.cpo.platform.pushed() == {made.at_cpo.id: None}
                continue
            await made.cpo.platform.publisher.cdr(text)
            refusal = (await made.cpo.platform.pushed())[made.at_cpo.id] or ""
            assert "Unknown token" in refusal
            assert "token DE-MSP-C00000001-9 is not stored" in refusal

"""Partners of every version on one platform."""

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import NotFound, NotSupported
from ocpi_runtime.types import PartyId
from ocpi_server._versions import OWN_VERSION, VERSIONS, binding_of
from tests.server_impl.pair import Pair, location, paired, token
from tests.server_impl.reading import accepted, model, put, received
from tests.server_impl.samples import cdr, period, session, tariff

OTHERS = tuple(version for version in VERSIONS if version != OWN_VERSION)
OWNER = PartyId("NL", "CPO")


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=OTHERS)
async def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    """A CPO and an eMSP that speak one version only."""
    directory = tmp_path_factory.mktemp("pair")
    async with paired(directory, versions=(request.param,)) as made:
        yield made


async def test_locations_and_tariffs_are_pulled(pair: Pair) -> None:
    version = pair.at_emsp.version or ""
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(5)))
    await put(pair.cpo, "tariffs", tariff())
    pulled = await pair.emsp.platform.pull_locations(pair.at_emsp, limit=2)
    assert (pulled.created, pulled.pages, pulled.problems) == (5, 3, [])
    await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "tariffs")
    for written, raw in await accepted(pair.emsp, "locations", pair.at_emsp.id):
        assert written == version
        assert model(version, "Location", raw).address == "Stationsplein 1"
    own = await received(pair.emsp, "locations", pair.at_emsp.id)
    assert [each["id"] for each in own] == [f"L{at}" for at in range(5)]
    assert {(each["country_code"], each["party_id"]) for each in own} == {("NL", "CPO")}
    (known,) = await received(pair.emsp, "tariffs", pair.at_emsp.id)
    assert known["elements"][0]["price_components"][0]["price"] == 0.25


async def test_news_of_an_evse_arrive(pair: Pair) -> None:
    await put(pair.cpo, "locations", location("NEWS"))
    taken = await pair.cpo.platform.publisher.location(msgspec.json.encode(location("NEWS")))
    await pair.cpo.platform.pushed()
    assert taken == (pair.at_cpo.id,)
    taken = await pair.cpo.platform.push_evse_status("NEWS", "E1", "CHARGING")
    await pair.cpo.platform.pushed()
    assert taken == (pair.at_cpo.id,)
    known = await received(pair.emsp, "locations", pair.at_emsp.id)
    (found,) = [each for each in known if each["id"] == "NEWS"]
    assert found["evses"][0]["status"] == "CHARGING"
    assert len(found["evses"][0]["connectors"]) == 2


async def test_sessions_and_cdrs_go_to_the_provider(pair: Pair) -> None:
    await put(pair.cpo, "locations", location())
    await pair.emsp.platform.push_token(msgspec.json.encode(token()))
    await pair.emsp.platform.pushed()
    await put(pair.cpo, "sessions", session("S-1"))
    start = "2026-01-01T10:15:00Z"
    news = {"kwh": 1.5, "charging_periods": [period(start)]}
    await pair.cpo.platform.publisher.session_news(OWNER, "S-1", news)
    await pair.cpo.platform.pushed()
    await pair.cpo.platform.end_session("S-1")
    await pair.cpo.platform.pushed()
    (known,) = await received(pair.emsp, "sessions", pair.at_emsp.id)
    assert (known["id"], known["kwh"], known["status"]) == ("S-1", 1.5, "COMPLETED")
    assert [each["start_date_time"] for each in known["charging_periods"]] == [start]
    assert (known["location_id"], known["evse_uid"]) == ("LOC1", "E1")
    assert await pair.cpo.platform.publisher.cdr(msgspec.json.encode(cdr("C-1")))
    await pair.cpo.platform.pushed()
    assert await pair.cpo.platform.publisher.cdr_url(OWNER, "C-1")
    (bill,) = await received(pair.emsp, "cdrs", pair.at_emsp.id)
    assert (bill["id"], bill["total_cost"]["excl_vat"], bill["total_energy"]) == ("C-1", 2.75, 11)
    pulled = await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "cdrs")
    # It is in our list for its provider, who has it already: a CDR never changes.
    assert (pulled.created, pulled.stale, pulled.updated) == (0, 1, 0)
    assert (pulled.foreign, pulled.problems) == (0, [])


async def test_the_token_of_a_session_is_found_by_its_contract(pair: Pair) -> None:
    contract = "DE-MSP-C77"  # 2.0 has room for 15 characters
    for uid, valid in (("OLDER", False), ("GOOD", True), ("NEWER", True)):
        await put(pair.emsp, "tokens", token(uid, contract_id=contract, valid=valid))
    await put(pair.cpo, "locations", location())
    running = session("BY-CONTRACT")
    running["cdr_token"] |= {"contract_id": contract.lower(), "uid": "NEWER"}
    await put(pair.cpo, "sessions", running)
    await pair.cpo.platform.end_session("BY-CONTRACT")
    await pair.cpo.platform.pushed()
    known = await received(pair.emsp, "sessions", pair.at_emsp.id)
    (found,) = [each for each in known if each["id"] == "BY-CONTRACT"]
    # Old versions do not name the token's type.
    old = pair.at_emsp.version in {"2.0", "2.1.1"}
    assert found["cdr_token"]["uid"] == ("GOOD" if old else "NEWER")
    assert found["cdr_token"]["contract_id"].lower() == contract.lower()
    assert found["cdr_token"]["type"] == "RFID"


async def test_a_partner_reads_back_what_it_sent(pair: Pair) -> None:
    await pair.emsp.platform.push_token(msgspec.json.encode(token("BACK")))
    await pair.emsp.platform.pushed()
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    found = await peer.tokens.get_stored_token("DE", "MSP", "BACK")
    assert (found.uid, str(found.type)) == ("BACK", "RFID")
    with pytest.raises(NotFound):
        await peer.tokens.get_stored_token("DE", "MSP", "NONE")


async def test_commands_and_their_results(pair: Pair) -> None:
    version = pair.at_emsp.version or ""
    await put(pair.cpo, "locations", location())
    asked = pair.emsp.platform.start_session(
        pair.at_emsp, msgspec.json.encode(token()), "LOC1", evse_uid="E1"
    )
    if ("commands", "receiver") not in binding_of(version).interfaces:
        with pytest.raises(NotSupported):
            await asked
        return
    done = await asked
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    await pair.cpo.platform.settled()
    known = await received(pair.emsp, "sessions", pair.at_emsp.id)
    running = [each for each in known if each["status"] == "ACTIVE"]
    done = await pair.emsp.platform.stop_session(pair.at_emsp, running[-1]["id"])
    assert done.outcome == "ACCEPTED"


async def test_tokens_are_asked_about(pair: Pair) -> None:
    version = pair.at_emsp.version or ""
    await pair.emsp.platform.push_token(msgspec.json.encode(token()))
    await pair.emsp.platform.pushed()
    asked = pair.cpo.platform.authorize(pair.at_cpo, "TOKEN1")
    if version == "2.0":
        with pytest.raises(NotSupported):
            await asked
        return
    info = await asked
    assert (str(info.allowed), info.token.contract_id) == ("ALLOWED", "DE-MSP-C00000001-1")


async def test_commands_that_a_version_lacks_are_reported_before_they_are_sent(pair: Pair) -> None:
    if pair.at_emsp.version not in {"2.0", "2.1.1"}:
        pytest.skip("the version has them all")
    with pytest.raises(NotSupported):
        await pair.emsp.platform.requests.active_profile(pair.at_emsp, "S-1", 60)
    with pytest.raises(NotSupported):
        await pair.emsp.platform.requests.command(
            pair.at_emsp, "CANCEL_RESERVATION", {"reservation_id": "R"}
        )


async def test_tokens_are_renewed_and_a_registration_ends(pair: Pair) -> None:
    renewed = await pair.emsp.platform.renew(await pair.emsp.platform.partner(pair.at_emsp.id))
    assert renewed.version == pair.at_emsp.version
    assert renewed.parties == {OWNER}
    peer = pair.emsp.platform.clients.peer(renewed)
    assert (await peer.credentials.get_credentials()).token

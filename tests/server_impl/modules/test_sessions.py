"""Sessions: pushed ones, and our own for the provider of their token only."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import PartyId
from tests.server_impl.charging import started
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, evse, location
from tests.server_impl.samples import period, session

NEWER = "2026-02-02T02:02:02Z"
STRANGER = PartyId("BE", "XXX")
EVER = datetime(2020, 1, 1, tzinfo=UTC)


async def test_charging_periods_of_a_patch_are_added(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "sessions", "NL", "CPO", "S1")
    first, second = period("2026-01-01T10:00:00Z"), period("2026-01-01T11:00:00Z")
    assert (await as_cpo("PUT", url, session())).status_code == 201
    for added in ([first], [], [second], None):
        news = {"charging_periods": added, "kwh": 3.0, "last_updated": NEWER}
        assert (await as_cpo("PATCH", url, news)).json()["status_code"] == 1000
    stored = (await as_cpo("GET", url)).json()["data"]
    assert stored["charging_periods"] == [first, second]
    assert (stored["kwh"], stored["last_updated"]) == (3.0, NEWER)
    await as_cpo("PUT", url, session(last_updated=NEWER))
    assert "charging_periods" not in (await as_cpo("GET", url)).json()["data"]


async def test_patch_of_an_unknown_session_is_2000(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "sessions", "NL", "CPO", "NONE")
    answer = await as_cpo("PATCH", url, {"kwh": 1, "last_updated": NEWER})
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2000)


async def own(pair: Pair, **more: Any) -> None:
    await pair.cpo.platform.put_own("sessions", msgspec.json.encode(session(**more)))


async def test_a_provider_sees_its_own_sessions_only(pair: Pair) -> None:
    for number in range(4):
        await own(pair, uid=f"S{number}", provider=EMSP if number % 2 else STRANGER)
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    pages = [page async for page in peer.sessions.get_sessions(date_from=EVER, limit=1).pages()]
    assert [each.id for page in pages for each in page.items] == ["S1", "S3"]
    assert {page.total for page in pages} == {2}


async def test_preferences_follow_the_same_rule(pair: Pair, as_emsp: Caller) -> None:
    await own(pair, provider=STRANGER)
    url = pair.cpo.url("sender", "sessions", "S1", "charging_preferences")
    assert (await as_emsp("PUT", url, {"profile_type": "FAST"})).status_code == 404


async def test_preferences_are_answered_by_the_charge_point(pair: Pair, as_emsp: Caller) -> None:
    session_id = await started(pair)
    url = pair.cpo.url("sender", "sessions", session_id, "charging_preferences")
    wishes = {"profile_type": "CHEAP"}
    assert (await as_emsp("PUT", url, wishes)).json()["data"] == "DEPARTURE_REQUIRED"
    wishes["departure_time"] = NEWER
    assert (await as_emsp("PUT", url, wishes)).json()["data"] == "ENERGY_NEED_REQUIRED"
    full = {**wishes, "energy_need": 20}
    assert (await as_emsp("PUT", url, full)).json()["data"] == "ACCEPTED"
    await pair.emsp.platform.stop_session(pair.at_emsp, session_id)
    assert (await as_emsp("PUT", url, full)).json()["data"] == "NOT_POSSIBLE"


async def test_an_evse_that_takes_no_preferences_is_404_with_2001(
    pair: Pair, as_emsp: Caller
) -> None:
    plain = location(evses=[evse(capabilities=[])])
    await pair.cpo.platform.put_own("locations", msgspec.json.encode(plain))
    await own(pair)
    url = pair.cpo.url("sender", "sessions", "S1", "charging_preferences")
    answer = await as_emsp("PUT", url, {"profile_type": "FAST"})
    assert (answer.status_code, answer.json()["status_code"]) == (404, 2001)


async def test_news_of_an_own_session_reach_its_provider(pair: Pair) -> None:
    session_id = await started(pair)
    owner = CPO.id
    for number in (1, 2):
        news = {"kwh": number, "charging_periods": [period(NEWER, number)]}
        await pair.cpo.platform.publisher.session_news(owner, session_id, news)
        await pair.cpo.platform.pushed()
    await pair.cpo.platform.end_session(session_id)
    await pair.cpo.platform.pushed()
    peer = pair.cpo.platform.clients.peer(pair.at_cpo)
    stored = await peer.sessions.get_stored_session("NL", "CPO", session_id)
    assert stored.charging_periods
    assert len(stored.charging_periods) == 2
    assert int(stored.kwh) == 2
    assert str(stored.status) == "COMPLETED"
    with pytest.raises(NotFound):
        await pair.cpo.platform.publisher.session_news(owner, "NONE", {"kwh": 1})


async def test_pulled_sessions_are_kept(pair: Pair) -> None:
    await own(pair)
    pulled = await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "sessions")
    assert (pulled.created, pulled.foreign) == (1, 0)

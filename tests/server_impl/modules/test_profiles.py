"""Charging profiles with results that come later."""

from typing import Any

import msgspec

from tests.server_impl.charging import started
from tests.server_impl.pair import CPO, Caller, Pair
from tests.server_impl.reading import received
from tests.server_impl.samples import session

PROFILE = {
    "charging_rate_unit": "W",
    "charging_profile_period": [{"start_period": 0, "limit": 7000}],
}
ACTIVE = {"start_date_time": "2026-03-01T00:00:00Z", "charging_profile": PROFILE}


async def test_a_profile_is_set_reported_and_cleared(pair: Pair) -> None:
    session_id = await started(pair)
    requests, cpo = pair.emsp.platform.requests, pair.at_emsp
    done = await requests.set_profile(cpo, session_id, PROFILE)
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    active = await requests.active_profile(cpo, session_id, 900)
    assert active.outcome == "ACCEPTED"
    assert active.result
    reported = msgspec.json.decode(active.result)["profile"]
    assert reported["charging_profile"] == PROFILE
    cleared = await requests.clear_profile(cpo, session_id)
    assert cleared.outcome == "ACCEPTED"
    assert (await requests.clear_profile(cpo, session_id)).outcome == "UNKNOWN"
    await pair.emsp.platform.stop_session(cpo, session_id)
    ended = await requests.set_profile(cpo, session_id, PROFILE)
    assert (ended.response, ended.outcome) == ("REJECTED", None)


async def test_the_session_of_somebody_else_is_unknown(pair: Pair) -> None:
    other = session(provider=CPO)
    await pair.cpo.platform.put_own("sessions", msgspec.json.encode(other))
    requests, cpo = pair.emsp.platform.requests, pair.at_emsp
    for session_id in ("S1", "NONE"):
        for done in (
            await requests.set_profile(cpo, session_id, PROFILE),
            await requests.active_profile(cpo, session_id, 60),
            await requests.clear_profile(cpo, session_id),
        ):
            assert (done.response, done.outcome) == ("UNKNOWN_SESSION", None)


async def test_results_are_not_sent_where_they_must_not_go(pair: Pair, as_emsp: Caller) -> None:
    url = pair.cpo.url("receiver", "chargingprofiles", "S1")
    answer = await as_emsp("DELETE", f"{url}?response_url=ftp://x/")
    assert answer.json()["status_code"] == 2001
    assert "query:response_url" in answer.text


async def test_the_active_profile_of_a_pushed_session_is_taken(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("sender", "chargingprofiles", "S1")
    unknown = await as_cpo("PUT", url, ACTIVE)
    assert (unknown.status_code, unknown.json()["status_code"]) == (200, 2000)
    assert await profiles_at_the_provider(pair) == []
    await as_cpo("PUT", pair.emsp.url("receiver", "sessions", "NL", "CPO", "S1"), session())
    assert (await as_cpo("PUT", url, ACTIVE)).status_code == 201
    assert (await as_cpo("PUT", url, ACTIVE)).status_code == 200
    assert await profiles_at_the_provider(pair) == [ACTIVE]


async def test_the_provider_gets_each_change_of_the_active_profile(pair: Pair) -> None:
    session_id = await started(pair)
    assert await profiles_at_the_provider(pair) == []
    later = {**ACTIVE, "start_date_time": "2026-03-01T00:15:00Z"}
    for active in (ACTIVE, later):
        body = msgspec.json.encode(active)
        await pair.cpo.platform.publisher.active_profile(CPO.id, session_id, body)
        assert await profiles_at_the_provider(pair) == [active]
    await pair.emsp.platform.stop_session(pair.at_emsp, session_id)


async def profiles_at_the_provider(pair: Pair) -> list[dict[str, Any]]:
    return await received(pair.emsp, "chargingprofiles", pair.at_emsp.id)

"""Commands, their results, and the sessions that become of them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from ocpi_runtime.errors import InvalidParameters, UnknownLocation
from ocpi_runtime.types import PartyId
from ocpi_server.charging import CommandOutcome, SimulatedChargePoints
from ocpi_server.store.database.tables import exchanges as table
from tests.server_impl.charging import TOKEN, started, with_location
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    connector,
    evse,
    introduce,
    location,
    served,
    token,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = "2099-01-01T00:00:00Z"


async def session_of(pair: Pair, session_id: str) -> Any:
    """Read a session as the CPO pushed it to the eMSP."""
    await pair.cpo.platform.settled()
    peer = pair.cpo.platform.clients.peer(pair.at_cpo)
    return await peer.sessions.get_stored_session("NL", "CPO", session_id)


async def test_a_session_is_started_pushed_and_stopped(pair: Pair) -> None:
    session_id = await started(pair)
    session = await session_of(pair, session_id)
    assert (session.status, session.evse_uid, session.connector_id) == ("ACTIVE", "E1", "1")
    assert (session.cdr_token.uid, session.auth_method) == ("TOKEN1", "COMMAND")
    stopped = await pair.emsp.platform.stop_session(pair.at_emsp, session_id)
    assert (stopped.response, stopped.outcome) == ("ACCEPTED", "ACCEPTED")
    session = await session_of(pair, session_id)
    assert session.status == "COMPLETED"
    assert session.end_date_time
    again = await pair.emsp.platform.stop_session(pair.at_emsp, session_id)
    assert (again.response, again.outcome) == ("UNKNOWN_SESSION", None)


async def test_the_charge_point_chooses_where_the_command_leaves_it_open(pair: Pair) -> None:
    two = location(evses=[evse("E1"), evse("E2")])
    await pair.cpo.platform.put_own("locations", msgspec.json.encode(two))
    for reference, taken in (("A", "E1"), ("B", "E2")):
        await pair.emsp.platform.start_session(
            pair.at_emsp, TOKEN, "LOC1", authorization_reference=reference
        )
        assert (await session_of(pair, reference)).evse_uid == taken
    full = await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, "LOC1")
    assert (full.response, full.outcome) == ("ACCEPTED", "EVSE_OCCUPIED")
    for reference in ("A", "B"):
        await pair.emsp.platform.stop_session(pair.at_emsp, reference)


async def test_a_reference_that_is_taken_is_not_used_as_id(pair: Pair) -> None:
    session_id = await started(pair)
    await pair.emsp.platform.stop_session(pair.at_emsp, session_id)
    await started(pair)
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    sessions = [each async for each in peer.sessions.get_sessions(date_from=LONG_AGO)]
    assert len({each.id for each in sessions}) == 2
    assert [each.authorization_reference for each in sessions] == ["REF1", "REF1"]
    await pair.emsp.platform.stop_session(pair.at_emsp, sessions[1].id)


@pytest.mark.parametrize(
    "place",
    [
        {"location_id": "NONE"},
        {"location_id": "LOC1", "evse_uid": "NONE"},
        {"location_id": "LOC1", "evse_uid": "E1", "connector_id": "9"},
    ],
)
async def test_an_unknown_place_is_2003(pair: Pair, place: dict[str, Any]) -> None:
    await with_location(pair)
    with pytest.raises(UnknownLocation):
        await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, **place)


async def test_a_connector_without_evse_is_2001(pair: Pair) -> None:
    await with_location(pair)
    with pytest.raises(InvalidParameters) as raised:
        await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, "LOC1", connector_id="1")
    assert raised.value.status_code == 2001


async def test_no_result_is_awaited_of_a_command_that_is_not_sent(pair: Pair) -> None:
    emsp = pair.emsp.platform
    with pytest.raises(InvalidParameters):
        await emsp.parts.requests.send(pair.at_emsp, "STOP_SESSION", {"session_id": "x" * 37})
    database = emsp.parts.store.database
    assert not await database.read(lambda link: link.execute(select(table.c.uid)).all())


async def test_an_evse_may_insist_on_a_connector(pair: Pair) -> None:
    choosy = location(evses=[evse(capabilities=["START_SESSION_CONNECTOR_REQUIRED"])])
    await pair.cpo.platform.put_own("locations", msgspec.json.encode(choosy))
    with pytest.raises(InvalidParameters):
        await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, "LOC1", evse_uid="E1")


async def test_a_token_of_another_party_is_rejected(pair: Pair) -> None:
    await with_location(pair)
    foreign = msgspec.json.encode(token(owner=PartyId("DE", "XXX")))
    done = await pair.emsp.platform.start_session(pair.at_emsp, foreign, "LOC1")
    assert done.response == "REJECTED"


async def test_results_are_not_sent_where_they_must_not_go(pair: Pair, as_emsp: Caller) -> None:
    await with_location(pair)
    for url in ("ftp://127.0.0.1/x", "http://user:pass@127.0.0.1/x", "nonsense"):
        body = {"token": token(), "location_id": "LOC1", "response_url": url}
        answer = await as_emsp("POST", pair.cpo.url("receiver", "commands", "START_SESSION"), body)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
        assert "response_url" in answer.text


async def test_a_reservation_is_kept_used_and_its_session_goes_on(pair: Pair) -> None:
    await with_location(pair)
    body = {
        "token": TOKEN,
        "expiry_date": UNTIL,
        "reservation_id": "R1",
        "location_id": "LOC1",
        "evse_uid": "E1",
    }
    done = await pair.emsp.platform.requests.command(pair.at_emsp, "RESERVE_NOW", body)
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    await pair.cpo.platform.settled()
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    (reserved,) = [each async for each in peer.sessions.get_sessions(date_from=LONG_AGO)]
    assert reserved.status == "RESERVATION"
    await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, "LOC1")
    assert (await session_of(pair, reserved.id)).status == "ACTIVE"
    await pair.emsp.platform.stop_session(pair.at_emsp, reserved.id)


async def test_a_reservation_is_cancelled_by_its_owner_only(pair: Pair) -> None:
    await with_location(pair)
    body = {
        "token": TOKEN,
        "expiry_date": UNTIL,
        "reservation_id": "R2",
        "location_id": "LOC1",
    }
    requests = pair.emsp.platform.requests
    await requests.command(pair.at_emsp, "RESERVE_NOW", body)
    cancel = {"reservation_id": "r2"}
    done = await requests.command(pair.at_emsp, "CANCEL_RESERVATION", cancel)
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    again = await requests.command(pair.at_emsp, "CANCEL_RESERVATION", cancel)
    assert again.response == "REJECTED"
    over = {**body, "expiry_date": "2020-01-01T00:00:00Z"}
    assert (await requests.command(pair.at_emsp, "RESERVE_NOW", over)).response == "REJECTED"


async def test_a_connector_is_unlocked(pair: Pair) -> None:
    await with_location(pair)
    body = {"location_id": "LOC1", "evse_uid": "E1", "connector_id": "1"}
    done = await pair.emsp.platform.requests.command(pair.at_emsp, "UNLOCK_CONNECTOR", body)
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")


async def test_a_result_that_nobody_waits_for_is_404(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("sender", "commands", "START_SESSION", "nobody")
    answer = await as_cpo("POST", url, {"result": "ACCEPTED"})
    assert (answer.status_code, answer.json()["status_code"]) == (404, 2000)


async def test_a_result_may_be_corrected_later_at_the_same_url(pair: Pair, as_cpo: Caller) -> None:
    uid = await pair.emsp.platform.parts.exchanges.open(pair.at_emsp.id, "RESERVE_NOW")
    other = pair.emsp.url("sender", "commands", "START_SESSION", uid)
    assert (await as_cpo("POST", other, {"result": "ACCEPTED"})).status_code == 404
    url = pair.emsp.url("sender", "commands", "RESERVE_NOW", uid)
    assert (await as_cpo("POST", url, {"result": "ACCEPTED"})).status_code == 200
    await as_cpo("POST", url, {"result": "CANCELED_RESERVATION"})
    result = await pair.emsp.platform.parts.exchanges.wait(uid, 1)
    assert msgspec.json.decode(result) == {"result": "CANCELED_RESERVATION"}


class Stuck(SimulatedChargePoints):
    """Charge points that never answer, or break."""

    async def stop(self, session_id: str) -> CommandOutcome:
        raise RuntimeError("broken")

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        await asyncio.sleep(3600)
        raise AssertionError


async def test_a_charge_point_that_is_late_or_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    points = Stuck(delay=0)
    async with (
        served(tmp_path / "a", CPO, points=points, command_timeout=2.0) as cpo,
        served(tmp_path / "b", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        session_id = await started(pair)
        body = {"location_id": "LOC1", "evse_uid": "E1", "connector_id": "1"}
        late = await emsp.platform.requests.command(pair.at_emsp, "UNLOCK_CONNECTOR", body)
        assert (late.response, late.outcome) == ("ACCEPTED", "TIMEOUT")
        broken = await emsp.platform.stop_session(pair.at_emsp, session_id)
        assert broken.outcome == "FAILED"
        assert "STOP_SESSION failed" in caplog.text


class Locked(SimulatedChargePoints):
    """Charge points whose connectors stay locked, some with a reason."""

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        return CommandOutcome("FAILED", "The plug is jammed." if connector_id == "1" else "")


async def test_the_reason_of_a_charge_point_is_the_message_of_the_result(tmp_path: Path) -> None:
    two = evse(connectors=[connector("1"), connector("2")])
    async with (
        served(tmp_path / "a", CPO, points=Locked(delay=0)) as cpo,
        served(tmp_path / "b", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", msgspec.json.encode(location(evses=[two])))
        results = []
        for uid in ("1", "2"):
            body = {"location_id": "LOC1", "evse_uid": "E1", "connector_id": uid}
            done = await emsp.platform.requests.command(pair.at_emsp, "UNLOCK_CONNECTOR", body)
            results.append(msgspec.json.decode(done.result or b"null"))
        assert results == [
            {"result": "FAILED", "message": [{"language": "en", "text": "The plug is jammed."}]},
            {"result": "FAILED"},
        ]


async def test_old_requests_are_forgotten_at_the_start(tmp_path: Path) -> None:
    async with served(tmp_path, EMSP, clock=lambda: LONG_AGO) as emsp:
        old = await emsp.platform.parts.exchanges.open("partner", "START_SESSION")
    async with served(tmp_path, EMSP) as emsp:
        new = await emsp.platform.parts.exchanges.open("partner", "START_SESSION")
        database = emsp.platform.parts.store.database
        kept = await database.read(lambda link: list(link.execute(select(table.c.uid)).scalars()))
        assert (new in kept, old in kept) == (True, False)

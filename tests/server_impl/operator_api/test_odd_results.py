"""Results that are incomplete, wrong or too long: of back ends, charge points and partners."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ocpi_runtime.types import Raw
from ocpi_server.async_requests.results import ResultSender
from ocpi_server.charging import CommandOutcome, SimulatedChargePoints
from tests.server_impl.charging import started
from tests.server_impl.operator_api.back_end import BackEnd, back_ends
from tests.server_impl.operator_api.test_back_end_commands import BOTH, START, furnish, state
from tests.server_impl.operator_api.test_operator_api import eventually
from tests.server_impl.pair import CPO, EMSP, evse, introduce, location, served


async def reported(emsp: BackEnd, cpo: BackEnd, partner: str, report: dict[str, Any]) -> Any:
    """Start a session, report how its order ended, and return the request with its result."""
    sent = {"partner": partner, "command": "START_SESSION", "body": START}
    made = await emsp.data("POST", "requests", sent)
    (order,) = await eventually(cpo, "orders?state=OPEN")
    await cpo.data("PUT", f"orders/{order['id']}/result", report)
    return await state(emsp, made["id"], "DONE")


async def test_an_accepted_start_without_a_place_is_at_the_evse_that_was_offered(
    tmp_path: Path,
) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        shown = await reported(emsp, cpo, at_emsp, {"result": "ACCEPTED"})
        assert shown["result"] == {"result": "ACCEPTED"}
        (session,) = await cpo.data("GET", "own/2.2.1/sessions")
        assert (session["evse_uid"], session["connector_id"]) == ("E1", "1")
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        again = await emsp.data("POST", "requests", sent)
        shown = await state(emsp, again["id"], "DONE")
        assert shown["result"]["result"] == "EVSE_OCCUPIED"


async def test_an_evse_that_was_not_offered_is_refused(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        await cpo.data(
            "PUT", "own/2.2.1/locations/NL/CPO/LOC1", location(evses=[evse(), evse("E2")])
        )
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", sent)
        (order,) = await eventually(cpo, "orders?state=OPEN")
        path = f"orders/{order['id']}/result"
        refused = await cpo.send("PUT", path, {"result": "ACCEPTED", "evse_uid": "E2"})
        assert refused.json()["violations"][0]["pointer"] == "/evse_uid"
        assert "allowed: E1." in refused.text
        await cpo.data("PUT", path, {"result": "ACCEPTED", "evse_uid": "e1", "connector_id": "2"})
        await state(emsp, made["id"], "DONE")
        (session,) = await cpo.data("GET", "own/2.2.1/sessions")
        assert (session["evse_uid"], session["connector_id"]) == ("E1", "2")


async def test_a_long_reason_is_cut_and_its_result_arrives(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        report = {"result": "FAILED", "message": "x" * 5000}
        shown = await reported(emsp, cpo, at_emsp, report)
        assert shown["result"]["message"] == [{"language": "en", "text": "x" * 512}]


async def test_an_active_profile_is_checked_when_it_is_reported(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        await reported(emsp, cpo, at_emsp, {"result": "ACCEPTED"})
        await cpo.host.platform.settled()
        (session,) = await cpo.data("GET", "own/2.2.1/sessions")
        platform = emsp.host.platform
        partner = await platform.administration.find(at_emsp)
        asked = asyncio.create_task(platform.requests.active_profile(partner, session["id"], 60))
        (order,) = await eventually(cpo, "orders?state=OPEN")
        path = f"orders/{order['id']}/result"
        wrong = {"result": "ACCEPTED", "profile": {"charging_profile": {}}}
        refused = await cpo.send("PUT", path, wrong)
        pointers = {each["pointer"] for each in refused.json()["violations"]}
        assert "/profile/start_date_time" in pointers
        await cpo.data("PUT", path, {"result": "REJECTED"})
        assert (await asked).outcome == "REJECTED"


class Inventive(SimulatedChargePoints):
    """Charge points with a result that OCPI does not have."""

    async def stop(self, session_id: str) -> CommandOutcome:
        return CommandOutcome("PERHAPS")


async def test_a_result_that_is_none_of_ocpi_is_a_failure(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "a", CPO, points=Inventive(delay=0)) as cpo,
        served(tmp_path / "b", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        session_id = await started(pair)
        done = await emsp.platform.stop_session(pair.at_emsp, session_id)
        assert (done.response, done.outcome) == ("ACCEPTED", "FAILED")


@pytest.mark.parametrize("announced", [10**30, 10**9])
async def test_a_partner_that_announces_an_endless_wait_is_not_awaited_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, announced: int
) -> None:
    def answer(_sender: ResultSender, result: str, _message: str = "") -> Raw:
        return Raw(b'{"result":"%s","timeout":%d}' % (result.encode(), announced))

    monkeypatch.setattr(ResultSender, "answer", answer)
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        partner = await emsp.host.platform.administration.find(at_emsp)
        sent = await emsp.host.platform.requests.send(partner, "START_SESSION", START)
        assert (sent.response, sent.seconds) == ("ACCEPTED", 3600)
        body = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", body)
        assert (made["state"], made["response"]) == ("WAITING", "ACCEPTED")

"""Commands through back ends on both sides: sent, carried out, reported, late and forged."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import update

from ocpi_runtime.types import PartyId
from ocpi_server import OperatorRules
from ocpi_server._clock import utc_now
from ocpi_server.async_requests.owed_results import Addresses, OwedResults
from ocpi_server.operator_records import EventLog, OrderBook
from ocpi_server.store import Database
from ocpi_server.store.database.operator_tables import deferred_results, operator_requests
from tests.server_impl.operator_api.back_end import BackEnd, back_ends
from tests.server_impl.operator_api.test_operator_api import eventually, register
from tests.server_impl.operator_api.test_operator_keys import NOW
from tests.server_impl.pair import location, token

BOTH = OperatorRules(enabled=True, charge_points=True, authorize=True)
START = {"token": token(), "location_id": "LOC1", "evse_uid": "E1", "connector_id": "1"}


async def furnish(cpo: BackEnd, emsp: BackEnd) -> tuple[str, str]:
    """Register both, with a location at one and a token at the other."""
    names = await register(cpo, emsp)
    await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/LOC1", location())
    await emsp.data("PUT", "own/2.2.1/tokens/DE/MSP/TOKEN1", token())
    await cpo.host.platform.settled()
    await emsp.host.platform.settled()
    return names


async def state(back_end: BackEnd, request_id: str, *expected: str) -> dict[str, Any]:
    """Return a request once it is in one of some states."""
    shown = await back_end.data("GET", f"requests/{request_id}")
    for _ in range(1200):
        if shown["state"] in expected:
            return dict(shown)
        await asyncio.sleep(0.05)
        shown = await back_end.data("GET", f"requests/{request_id}")
    raise AssertionError(shown)


async def test_back_ends_start_and_stop_a_session(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        at_cpo, at_emsp = await furnish(cpo, emsp)
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", sent)
        assert (made["state"], made["response"]) == ("WAITING", "ACCEPTED")
        (order,) = await eventually(cpo, "orders?state=OPEN")
        assert (order["kind"], order["body"]["token"]["uid"]) == ("START", "TOKEN1")

        forged = await cpo.send("PUT", f"orders/{order['id']}/result", {"result": "NONSENSE"})
        assert forged.json()["status_code"] == 2001
        unknown = await cpo.send("PUT", "orders/x/result", {"result": "ACCEPTED"})
        assert unknown.status_code == 404
        done = {"result": "ACCEPTED", "evse_uid": "E1", "connector_id": "1"}
        closed = await cpo.data("PUT", f"orders/{order['id']}/result", done)
        assert (closed["state"], closed["result"]) == ("DONE", done)
        again = await cpo.data("PUT", f"orders/{order['id']}/result", {"result": "FAILED"})
        assert again["result"] == done, "the first result counts"

        shown = await state(emsp, made["id"], "DONE")
        assert shown["result"]["result"] == "ACCEPTED"
        await cpo.host.platform.settled()
        (session,) = await eventually(emsp, f"received/2.2.1/sessions/{at_emsp}")
        assert session["status"] == "ACTIVE"

        stop = {"partner": at_emsp, "command": "STOP_SESSION"}
        made = await emsp.data("POST", "requests", {**stop, "body": {"session_id": session["id"]}})
        (order,) = await eventually(cpo, "orders?state=OPEN")
        await cpo.data("PUT", f"orders/{order['id']}/result", {"result": "REJECTED"})
        shown = await state(emsp, made["id"], "DONE")
        assert shown["result"]["result"] == "REJECTED"
        refused = await emsp.data("POST", "requests", {**stop, "body": {"session_id": "X"}})
        assert (refused["state"], refused["response"]) == ("REFUSED", "UNKNOWN_SESSION")
        wrong = await emsp.send("POST", "requests", {**stop, "body": {}})
        assert wrong.json()["status_code"] == 2001
        assert len(await emsp.data("GET", "requests")) == 3
        kinds = {each["kind"] for each in await emsp.data("GET", "events")}
        assert {"request.changed", "received.stored", "own.stored"} <= kinds

        question = {"partner": at_cpo, "token_uid": "TOKEN1"}
        asked = asyncio.create_task(cpo.data("POST", "authorizations", question))
        (order,) = await eventually(emsp, "orders?state=OPEN")
        assert (order["kind"], order["body"]["token"]["uid"]) == ("AUTHORIZE", "TOKEN1")
        await emsp.data("PUT", f"orders/{order['id']}/result", {"result": "NO_CREDIT"})
        assert (await asked)["allowed"] == "NO_CREDIT"


async def test_what_nobody_reports_times_out(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None, command_timeout=5.0) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", sent)
        (order,) = await eventually(cpo, "orders?state=OPEN")
        shown = await state(emsp, made["id"], "DONE")
        assert shown["result"]["result"] == "TIMEOUT"
        (closed,) = await eventually(cpo, "orders?state=TIMEOUT")
        assert closed["id"] == order["id"]
        late = await cpo.data("PUT", f"orders/{order['id']}/result", {"result": "ACCEPTED"})
        assert (late["state"], "result" in late) == ("TIMEOUT", False)
        assert await emsp.data("GET", f"received/2.2.1/sessions/{at_emsp}") == []


async def test_what_a_process_owes_that_has_ended_is_sent_by_another(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", sent)
        await eventually(cpo, "orders?state=OPEN")
        # As if the process that took the command had ended long ago, and this one found it.
        database = cpo.host.platform.parts.store.database
        await database.write(lambda link: link.execute(update(deferred_results).values(due=0)))
        shown = await state(emsp, made["id"], "DONE")
        assert shown["result"]["result"] == "TIMEOUT"


async def test_a_request_without_result_is_a_timeout_after_a_restart(tmp_path: Path) -> None:
    async with back_ends(tmp_path, operator=BOTH, points=None) as (cpo, emsp):
        _, at_emsp = await furnish(cpo, emsp)
        sent = {"partner": at_emsp, "command": "START_SESSION", "body": START}
        made = await emsp.data("POST", "requests", sent)
        database = emsp.host.platform.parts.store.database
        await database.write(lambda link: link.execute(update(operator_requests).values(until=0)))
        assert (await emsp.data("GET", f"requests/{made['id']}"))["state"] == "TIMEOUT"
        (order,) = await eventually(cpo, "orders?state=OPEN")
        await cpo.data("PUT", f"orders/{order['id']}/result", {"result": "FAILED"})
        shown = await state(emsp, made["id"], "DONE")  # late, and told as it is
        assert shown["result"]["result"] == "FAILED"


async def test_owed_results_are_taken_once(database: Database) -> None:
    instants = [NOW]
    owed = OwedResults(database, lambda: instants[-1])
    to = Addresses("partner", PartyId("NL", "CPO"), None, "c-1")
    body = msgspec.json.encode({"result": "TIMEOUT"})
    sent = await owed.add(to, "commands.post_command_result", "https://x/1", body, 1.0)
    await owed.add(to, "commands.post_command_result", "https://x/2", body, 1.0)
    await owed.settle(sent)
    assert await owed.take(1.0) == []
    instants.append(NOW.replace(hour=1))
    taken = await asyncio.gather(*(owed.take(1.0) for _ in range(4)))
    (found,) = [each for part in taken for each in part]
    assert (found.addresses, found.response_url, found.body) == (to, "https://x/2", body)


async def test_any_process_takes_the_result_of_an_order(database: Database) -> None:
    books = [OrderBook(database, EventLog(database, utc_now), utc_now) for _ in range(2)]
    asked = asyncio.create_task(books[0].ask("STOP", {"session_id": "S1"}, 10.0))
    found, _ = await books[1].page("OPEN", 0, 10)
    while not found:
        await asyncio.sleep(0.01)
        found, _ = await books[1].page("OPEN", 0, 10)
    done = await books[1].report(found[0].id, b'{"result":"ACCEPTED"}')
    assert (done.state, await asked) == ("DONE", b'{"result":"ACCEPTED"}')
    assert await books[0].ask("STOP", {}, 0.05) is None
    states = sorted(each.state for each in (await books[1].page(None, 0, 10))[0])
    assert states == ["DONE", "TIMEOUT"]

"""An EVSE is given to one driver, whichever process of the platform is asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server._clock import to_micros, utc_now
from ocpi_server.charging import SimulatedChargePoints
from ocpi_server.store import OWN, Draft, Key, Listing
from tests.server_impl.conftest import POSTGRESQL
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    Served,
    calling,
    evse,
    introduce,
    location,
    served,
    token,
)
from tests.support.postgres import new_database

UNTIL = "2099-01-01T00:00:00Z"


class Setup:
    """Two processes of a CPO, and an eMSP that may ask either."""

    def __init__(self, nodes: tuple[Served, Served], pair: Pair, call: Caller) -> None:
        self.nodes, self.pair, self.call = nodes, pair, call

    async def send(self, number: int, command: str, **body: Any) -> str:
        """Send a command to one of the processes; return its result."""
        emsp = self.pair.emsp
        exchanges = emsp.platform.parts.exchanges
        uid = await exchanges.open(self.pair.at_emsp.id, command)
        back = emsp.url("sender", "commands", command, uid)
        url = self.nodes[number % 2].url("receiver", "commands", command)
        answer = await self.call("POST", url, {**body, "response_url": back})
        assert answer.json()["data"]["result"] == "ACCEPTED", answer.text
        return str(msgspec.json.decode(await exchanges.wait(uid, 60))["result"])

    async def start(self, number: int, **more: Any) -> str:
        card = token(f"TOKEN{number}")
        return await self.send(
            number, "START_SESSION", **{"token": card, "location_id": "LOC1", **more}
        )

    async def sessions(self) -> list[tuple[str, str]]:
        """Return EVSE and status of all sessions."""
        listing = Listing(module="sessions", source=OWN, audiences=(str(EMSP.id),), limit=100)
        page = await self.nodes[0].platform.parts.store.page(listing)
        found = [msgspec.json.decode(raw) for raw in page.items]
        return sorted((each["evse_uid"], each["status"]) for each in found)


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", POSTGRESQL])
async def setup(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Setup]:
    database = (
        new_database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'cpo.sqlite'}"
    )
    shared: dict[str, Any] = {"database": database, "key_file": tmp_path / "ocpi.key"}
    async with (
        served(tmp_path, CPO, **shared, points=SimulatedChargePoints(delay=0.02)) as one,
        served(tmp_path, CPO, **shared, points=SimulatedChargePoints(delay=0.02)) as other,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(one, emsp)
        two = location(evses=[evse("E1"), evse("E2")])
        await one.platform.put_own("locations", msgspec.json.encode(two))
        async with calling(one, emsp, pair.at_emsp) as call:
            yield Setup((one, other), pair, call)


async def test_six_starts_at_two_processes_make_one_session_at_an_evse(setup: Setup) -> None:
    results = Counter(await asyncio.gather(*(setup.start(n, evse_uid="E1") for n in range(6))))
    assert results == {"ACCEPTED": 1, "EVSE_OCCUPIED": 5}
    assert await setup.sessions() == [("E1", "ACTIVE")]
    # What is left open is what the other processes have left.
    results = Counter(await asyncio.gather(*(setup.start(n) for n in range(6, 12))))
    assert results == {"ACCEPTED": 1, "EVSE_OCCUPIED": 5}
    assert await setup.sessions() == [("E1", "ACTIVE"), ("E2", "ACTIVE")]


async def test_a_reservation_without_a_session_holds_no_evse_for_years(setup: Setup) -> None:
    more = {"evse_uid": "E1", "token": token("TOKEN0"), "location_id": "LOC1"}
    reserved = {**more, "reservation_id": "R1", "expiry_date": UNTIL}
    assert await setup.send(0, "RESERVE_NOW", **reserved) == "ACCEPTED"
    assert await setup.start(1, evse_uid="E1") == "EVSE_OCCUPIED"
    # The process ended before the session was stored, a minute ago.
    store = setup.nodes[0].platform.parts.store
    listing = Listing(module="sessions", source=OWN, audiences=(str(EMSP.id),), limit=100)
    (session,) = (await store.page(listing)).items
    await store.remove(Key.of("sessions", CPO.id, msgspec.json.decode(session)["id"]))
    key = Key.of("occupied_evses", CPO.id, "LOC1", "e1")
    found = await store.get(key)
    assert found is not None
    noted = msgspec.json.decode(found.raw)
    earlier = msgspec.json.encode({**noted, "taken": noted["taken"] - 60_000_000})
    await store.change(key, lambda _: Draft(key, earlier, noted["until"], ""))
    assert await setup.start(1, evse_uid="E1") == "ACCEPTED"


async def test_a_session_that_ended_elsewhere_leaves_its_evse(setup: Setup) -> None:
    more = {"evse_uid": "E1", "authorization_reference": "FIRST"}
    assert await setup.start(0, **more) == "ACCEPTED"
    assert await setup.send(1, "STOP_SESSION", session_id="FIRST") == "ACCEPTED"
    assert await setup.start(2, evse_uid="E1") == "ACCEPTED"
    assert await setup.sessions() == [("E1", "ACTIVE"), ("E1", "COMPLETED")]


async def test_a_reservation_is_known_to_all_processes(setup: Setup) -> None:
    reserve = {"token": token("TOKEN0"), "location_id": "LOC1", "expiry_date": UNTIL}
    made = await setup.send(0, "RESERVE_NOW", reservation_id="R1", evse_uid="E2", **reserve)
    assert made == "ACCEPTED"
    assert await setup.start(1, evse_uid="E2") == "EVSE_OCCUPIED"
    card = token("TOKEN0")
    place = {"token": card, "location_id": "LOC1"}
    assert await setup.send(1, "START_SESSION", **place) == "ACCEPTED"
    assert await setup.sessions() == [("E2", "ACTIVE")]
    assert await setup.send(0, "START_SESSION", **place, evse_uid="E2") == "EVSE_OCCUPIED"


async def test_a_reservation_is_cancelled_at_another_process(setup: Setup) -> None:
    reserve = {"token": token("TOKEN0"), "location_id": "LOC1", "expiry_date": UNTIL}
    await setup.send(0, "RESERVE_NOW", reservation_id="R1", evse_uid="E1", **reserve)
    assert await setup.send(1, "CANCEL_RESERVATION", reservation_id="R1") == "ACCEPTED"
    assert await setup.start(0, evse_uid="E1") == "ACCEPTED"


async def test_a_charge_point_that_refuses_leaves_the_evse_as_it_was(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = {"token": token("TOKEN0"), "location_id": "LOC1", "expiry_date": UNTIL}
    await setup.send(0, "RESERVE_NOW", reservation_id="R1", evse_uid="E1", **reserve)

    async def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(SimulatedChargePoints, "start", broken)
        assert await setup.start(0, evse_uid="E1") == "FAILED"
        assert await setup.start(3, evse_uid="E2") == "FAILED"
    assert await setup.start(1, evse_uid="E1") == "EVSE_OCCUPIED"
    assert await setup.start(0, evse_uid="E1") == "ACCEPTED"
    assert await setup.start(1, evse_uid="E2") == "ACCEPTED"
    assert await setup.sessions() == [("E1", "ACTIVE"), ("E2", "ACTIVE")]


async def test_one_reference_at_two_processes_is_the_id_of_one_session(setup: Setup) -> None:
    more: list[dict[str, Any]] = [
        {"evse_uid": "E1", "authorization_reference": "AT-ONCE"},
        {"evse_uid": "E2", "authorization_reference": "at-once"},
    ]
    results = await asyncio.gather(*(setup.start(n, **each) for n, each in enumerate(more)))
    assert results == ["ACCEPTED", "ACCEPTED"]
    assert await setup.sessions() == [("E1", "ACTIVE"), ("E2", "ACTIVE")]


@pytest.mark.parametrize(("seconds", "free"), [(-1, True), (60, False)])
async def test_the_claim_of_a_process_that_has_ended_expires(
    setup: Setup, seconds: int, *, free: bool
) -> None:
    store = setup.nodes[0].platform.parts.store
    key = Key.of("claimed_session_ids", PartyId("", ""), "REF")
    until = to_micros(utc_now() + timedelta(seconds=seconds))
    await store.add(Draft(key, b"{}", until, ""))
    await setup.start(1, evse_uid="E1", authorization_reference="REF")
    session = await store.get(Key.of("sessions", CPO.id, "REF"))
    assert (session is not None) == free
    assert (await store.get(key) is None) == free


async def test_one_name_at_two_processes_is_one_reservation(setup: Setup) -> None:
    body = {"token": token("TOKEN0"), "location_id": "LOC1", "reservation_id": "R1"}
    both = (
        setup.send(number, "RESERVE_NOW", expiry_date=UNTIL, evse_uid=uid, **body)
        for number, uid in enumerate(("E1", "E2"))
    )
    assert "ACCEPTED" in await asyncio.gather(*both)
    # The last one replaces the other, whose EVSE is free again.
    assert sorted(status for _, status in await setup.sessions()) == ["COMPLETED", "RESERVATION"]
    assert await setup.send(0, "CANCEL_RESERVATION", reservation_id="R1") == "ACCEPTED"
    assert {status for _, status in await setup.sessions()} == {"COMPLETED"}
    assert await setup.start(1, evse_uid="E1") == "ACCEPTED"
    assert await setup.start(2, evse_uid="E2") == "ACCEPTED"

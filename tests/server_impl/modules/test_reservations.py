"""Reservations that end before the driver comes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server import _periodic as periodic
from ocpi_server.async_requests.requests import RequestOutcome
from ocpi_server.charging import SimulatedChargePoints
from ocpi_server.modules.commands.reservations import Reservation, Reservations
from ocpi_server.store import Key, ObjectStore, open_database
from ocpi_server.store.database.schema import ensure
from tests.server_impl.pair import CPO, EMSP, Pair, evse, introduce, location, served, token
from tests.server_impl.reading import put, received

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
OWNER = PartyId("NL", "CPO")
SECOND = OwnParty("DE", "TWO", "EMSP", "Second of the platform")
OTHER_TOKEN = msgspec.json.encode(token("OTHER"))
TOKEN = msgspec.json.encode(token())


class Time:
    """A clock that is stopped until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Setup:
    """A CPO with its own time, and an eMSP that reserves there."""

    def __init__(self, pair: Pair, time: Time) -> None:
        self.pair, self.time = pair, time

    async def command(self, name: str, **body: Any) -> RequestOutcome:
        done = await self.pair.emsp.platform.requests.command(self.pair.at_emsp, name, body)
        await self.pair.cpo.platform.settled()
        return done

    async def reserve(self, minutes: int, name: str = "R1", **more: Any) -> RequestOutcome:
        until = (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        body = {"token": TOKEN, "location_id": "LOC1", "reservation_id": name, **more}
        return await self.command("RESERVE_NOW", expiry_date=until, **body)

    async def sessions(self) -> dict[str, str]:
        """Return the states of the sessions that the eMSP was sent."""
        known = await received(self.pair.emsp, "sessions", self.pair.at_emsp.id)
        return {each["id"]: each["status"] for each in known}


@pytest_asyncio.fixture(loop_scope="session")
async def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Setup]:
    monkeypatch.setattr(periodic, "_SECONDS", 0.01)
    time = Time()
    points = SimulatedChargePoints(delay=0, clock=time)
    async with (
        served(tmp_path / "cpo", CPO, clock=time, points=points) as cpo,
        served(tmp_path / "emsp", EMSP, SECOND) as emsp,
    ):
        await put(cpo, "locations", location())
        yield Setup(await introduce(cpo, emsp), time)


async def eventually(setup: Setup, wanted: list[str]) -> None:
    for _ in range(3000):
        if sorted((await setup.sessions()).values()) == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await setup.sessions())


async def test_a_reservation_ends_by_itself(setup: Setup) -> None:
    assert (await setup.reserve(10)).outcome == "ACCEPTED"
    ((uid, status),) = (await setup.sessions()).items()
    assert status == "RESERVATION"
    assert (await setup.reserve(5, "R2", token=OTHER_TOKEN)).outcome == "EVSE_OCCUPIED"
    setup.time.now += timedelta(minutes=9, seconds=59)
    await setup.pair.cpo.platform.parts.commands.expire()
    assert await setup.sessions() == {uid: "RESERVATION"}
    setup.time.now += timedelta(seconds=1)
    await eventually(setup, ["COMPLETED"])
    # The EVSE is free for others, and the name stands for nothing.
    assert (await setup.command("CANCEL_RESERVATION", reservation_id="R1")).response == "REJECTED"
    assert (await setup.reserve(30, "R2", token=OTHER_TOKEN)).outcome == "ACCEPTED"
    await eventually(setup, ["COMPLETED", "RESERVATION"])


async def test_a_driver_who_comes_late_gets_another_session(setup: Setup) -> None:
    await setup.reserve(10)
    setup.time.now += timedelta(minutes=11)
    started = await setup.command("START_SESSION", token=TOKEN, location_id="LOC1")
    assert started.outcome == "ACCEPTED"
    await eventually(setup, ["ACTIVE", "COMPLETED"])


async def test_a_driver_who_came_goes_on_when_the_reservation_is_over(setup: Setup) -> None:
    await setup.reserve(10)
    setup.time.now += timedelta(minutes=5)
    await setup.command("START_SESSION", token=TOKEN, location_id="LOC1")
    setup.time.now += timedelta(minutes=60)
    assert await setup.pair.cpo.platform.parts.commands.expire() in {0, 1}
    assert await setup.pair.cpo.platform.parts.commands.expire() == 0
    assert list((await setup.sessions()).values()) == ["ACTIVE"]


async def test_a_reservation_can_be_made_shorter_and_longer(setup: Setup) -> None:
    await setup.reserve(10)
    await setup.reserve(20)
    setup.time.now += timedelta(minutes=15)
    await asyncio.sleep(0.05)
    assert list((await setup.sessions()).values()) == ["RESERVATION"]
    await setup.reserve(16)
    setup.time.now += timedelta(minutes=2)
    await eventually(setup, ["COMPLETED"])


async def test_a_session_that_is_there_no_more_does_not_stop_the_others(setup: Setup) -> None:
    await setup.reserve(10)
    ((uid, _),) = (await setup.sessions()).items()
    setup.time.now += timedelta(minutes=9)
    await setup.pair.cpo.platform.parts.store.remove(Key.of("sessions", OWNER, uid))
    setup.time.now += timedelta(minutes=9)
    await setup.pair.cpo.platform.parts.commands.expire()
    assert await setup.pair.cpo.platform.parts.commands.expire() == 0


async def test_two_emsps_of_a_partner_may_use_one_name(setup: Setup) -> None:
    await put(setup.pair.cpo, "locations", location(evses=[evse("E1"), evse("E2")]))
    await setup.reserve(10)
    (first,) = await setup.sessions()
    seconds = msgspec.json.encode(token("OTHER", SECOND))
    assert (await setup.reserve(10, token=seconds)).outcome == "ACCEPTED"
    assert len(await setup.sessions()) == 2
    # The first party is the one that asks, as long as nothing else is said.
    assert (await setup.command("CANCEL_RESERVATION", reservation_id="R1")).outcome == "ACCEPTED"
    known = await setup.sessions()
    assert known.pop(first) == "COMPLETED"
    assert list(known.values()) == ["RESERVATION"]
    assert (await setup.command("CANCEL_RESERVATION", reservation_id="R1")).outcome == "ACCEPTED"
    assert set((await setup.sessions()).values()) == {"COMPLETED"}


async def test_what_is_reserved_again_while_others_end_goes_on(tmp_path: Path) -> None:
    database, time = open_database(f"sqlite:///{tmp_path / 'ocpi.sqlite'}"), Time()
    await ensure(database, migrate=True)
    known = Reservations(ObjectStore(database), time)
    soon, late = (START + timedelta(minutes=minutes) for minutes in (1, 60))
    for name in ("R1", "R2"):
        await known.keep("partner", EMSP.id, name, Reservation(OWNER, name, soon))
    time.now += timedelta(minutes=2)
    ended = []
    async for key, each in known.over():
        ended.append(each.session_id)
        await known.keep("partner", EMSP.id, "R2", Reservation(OWNER, "S3", late))
        await known.end(key)
        await known.end(key._replace(uid="r2"))
    assert ended == ["R1"]
    assert await known.find("partner", [EMSP.id], "R1") is None
    found = await known.find("partner", [EMSP.id], "R2")
    assert found is not None
    assert found[1] == Reservation(OWNER, "S3", late)
    await database.close()

"""What requests of partners cause here is bounded like what they store."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import InvalidParameters
from ocpi_server.settings import LimitRules
from tests.server_impl.booked import booked, text
from tests.server_impl.pair import CPO, EMSP, Pair, evse, introduce, location, served, token
from tests.server_impl.reading import put
from tests.server_impl.samples import wish

TOKEN = msgspec.json.encode(token())
FULL = "Storage limit of 2 objects per partner exceeded."


@pytest_asyncio.fixture(loop_scope="session")
async def narrow(tmp_path: Path) -> AsyncIterator[Pair]:
    """A CPO that keeps two objects of each partner, and an eMSP."""
    async with (
        served(tmp_path / "cpo", CPO, rules=LimitRules(stored_objects=2)) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await put(cpo, "locations", location(evses=[evse(f"E{each}") for each in range(5)]))
        yield pair


async def command(pair: Pair, name: str, **body: Any) -> str:
    done = await pair.emsp.platform.requests.command(pair.at_emsp, name, body)
    await pair.cpo.platform.settled()
    return str(done.outcome)


async def start(pair: Pair, number: int) -> str:
    where = {"location_id": "LOC1", "evse_uid": f"E{number}", "connector_id": "1"}
    return await command(pair, "START_SESSION", token=TOKEN, **where)


async def reserve(pair: Pair, number: int) -> str:
    where = {"location_id": "LOC1", "evse_uid": f"E{number}", "reservation_id": f"R{number}"}
    until = "2099-01-01T00:00:00Z"
    return await command(pair, "RESERVE_NOW", token=TOKEN, expiry_date=until, **where)


@pytest.mark.one_node(reason="each process logs what it refuses")
async def test_sessions_of_commands_count_and_running_ones_go_on(
    narrow: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    assert [await start(narrow, 0), await start(narrow, 1)] == ["ACCEPTED"] * 2
    with caplog.at_level(logging.WARNING, "ocpi_server.store"):
        with pytest.raises(InvalidParameters) as refused:
            await start(narrow, 2)
        with pytest.raises(InvalidParameters):
            await reserve(narrow, 2)
    assert (refused.value.http_status, refused.value.status_code) == (200, 2001)
    assert FULL in refused.value.message
    assert [each.name for each in caplog.records].count("ocpi_server.store") == 1
    sessions = await narrow.emsp.platform.parts.store.get_oldest(
        "sessions", narrow.at_emsp.id, 2**62, 10
    )
    running = [each.key.uid for each in sessions]
    assert len(running) == 2
    assert await command(narrow, "STOP_SESSION", session_id=running[0]) == "ACCEPTED"


async def test_a_reservation_is_its_name_and_its_session(narrow: Pair) -> None:
    assert await reserve(narrow, 0) == "ACCEPTED"
    with pytest.raises(InvalidParameters):
        await reserve(narrow, 1)
    assert await command(narrow, "CANCEL_RESERVATION", reservation_id="R0") == "ACCEPTED"
    assert await start(narrow, 1) == "ACCEPTED"


async def test_bookings_count_and_old_ones_may_change(tmp_path: Path) -> None:
    async with booked(tmp_path, rules=LimitRules(stored_objects=2)) as booking:
        await booking.put("E1")
        for name in ("ONE", "TWO"):
            await booking.at_cpo.post_booking_request(text(wish(name)))
        with pytest.raises(InvalidParameters, match="Storage limit"):
            await booking.at_cpo.post_booking_request(text(wish("THREE")))
        again = await booking.at_cpo.post_booking_request(text(wish("TWO")))
        assert len(again.booking_requests) == 1

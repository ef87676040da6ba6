"""News of objects: patched where it can be, put where it must be, in every version."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.client import Exchange
from ocpi_runtime.types import PartyId
from ocpi_server._versions import VERSIONS
from ocpi_server.store import Key
from ocpi_server.sync.push._differences import difference
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.reading import put, received
from tests.server_impl.samples import period, session

OWNER = PartyId("NL", "CPO")


class PushedPair:
    """A pair, and what the CPO sends."""

    def __init__(self, pair: Pair, sent: list[Exchange]) -> None:
        self.pair, self.sent = pair, sent

    def took(self) -> list[tuple[str, dict[str, Any]]]:
        """Return methods and bodies since the last time."""
        found = [(each.method, _body(each)) for each in self.sent]
        self.sent.clear()
        return found

    async def status(self, status: str) -> None:
        assert await self.pair.cpo.platform.push_evse_status("L1", "E1", status)
        await self.arrived()

    async def session(self, **news: Any) -> None:
        await self.pair.cpo.platform.publisher.session_news(OWNER, "S1", news)
        await self.arrived()

    async def arrived(self) -> None:
        assert set((await self.pair.cpo.platform.pushed()).values()) == {None}

    async def known(self, module: str) -> dict[str, Any]:
        (known,) = await received(self.pair.emsp, module, self.pair.at_emsp.id)
        return known


def _body(exchange: Exchange) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(exchange.request_body or b"{}")
    return body


@pytest_asyncio.fixture(loop_scope="session", params=VERSIONS)
async def pushed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PushedPair]:
    sent: list[Exchange] = []
    settings = {"versions": (request.param,)}
    async with (
        served(tmp_path / "cpo", CPO, on_exchange=sent.append, **settings) as cpo,
        served(tmp_path / "emsp", EMSP, **settings) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await put(cpo, "locations", location("L1"))
        await put(cpo, "sessions", session("S1", location_id="L1"))
        sent.clear()
        yield PushedPair(pair, sent)


async def test_a_status_is_patched_once_the_location_is_known(pushed: PushedPair) -> None:
    await pushed.pair.cpo.platform.publisher.location(msgspec.json.encode(location("L1")))
    await pushed.arrived()
    pushed.took()
    for status in ("CHARGING", "AVAILABLE"):
        await pushed.status(status)
        ((method, body),) = pushed.took()
        # In 2.0 connectors have a status too, so that most of an EVSE changes.
        old = pushed.pair.at_emsp.version == "2.0"
        assert (method, body["status"]) == ("PUT" if old else "PATCH", status)
        assert old or body.keys() == {"status", "last_updated"}
        assert (await pushed.known("locations"))["evses"][0]["status"] == status


async def test_a_location_that_is_not_there_is_put(pushed: PushedPair) -> None:
    await pushed.status("CHARGING")
    assert [method for method, _ in pushed.took()][-2:] == ["GET", "PUT"]
    assert (await pushed.known("locations"))["evses"][0]["status"] == "CHARGING"


async def test_sessions_grow_by_what_is_new(pushed: PushedPair) -> None:
    first, second = period("2026-01-01T10:15:00Z"), period("2026-01-01T10:30:00Z", 3.5)
    await pushed.session(kwh=1.5, charging_periods=[first])
    assert [method for method, _ in pushed.took()][-1] == "PUT"
    await pushed.session(kwh=5.0, charging_periods=[second])
    ((method, body),) = pushed.took()
    if pushed.pair.at_emsp.version in {"2.0", "2.1.1"}:
        # The location is most of a session here, so that a PATCH is smaller.
        assert (method, len(body["charging_periods"])) == ("PATCH", 2)
    else:
        assert (method, len(body["charging_periods"])) == ("PATCH", 1)
        assert "cdr_token" not in body
    known = await pushed.known("sessions")
    starts = [each["start_date_time"] for each in known["charging_periods"]]
    assert (known["kwh"], starts) == (5, ["2026-01-01T10:15:00Z", "2026-01-01T10:30:00Z"])


async def test_a_session_that_was_lost_there_is_put_again(pushed: PushedPair) -> None:
    await pushed.session(kwh=1.0)
    await pushed.session(kwh=2.0)
    assert await pushed.pair.emsp.platform.parts.store.remove(
        Key.of("sessions", OWNER, "S1", holder=pushed.pair.at_emsp.id)
    )
    pushed.took()
    await pushed.session(kwh=3.0)
    assert [method for method, _ in pushed.took()] == ["PATCH", "GET", "PUT"]
    assert (await pushed.known("sessions"))["kwh"] == 3


@pytest.mark.parametrize(
    ("before", "now", "patch"),
    [
        (None, {"a": 1}, None),
        ({"a": 1, "last_updated": "x"}, {"a": 1, "last_updated": "y"}, None),
        ({"a": 1, "pad": "p" * 99}, {"a": 2, "pad": "p" * 99}, {"a": 2}),
        ({"a": 1, "b": 2, "pad": "p" * 99}, {"a": 2, "pad": "p" * 99}, {"a": 2, "b": None}),
        ({"a": 1.0, "pad": "p" * 99}, {"a": 1.00, "pad": "p" * 99}, None),
        ({"a": 1, "pad": "p" * 99}, {"a": 1, "pad": "q" * 99}, None),
        ({"g": [1], "pad": "p" * 99}, {"g": [1, 2], "pad": "p" * 99}, {"g": [2]}),
        ({"pad": "p" * 99}, {"g": [1, 2], "pad": "p" * 99}, {"g": [1, 2]}),
        ({"g": [1], "pad": "p" * 99}, {"g": [2], "pad": "p" * 99}, None),
        ({"g": [1], "pad": "p" * 99}, {"pad": "p" * 99, "a": 1}, None),
    ],
)
def test_what_has_changed(before: Any, now: Any, patch: Any) -> None:
    old = None if before is None else msgspec.json.encode(before)
    found = difference(old, msgspec.json.encode(now), ("g",))
    assert (None if found is None else msgspec.json.decode(found)) == patch

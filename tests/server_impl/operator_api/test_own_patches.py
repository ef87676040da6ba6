"""Changes of parts of own objects: who they are for, what they leave as it is, and their order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_server import OwnParty
from tests.server_impl.fault_injector import FaultInjector
from tests.server_impl.operator_api.back_end import RULES, BackEnd, operated
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served, token
from tests.server_impl.reading import received
from tests.server_impl.samples import cdr, session, tariff

OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
THEIRS = {
    "country_code": "FR",
    "party_id": "OTH",
    "uid": "SECRET",
    "type": "RFID",
    "contract_id": "FR-OTH-C00000001-1",
}
OTHER_OWNER = {"country_code": "DE", "party_id": "MSP"}
S1 = "own/2.2.1/sessions/NL/CPO/S1"


class Recording(FaultInjector):
    """Keeps the bodies that came."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies = b""

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return the application with faults injected."""
        inner = super().wrap(app)

        async def recording(scope: Scope, receive: Receive, send: Send) -> None:
            async def keep() -> Message:
                message = await receive()
                self.bodies += message.get("body", b"")
                return message

            await inner(scope, keep, send)

        return recording


@dataclass
class World:
    """A CPO with a back end, and two eMSPs of which the first may be away."""

    back_end: BackEnd
    first: Pair
    second: Pair
    injector: Recording

    async def sessions(self, pair: Pair) -> list[tuple[str, Any]]:
        await self.back_end.host.platform.pushed()
        found = await received(pair.emsp, "sessions", pair.at_emsp.id)
        return [(each["id"], each["kwh"]) for each in found]


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    injector = Recording()
    async with (
        served(tmp_path / "cpo", CPO, EMSP, operator=RULES) as cpo,
        served(tmp_path / "first", OwnParty("DE", "ONE", "EMSP", "One"), wrap=injector.wrap) as one,
        served(tmp_path / "second", OTHER) as two,
        operated(cpo) as back_end,
    ):
        first, second = await introduce(cpo, one), await introduce(cpo, two)
        case = session("S1", provider=OwnParty("DE", "ONE", "EMSP", "One"))
        await back_end.data("PUT", S1, case)
        made = World(back_end, first, second, injector)
        assert await made.sessions(first) == [("S1", 0.0)]
        yield made


async def test_a_session_with_another_token_goes_to_its_provider(world: World) -> None:
    done = await world.back_end.data("PATCH", S1, {"cdr_token": THEIRS, "kwh": 2})
    assert done["recipients"] == [world.second.at_cpo.id]
    assert await world.sessions(world.second) == [("S1", 2)]
    await world.back_end.data("PATCH", S1, {"kwh": 3})
    assert await world.sessions(world.second) == [("S1", 3)]
    assert await world.sessions(world.first) == [("S1", 0.0)]
    assert b"SECRET" not in world.injector.bodies


async def test_news_of_a_session_with_another_token_go_to_its_provider(world: World) -> None:
    news = {"cdr_token": THEIRS, "kwh": 2}
    await world.back_end.host.platform.publisher.session_news(CPO.id, "S1", news)
    assert await world.sessions(world.second) == [("S1", 2)]
    assert b"SECRET" not in world.injector.bodies


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_provider_that_was_away_gets_no_session_of_another(
    world: World, method: str
) -> None:
    world.injector.mode = "500"
    await world.back_end.data("PATCH", S1, {"kwh": 1})
    await world.back_end.host.platform.pushed()
    news: dict[str, Any] = {"cdr_token": THEIRS, "last_updated": "2030-01-01T00:00:00Z"}
    await world.back_end.data(method, S1, session("S1", **news) if method == "PUT" else news)
    world.injector.mode = "open"
    await world.back_end.host.platform.retry_pushes()
    await world.sessions(world.second)
    assert set((await world.back_end.host.platform.pushed()).values()) == {None}
    assert b"SECRET" not in world.injector.bodies


@pytest.mark.parametrize(
    ("path", "case", "patch"),
    [
        (S1, session("S1"), {"id": "S9"}),
        ("own/2.2.1/tariffs/NL/CPO/T1", tariff("T1"), {"id": "T9"}),
        (
            "own/2.2.1/locations/NL/CPO/L1",
            location("L1"),
            {"country_code": "DE", "party_id": "MSP"},
        ),
        ("own/2.2.1/tokens/DE/MSP/T1?type=RFID", token("T1"), {"uid": "T9"}),
        ("own/2.2.1/tokens/DE/MSP/T1?type=RFID", token("T1"), {"type": "APP_USER"}),
    ],
    ids=["session", "tariff", "location", "token", "type"],
)
async def test_an_object_keeps_its_name(
    world: World, path: str, case: dict[str, Any], patch: dict[str, Any]
) -> None:
    await world.back_end.data("PUT", path, case)
    before = await world.back_end.data("GET", path)
    answer = await world.back_end.send("PATCH", path, patch)
    assert answer.json()["status_code"] == 2001
    assert await world.back_end.data("GET", path) == before


async def test_an_older_patch_changes_nothing(world: World) -> None:
    before = await world.back_end.data("GET", S1)
    patch = {"kwh": 9, "last_updated": "2001-01-01T00:00:00Z"}
    done = await world.back_end.data("PATCH", S1, patch)
    assert (done["stored"], done["uid"], done["recipients"]) == ("UNCHANGED", "S1", [])
    assert await world.back_end.data("GET", S1) == before


async def test_a_cdr_stays_as_it_is(world: World) -> None:
    path = "own/2.2.1/cdrs/NL/CPO/CDR1"
    await world.back_end.data("PUT", path, cdr())
    answer = await world.back_end.send("PATCH", path, {"remark": "changed"})
    assert answer.json()["status_code"] == 2001
    assert await world.back_end.data("GET", path) == cdr()

"""A clock that goes back moves no ``last_updated`` and no end before what is stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from ocpi_runtime.server import Partner
from ocpi_runtime.types import PartyId, Raw
from ocpi_server import Platform, Settings
from ocpi_server.async_requests.pending import PendingRequests
from ocpi_server.objects.own_sessions import NewSession
from ocpi_server.store import Database, Draft, Key, ObjectStore, Put
from tests.server_impl.pair import CPO, LOOPBACK, calling, connector, evse, location, paired
from tests.server_impl.samples import session

BEGIN = datetime(2026, 6, 1, 12, tzinfo=UTC)
BACK = timedelta(hours=2)
OWNER = PartyId("NL", "CPO")
PLACE = ("locations", "LOC1")


class Jumping:
    """A clock that may go back two hours between any two looks at it.

    Attributes:
        steady: Whether it goes forward only, for now.
    """

    def __init__(self, seed: int, *, steady: bool = False) -> None:
        self._chance = Random(seed)  # noqa: S311 - when to jump
        self.steady = steady
        self.now = BEGIN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=self._chance.randrange(1, 60))
        back = not self.steady and self._chance.random() < 0.5
        return self.now - (BACK if back else timedelta(0))


def platform(folder: Path, clock: Callable[[], datetime]) -> Platform:
    return Platform(
        Settings(
            base_url="http://127.0.0.1:1/ocpi",
            parties=(CPO,),
            database=f"sqlite:///{folder / 'ocpi.sqlite'}",
            urls=LOOPBACK,
        ),
        clock=clock,
    )


def new_session(uid: str) -> NewSession:
    token = {"country_code": "DE", "party_id": "MSP", "uid": "T", "type": "RFID"}
    return NewSession(
        owner=OWNER,
        session_id=uid,
        token=msgspec.json.encode({**token, "contract_id": "C"}),
        location_id="LOC1",
        evse_uid="E1",
        connector_id="1",
    )


async def look(one: Platform, module: str, uid: str) -> tuple[int, dict[str, Any]]:
    """Read an object: the instant of its row, which must be that of its text, and the text."""
    found = await one.parts.store.get(Key.of(module, OWNER, uid))
    assert found is not None
    text = msgspec.json.decode(found.raw)
    instant = datetime.fromisoformat(text["last_updated"])
    assert found.last_updated == int(instant.timestamp() * 1_000_000)
    if text.get("end_date_time") is not None:
        names = ("start_date_time", "end_date_time", "last_updated")
        start, end, last = (datetime.fromisoformat(text[name]) for name in names)
        assert start <= end <= last
    return found.last_updated, text


async def write(one: Platform, chance: Random) -> tuple[str, str]:
    """Change something of our own; returns module and id."""
    uid, sessions = f"S{chance.randrange(3)}", one.publisher._sessions  # noqa: SLF001
    match chance.randrange(6):
        case 0:
            await one.push_evse_status("LOC1", "E1", chance.choice(("CHARGING", "AVAILABLE")))
            return "locations", "LOC1"
        case 1:
            await one.publisher.session_news(OWNER, uid, {"kwh": chance.randrange(100)})
        case 2:
            await one.publisher.end_session(OWNER, uid)
        case 3:
            await sessions.reserve(new_session(uid))
        case 4:
            await sessions.activate(new_session(uid))
        case _:
            await sessions.expire(OWNER, uid)
    return "sessions", uid


@pytest.mark.parametrize("seed", range(5))
async def test_our_own_objects_only_grow_newer_in_two_processes(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - what to write
    # The second process lives two hours before the first one.
    clock = Jumping(seed)
    async with (
        platform(tmp_path, clock) as one,
        platform(tmp_path, lambda: clock() - BACK) as two,
    ):
        await one.put_own("locations", msgspec.json.encode(location()))
        last: dict[tuple[str, str], int] = {}
        for number in range(3):
            await one.publisher.begin_session(new_session(f"S{number}"))
        texts: dict[tuple[str, str], Any] = {}
        for name in (("sessions", "S0"), ("sessions", "S1"), ("sessions", "S2"), PLACE):
            last[name], texts[name] = await look(one, *name)
        for _ in range(60):
            name = await write(chance.choice((one, two)), chance)
            instant, text = await look(one, *name)
            assert instant > last[name] if texts[name] != text else instant == last[name], name
            last[name], texts[name] = instant, text


async def test_an_evse_is_as_new_as_its_location(tmp_path: Path) -> None:
    clock = Jumping(1)
    async with platform(tmp_path, clock) as one:
        await one.put_own("locations", msgspec.json.encode(location()))
        before = BEGIN - BACK
        for turn in range(20):
            await one.push_evse_status("LOC1", "E1", ("CHARGING", "AVAILABLE")[turn % 2])
            _, text = await look(one, "locations", "LOC1")
            assert text["evses"][0]["last_updated"] == text["last_updated"]
            instant = datetime.fromisoformat(text["last_updated"])
            assert instant > before
            before = instant


async def test_a_push_says_the_instant_that_is_stored(tmp_path: Path) -> None:
    # A registration in which two hours pass counts as abandoned, and another node removes it.
    clock = Jumping(3, steady=True)
    async with paired(tmp_path, clock=clock) as pair:
        clock.steady = False
        cpo = pair.cpo.platform
        await cpo.publisher.location(msgspec.json.encode(location()))
        await cpo.put_own("sessions", msgspec.json.encode(session()))
        for turn in range(10):
            taken = await cpo.push_evse_status("LOC1", "E1", ("CHARGING", "AVAILABLE")[turn % 2])
            assert taken == (pair.at_cpo.id,)
            await cpo.publisher.session_news(OWNER, "S1", {"kwh": turn})
            assert await cpo.pushed() == {pair.at_cpo.id: None}
            for module, uid in (("locations", "LOC1"), ("sessions", "S1")):
                ours = await cpo.parts.store.get(Key.of(module, OWNER, uid))
                key = Key.of(module, OWNER, uid, holder=pair.at_emsp.company)
                theirs = await pair.emsp.platform.parts.store.get(key)
                assert ours is not None
                assert theirs is not None
                assert msgspec.json.decode(ours.raw) == msgspec.json.decode(theirs.raw)
                assert ours.last_updated == theirs.last_updated


async def test_what_does_not_say_when_it_changed_is_newer(database: Database) -> None:
    store = ObjectStore(database)
    key = Key.of("locations", OWNER, "L1")

    def draft(at: int, text: bytes) -> Draft:
        return Draft(key, text, at, "2.0", "partner", undated=True)

    assert await store.put(draft(1000, b'{"n":1}')) is Put.CREATED
    assert await store.put(draft(10, b'{"n":2}')) is Put.UPDATED
    assert await store.put_all([draft(20, b'{"n":3}'), draft(5, b'{"n":4}')]) == [Put.UPDATED] * 2
    found = await store.get(key)
    assert found is not None
    assert (found.raw, found.last_updated) == (b'{"n":4}', 1003)


async def test_parts_of_old_versions_are_taken_though_the_clock_went_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [BEGIN]
    for module in ("ocpi_server._clock", "ocpi_server.objects.received_locations"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: now[0])
    async with (
        paired(tmp_path, versions=("2.0",)) as pair,
        calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo,
    ):
        known = pair.at_cpo.endpoints
        base = next(each.url for each in known if each.module == "locations") + "/NL/CPO/LOC1"
        whole = _of_2_0()
        last = 0
        for turn in range(4):
            now[0] -= BACK
            whole["name"] = f"Name {turn}"
            answer = await as_cpo("PUT", base, whole)
            assert answer.json()["status_code"] == 1000, answer.text
            patch = {"status": ("CHARGING", "AVAILABLE")[turn % 2]}
            answer = await as_cpo("PATCH", f"{base}/E1", patch)
            assert answer.json()["status_code"] == 1000, answer.text
            key = Key.of("locations", OWNER, "LOC1", holder=pair.at_emsp.company)
            found = await pair.emsp.platform.parts.store.get(key)
            assert found is not None
            text = msgspec.json.decode(found.raw)
            assert (text["name"], text["evses"][0]["status"]) == (f"Name {turn}", patch["status"])
            assert found.last_updated > last
            last = found.last_updated


def _of_2_0() -> dict[str, Any]:
    plug = {**connector(), "status": "AVAILABLE", "voltage": 230, "amperage": 32}
    for name in ("last_updated", "max_voltage", "max_amperage"):
        plug.pop(name)
    point = {key: value for key, value in evse().items() if key in {"uid", "evse_id", "status"}}
    return {
        "id": "LOC1",
        "type": "ON_STREET",
        "name": "Station",
        "address": "Stationsplein 1",
        "city": "Utrecht",
        "postal_code": "3511",
        "country": "NLD",
        "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
        "evses": [{**point, "connectors": [plug]}],
    }


async def test_a_result_is_not_before_its_request(database: Database) -> None:
    now = [BEGIN]
    kept = PendingRequests(database, lambda: now[0])
    uid = await kept.open("partner", "START_SESSION")
    now[0] -= BACK
    await kept.settle(Partner(id="partner"), "START_SESSION", uid, Raw(b"{}"))
    rows = await database.read(
        lambda link: link.exec_driver_sql("SELECT created, answered FROM exchanges").all()
    )
    assert rows[0][0] == rows[0][1]

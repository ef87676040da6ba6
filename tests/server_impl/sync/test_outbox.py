"""Pushes converge: whatever a partner missed, it has the latest state in the end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, PushRules
from ocpi_server.sync.push import _engine
from tests.server_impl.fault_injector import FaultInjector, StoppedClock
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, period, session, tariff

OWNER = PartyId("NL", "CPO")
PLACES = ["L0", "L1", "L2", "L3"]
OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
RULES = PushRules(longest_pause=300, most_refusals=3)
PAUSE = RULES.longest_pause


@dataclass
class Setup:
    """A CPO whose clock is stopped, and an eMSP behind a fault injector."""

    pair: Pair
    injector: FaultInjector
    clock: StoppedClock

    @property
    def publisher(self) -> Any:
        return self.pair.cpo.platform.publisher

    async def status(self, place: str, status: str) -> None:
        await self.pair.cpo.platform.push_evse_status(place, "E1", status)

    async def pushed(self) -> str | None:
        return (await self.pair.cpo.platform.pushed())[self.pair.at_cpo.id]

    async def known(self, module: str = "locations") -> dict[str, dict[str, Any]]:
        found = await received(self.pair.emsp, module, self.pair.at_emsp.id)
        return {each["id"]: each for each in found}

    async def converged(self) -> bool:
        """Return whether the eMSP has the locations of the CPO as they are."""
        mine = {}
        for each in await self.known():
            ours = await self.publisher._book.get("locations", OWNER, each)  # noqa: SLF001
            mine[each] = msgspec.json.decode(ours.raw)
        return await self.known() == mine


@pytest_asyncio.fixture(loop_scope="session")
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    injector, clock = FaultInjector(), StoppedClock()
    async with (
        served(tmp_path / "cpo", CPO, clock=clock, push=RULES) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp,
    ):
        made = Setup(await introduce(cpo, emsp), injector, clock)
        for each in PLACES:
            await made.publisher.location(msgspec.json.encode(location(each)))
        assert await made.pushed() is None
        injector.took()
        yield made


async def test_an_hour_of_changes_is_one_push_for_each_object(setup: Setup) -> None:
    setup.injector.mode = "500"
    for turn in range(20):
        setup.clock.forward(minutes=3)
        for place in PLACES[:3]:
            await setup.status(place, ("CHARGING", "AVAILABLE")[turn % 2])
        await setup.pushed()
    (status,) = await setup.pair.cpo.platform.push_status()
    assert (status.pending, status.parked) == (3, 0)
    assert status.tries >= 10
    assert status.error
    # One probe at a time, less and less often.
    assert len(setup.injector.took()) <= status.tries + RULES.at_once
    setup.injector.mode = "open"
    setup.clock.forward(seconds=PAUSE)
    assert await setup.pushed() is None
    assert sorted(uid for _, uid in setup.injector.took()) == PLACES[:3]
    assert await setup.converged()
    (status,) = await setup.pair.cpo.platform.push_status()
    assert (status.pending, status.tries, status.error, status.since) == (0, 0, None, None)


@pytest.mark.parametrize(
    "mode", ["500", "3000", "429", "rubbish", "redirect", "endless", "bomb", "slow", "hang"]
)
async def test_a_bad_partner_harms_no_other_and_no_caller(tmp_path: Path, mode: str) -> None:
    injector, rules = FaultInjector(), PushRules()
    async with (
        served(tmp_path / "cpo", CPO, push=rules, clock=StoppedClock()) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp,
        served(tmp_path / "other", OTHER) as other,
    ):
        bad, good = await introduce(cpo, emsp), await introduce(cpo, other, "other")
        injector.mode = mode
        for each in range(20):
            value = msgspec.json.encode(location(f"L{each}"))
            assert len(await cpo.platform.publisher.location(value)) == 2
        # The partner is not tried again while the clock is stopped.
        assert len(injector.sent) <= rules.at_once
        # Nobody waits for the bad one.
        assert (await cpo.platform.pushed(good.at_cpo.id))[good.at_cpo.id] is None
        if mode not in {"hang", "slow"}:
            assert (await cpo.platform.pushed())[bad.at_cpo.id] is not None
        assert len(await received(other, "locations", good.at_emsp.id)) == 20
        by_partner = {each.partner: each for each in await cpo.platform.push_status()}
        assert by_partner[bad.at_cpo.id].pending == 20
        if mode in {"endless", "bomb"}:
            assert "larger than" in str(by_partner[bad.at_cpo.id].error)
        assert by_partner[good.at_cpo.id].pending == 0
        injector.mode = "open"


async def test_a_partner_says_when_to_come_again(setup: Setup) -> None:
    setup.injector.mode = "429"
    await setup.status("L0", "CHARGING")
    await setup.pushed()
    setup.injector.mode = "open"
    setup.clock.forward(seconds=99)
    assert await setup.pushed() is not None
    setup.clock.forward(seconds=1)
    assert await setup.pushed() is None


async def test_an_object_that_is_refused_keeps_no_other_and_is_parked(setup: Setup) -> None:
    setup.injector.refused = {"L1"}
    for place in PLACES:
        await setup.publisher.location(msgspec.json.encode(location(place, name="New")))
    for _ in range(RULES.most_refusals + 2):
        await setup.pushed()
        setup.clock.forward(seconds=PAUSE)
    names = {uid: each["name"] for uid, each in (await setup.known()).items()}
    assert names == {"L0": "New", "L1": "Station square", "L2": "New", "L3": "New"}
    pushes = [path for _, path in setup.injector.took()]
    assert [pushes.count(place) for place in PLACES] == [1, RULES.most_refusals, 1, 1]
    (parked,) = await setup.pair.cpo.platform.pending_pushes(setup.pair.at_cpo.id)
    assert (parked.key.uid, parked.parked, parked.tries) == ("l1", True, RULES.most_refusals)
    setup.injector.refused = set()
    await setup.status("L1", "CHARGING")
    assert await setup.pushed() is None
    assert setup.injector.took() == [("PUT", "L1")]
    assert await setup.converged()


async def test_a_removal_waits_too_and_a_new_object_replaces_it(setup: Setup) -> None:
    for uid in ("T1", "T2"):
        await setup.publisher.tariff(msgspec.json.encode(tariff(uid)))
    await setup.pushed()
    setup.injector.took()
    setup.injector.mode = "500"
    for uid in ("T1", "T2"):
        await setup.publisher.remove_tariff(OWNER, uid)
    await setup.pushed()
    await setup.publisher.tariff(msgspec.json.encode(tariff("T2", currency="SEK")))
    setup.injector.took()
    setup.injector.mode = "open"
    setup.clock.forward(seconds=PAUSE)
    assert await setup.pushed() is None
    assert sorted(setup.injector.took()) == [("DELETE", "T1"), ("PUT", "T2")]
    assert {uid: each["currency"] for uid, each in (await setup.known("tariffs")).items()} == {
        "T2": "SEK"
    }


async def test_a_removal_of_what_never_got_there_is_done(setup: Setup) -> None:
    setup.injector.mode = "500"
    await setup.publisher.tariff(msgspec.json.encode(tariff("T1")))
    await setup.pushed()
    await setup.publisher.remove_tariff(OWNER, "T1")
    setup.injector.took()
    setup.injector.mode = "open"
    setup.clock.forward(seconds=PAUSE)
    assert await setup.pushed() is None
    assert setup.injector.took() == [("DELETE", "T1")]


async def test_pushes_of_one_object_never_overlap(setup: Setup) -> None:
    setup.injector.pause = 0.005
    for turn in range(12):
        for place in PLACES:
            await setup.status(place, ("CHARGING", "AVAILABLE", "BLOCKED")[turn % 3])
    assert await setup.pushed() is None
    assert setup.injector.overlaps == 0
    assert await setup.converged()


async def test_periods_are_added_once_whatever_is_coalesced(setup: Setup) -> None:
    await put(setup.pair.cpo, "sessions", session("S1", location_id="L0"))
    starts = [f"2026-01-01T10:{minute:02}:00Z" for minute in range(10, 40)]
    for number, start in enumerate(starts):
        setup.injector.mode = "500" if number % 7 == 3 else "open"
        news = {"kwh": number, "charging_periods": [period(start)]}
        await setup.publisher.session_news(OWNER, "S1", news)
        if number % 3:
            await setup.pushed()
        setup.clock.forward(seconds=PAUSE)
    setup.injector.mode = "open"
    setup.clock.forward(seconds=PAUSE)
    assert await setup.pushed() is None
    known = (await setup.known("sessions"))["S1"]
    assert [each["start_date_time"] for each in known["charging_periods"]] == starts
    assert ("PATCH", "S1") in setup.injector.took()


async def test_a_cdr_is_posted_until_it_is_accepted(setup: Setup) -> None:
    setup.injector.mode = "500"
    await setup.publisher.cdr(msgspec.json.encode(cdr("C1")))
    assert await setup.pushed() is not None
    assert await setup.publisher.cdr_url(OWNER, "C1") is None
    setup.injector.mode = "open"
    setup.clock.forward(seconds=PAUSE)
    assert await setup.pushed() is None
    assert await setup.publisher.cdr_url(OWNER, "C1")
    assert list(await setup.known("cdrs")) == ["C1"]


async def test_a_partner_is_sent_everything_again(setup: Setup) -> None:
    await setup.publisher.cdr(msgspec.json.encode(cdr("C1")))
    await setup.publisher.tariff(msgspec.json.encode(tariff("T1")))
    await setup.pushed()
    setup.injector.took()
    assert await setup.pair.cpo.platform.resync(setup.pair.at_cpo.id, "locations")
    assert await setup.pushed() is None
    assert sorted(setup.injector.took()) == [("PUT", place) for place in PLACES]
    assert await setup.pair.cpo.platform.resync(setup.pair.at_cpo.id)
    assert await setup.pushed() is None
    # The CDR was taken, and is not posted twice.
    assert sorted(setup.injector.took()) == [("PUT", uid) for uid in (*PLACES, "T1")]
    assert not await setup.pair.cpo.platform.resync("nobody")


async def test_a_new_partner_gets_all_if_the_setting_says_so(tmp_path: Path) -> None:
    rules = PushRules(full_after_registration=True)
    async with (
        served(tmp_path / "cpo", CPO, push=rules) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        places = [msgspec.json.encode(location(f"L{each}")) for each in range(600)]
        await cpo.platform.publisher.put_all("locations", places)
        mine = [session("S1", location_id="L1"), session("S2", provider=OTHER)]
        await put(cpo, "sessions", *mine)
        pair = await introduce(cpo, emsp)
        assert set((await cpo.platform.pushed()).values()) == {None}
        store = pair.emsp.platform.parts.store
        page = await store.get_oldest("locations", pair.at_emsp.id, 2**60, 2000)
        assert len(page) == 600
        assert [each["id"] for each in await received(emsp, "sessions", pair.at_emsp.id)] == ["S1"]


async def test_a_blocked_partner_gets_what_it_missed(setup: Setup) -> None:
    administration = setup.pair.cpo.platform.administration
    await administration.set_blocked(setup.pair.at_cpo.id, blocked=True)
    await setup.status("L0", "CHARGING")
    await setup.publisher.cdr(msgspec.json.encode(cdr("C1")))
    assert "blocked" in (await setup.pushed() or "")
    assert setup.injector.took() == []
    await administration.set_blocked(setup.pair.at_cpo.id, blocked=False)
    assert await setup.pushed() is None
    assert await setup.converged()
    assert list(await setup.known("cdrs")) == ["C1"]


async def test_nothing_is_left_of_a_registration_that_ends(setup: Setup) -> None:
    setup.injector.mode = "500"
    await setup.status("L0", "CHARGING")
    await setup.pushed()
    await setup.pair.cpo.platform.unregister(setup.pair.at_cpo)
    assert await setup.pair.cpo.platform.pushed() == {}
    assert await setup.pair.cpo.platform.pending_pushes(setup.pair.at_cpo.id) == []


async def test_a_clock_that_was_set_back_delays_no_push(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_engine, "_CHECK", -1.0)
    setup.clock.forward(hours=20)
    setup.injector.refused = {"L1"}
    await setup.status("L1", "CHARGING")
    await setup.pushed()
    setup.injector.mode = "500"
    await setup.status("L0", "CHARGING")
    await setup.pushed()
    setup.clock.forward(hours=-20)
    setup.injector.mode, setup.injector.refused = "open", set()
    async with asyncio.timeout(20):
        while await setup.pushed() is not None:  # noqa: ASYNC110 - the engine looks by itself
            await asyncio.sleep(0.05)
    assert await setup.converged()

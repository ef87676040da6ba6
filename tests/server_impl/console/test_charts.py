"""Charts of the console: push lag in the last day, and sessions per day."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ocpi_server._background import Background
from ocpi_server._clock import from_micros, to_micros
from ocpi_server.console.charts import Chart, SessionDays, chart, lag_chart
from ocpi_server.monitoring import LAG_STEP, LAG_STEPS, LagHistory, read_lags
from ocpi_server.store import Database
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import visiting
from tests.server_impl.pair import CPO, EMSP, Served, introduce, location, served
from tests.server_impl.reading import put
from tests.server_impl.samples import session

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_bars_fill_the_height_with_the_largest_sum() -> None:
    drawn = chart([(1, 0, "one"), (2, 2, "two"), (0, 0, "none")])
    assert [(each.low, each.high, each.label) for each in drawn.bars] == [
        (15, 0, "one"),
        (30, 30, "two"),
        (0, 0, "none"),
    ]
    assert (drawn.low, drawn.high, drawn.total, drawn.highest) == (3, 2, 5, 4)
    assert drawn.bars[2].left + drawn.width < 300
    assert chart([]).total == 0


async def test_lags_are_written_down_once_for_all_processes_and_kept_for_a_day(
    tmp_path: Path,
) -> None:
    # Changes have the time of the machine.
    begin, ahead = to_micros(datetime.now(UTC)) // LAG_STEP * LAG_STEP, timedelta()

    def clock() -> datetime:
        return from_micros(begin) + ahead

    async with served(tmp_path / "cpo", CPO, clock=clock) as cpo:
        async with served(tmp_path / "emsp", EMSP, clock=clock) as emsp:
            known = (await introduce(cpo, emsp)).at_cpo
        await put(cpo, "locations", location())
        await cpo.platform.resync(known.id)
        await cpo.platform.settled()
        histories = [LagHistory(cpo.platform, clock) for _ in range(2)]
        database, found = cpo.platform.parts.store.database, []
        for minutes in (0, 3, 10, 25):
            ahead = timedelta(minutes=minutes)
            for history in histories:
                await history.note()
            found.append(await read_lags(database, to_micros(clock()), known.id))
        assert [sorted((at - begin) // LAG_STEP for at in each) for each in found] == [
            [0],
            [0],
            [0, 1],
            [0, 1, 2],
        ]
        assert found[-1][begin + 2 * LAG_STEP] >= 840
        everybody = await read_lags(database, to_micros(clock()))
        assert everybody == found[-1]
        drawn = await lag_chart(database, to_micros(clock()), 1500.0, known.id)
        assert len(drawn.bars) == LAG_STEPS
        assert drawn.highest == 1500
        assert drawn.bars[-1].label == f"{from_micros(begin + 2 * LAG_STEP):%H:%M}: 1500 s"
        ahead = timedelta(days=1, minutes=5)
        await histories[0].note()
        assert begin not in await read_lags(database, begin + 1, known.id)


async def _add_sessions(cpo: Served, days_ago: int, count: int) -> None:
    at = f"{NOON - timedelta(days=days_ago):%Y-%m-%dT%H:%M:%SZ}"
    made = [
        session(f"S-{days_ago}-{number}", start_date_time=at, last_updated=at)
        for number in range(count)
    ]
    await put(cpo, "sessions", *made)


@asynccontextmanager
async def counting(database: Database) -> AsyncIterator[tuple[SessionDays, Background]]:
    """Count sessions as the console does."""
    background = Background()
    yield SessionDays(database, background), background
    await background.close()


async def settled(days: SessionDays, background: Background, now: int) -> Chart:
    """Open a page, and open it again when all is counted."""
    await days.chart(now)
    await background.settled()
    return (await days.chart(now)).chart


async def test_sessions_are_counted_by_day_and_by_partner(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo:
        for days_ago, count in ((40, 1), (29, 2), (3, 3), (0, 4)):
            await _add_sessions(cpo, days_ago, count)
        async with counting(cpo.platform.parts.store.database) as (days, background):
            now = to_micros(NOON)
            drawn = await settled(days, background, now)
            assert (drawn.low, drawn.high, drawn.highest, len(drawn.bars)) == (9, 0, 4, 30)
            labels = [each.label for each in drawn.bars if each.low]
            assert labels == [
                "2026-05-17: 2 own, 0 received",
                "2026-06-12: 3 own, 0 received",
                "2026-06-15: 4 own, 0 received",
            ]
            assert (await days.chart(now, "p", {"DE-MSP"})).chart.low == 9
            assert (await days.chart(now, "p", {"DE-XXX"})).chart.low == 0
            await _add_sessions(cpo, 1, 5)
            soon = await settled(days, background, now + 1_000_000)
            assert soon.low == 9, "counts of a minute ago are enough"
            assert (await settled(days, background, now + 61_000_000)).low == 14
            tomorrow = to_micros(NOON + timedelta(days=1))
            assert (await settled(days, background, tomorrow)).low == 12, "the first day has gone"


async def test_a_page_does_not_wait_for_long_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path, CPO) as cpo:
        await _add_sessions(cpo, 10, 3)
        await _add_sessions(cpo, 0, 4)
        database = cpo.platform.parts.store.database
        slow, reads = asyncio.Event(), 0
        read = database.read_aside

        async def held(work: Callable[[Connection], Any]) -> Any:
            nonlocal reads
            reads += 1
            if reads > 1:
                await slow.wait()
            return await read(work)

        monkeypatch.setattr(database, "read_aside", held)
        async with counting(database) as (days, background):
            while not (first := await days.chart(to_micros(NOON))).chart.low:
                pass  # the machine is busy
            assert not first.complete
            assert first.chart.low == 4, "the latest days are counted first"
            assert first.chart.bars[0].label == "2026-05-17: not counted yet"
            await asyncio.gather(*(days.chart(to_micros(NOON)) for _ in range(5)))
            assert reads <= 2, "pages count together"
            slow.set()
            assert (await settled(days, background, to_micros(NOON))).low == 7
            assert (await days.chart(to_micros(NOON))).complete
            hour = to_micros(NOON + timedelta(hours=1))
            slow.clear()
            reads = 0
            again = await days.chart(hour)
            assert (again.complete, again.chart.low) == (False, 7), "older counts are shown"
            slow.set()


async def test_sessions_are_counted_again_after_a_count_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path, CPO) as cpo:
        await _add_sessions(cpo, 3, 3)
        database = cpo.platform.parts.store.database

        async def broken(_work: Callable[[Connection], Any]) -> Any:
            raise OSError("disk I/O error")

        async with counting(database) as (days, background):
            with monkeypatch.context() as patch:
                patch.setattr(database, "read_aside", broken)
                assert not (await days.chart(to_micros(NOON))).complete
            assert (await settled(days, background, to_micros(NOON))).low == 3


async def test_received_sessions_are_counted_for_their_partner(world: Furnished) -> None:
    now = to_micros(datetime.now(UTC))
    async with counting(world.emsp.platform.parts.store.database) as (days, background):
        await settled(days, background, now)
        drawn = (await days.chart(now, world.pair.at_emsp.id)).chart
        assert (drawn.low, drawn.high > 0) == (0, True)
        assert (await days.chart(now, "another")).chart.total == 0


@pytest.mark.parametrize("page", ["/", "/partners/{late}"])
async def test_pages_have_charts_that_are_described_in_words(world: Furnished, page: str) -> None:
    async with visiting(world.cpo) as operator:
        await operator.enter(world.cpo, "console")
        for _ in world.cpo.nodes:  # each counts for itself
            await operator.get(page.format(late=world.late))
        await world.cpo.platform.settled()  # what is counted slowly on a busy machine
        await asyncio.sleep(1)  # a shorter lag is one of 0 s
        text = (await operator.get(page.format(late=world.late))).text
    assert re.search(r'aria-label="Push lag in the last day, at most [1-9]\d* \w+"', text)
    if page == "/":
        assert re.search(r'aria-label="1\d own and 0 received sessions in 30 days"', text)

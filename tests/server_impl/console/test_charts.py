"""Charts of the console: push lag in the last day, and sessions per day."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ocpi_server._clock import from_micros, to_micros
from ocpi_server.console.charts import SessionDays, chart, lag_chart
from ocpi_server.monitoring import LAG_STEP, LAG_STEPS, LagHistory, read_lags
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


async def test_sessions_are_counted_by_day_and_by_partner(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo:
        for days_ago, count in ((40, 1), (29, 2), (3, 3), (0, 4)):
            await _add_sessions(cpo, days_ago, count)
        days = SessionDays(cpo.platform.parts.store.database)
        now = to_micros(NOON)
        drawn = await days.chart(now)
        assert (drawn.low, drawn.high, drawn.highest, len(drawn.bars)) == (9, 0, 4, 30)
        labels = [each.label for each in drawn.bars if each.low]
        assert labels == [
            "2026-05-17: 2 own, 0 received",
            "2026-06-12: 3 own, 0 received",
            "2026-06-15: 4 own, 0 received",
        ]
        assert (await days.chart(now, "p", {"DE-MSP"})).low == 9
        assert (await days.chart(now, "p", {"DE-XXX"})).low == 0
        await _add_sessions(cpo, 1, 5)
        assert (await days.chart(now + 1_000_000)).low == 9, "counts of a minute ago are enough"
        assert (await days.chart(now + 61_000_000)).low == 14
        tomorrow = to_micros(NOON + timedelta(days=1))
        assert (await days.chart(tomorrow)).low == 12, "the first day has gone"


async def test_received_sessions_are_counted_for_their_partner(world: Furnished) -> None:
    database = world.emsp.platform.parts.store.database
    now = to_micros(datetime.now(UTC))
    drawn = await SessionDays(database).chart(now, world.pair.at_emsp.id)
    assert (drawn.low, drawn.high > 0) == (0, True)
    assert (await SessionDays(database).chart(now, "another")).total == 0


@pytest.mark.parametrize("page", ["/", "/partners/{late}"])
async def test_pages_have_charts_that_are_described_in_words(world: Furnished, page: str) -> None:
    async with visiting(world.cpo) as operator:
        await operator.enter(world.cpo, "console")
        text = (await operator.get(page.format(late=world.late))).text
    assert re.search(r'aria-label="Push lag in the last day, at most [1-9]\d* \w+"', text)
    if page == "/":
        assert re.search(r'aria-label="1\d own and 0 received sessions in 30 days"', text)

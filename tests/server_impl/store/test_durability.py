"""What was acknowledged is there again: after a restart, and after SIGKILL in the middle."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select, text

from ocpi_server.store import Database, open_database
from ocpi_server.store.database.tables import listings, objects
from tests.server_impl.pair import CPO, EMSP, calling, introduce, location, served

KILLS = 6
ROOT = Path(__file__).parents[3]


def killed(url: str, seconds: float) -> dict[int, int]:
    """Kill a process that writes; return the last number of each writer that it acknowledged."""
    command = [sys.executable, "-m", "tests.server_impl.writer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        lines = [first, *process.stdout.read().splitlines()]
    pairs = [line.split() for line in lines if line.strip()]
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2}


def stored(link: Connection) -> tuple[dict[str, bytes], int, int]:
    rows = link.execute(select(objects.c.uid, objects.c.raw)).all()
    total = link.execute(select(func.sum(listings.c.total))).scalar()
    return {row[0]: row[1] for row in rows}, len(rows), int(total or 0)


async def test_sigkill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    chance = random.Random(7)  # noqa: S311 - when to kill
    for _ in range(KILLS):
        acknowledged = killed(url, chance.uniform(0.0, 0.3))
        assert acknowledged
        database = open_database(url)
        found, count, total = await database.read(stored)
        await database.close()
        assert count == total
        for lane, number in acknowledged.items():
            whole = msgspec.json.decode(found[f"l{lane}"])
            assert whole["first"] == whole["last"] >= number


async def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    raw = msgspec.json.encode(location())
    async with served(tmp_path / "b", EMSP) as emsp:
        async with served(tmp_path / "a", CPO) as cpo:
            pair = await introduce(cpo, emsp)
            await cpo.platform.publisher.location(raw)
            await cpo.platform.pushed()
            port = int(cpo.base_url.split(":")[2].partition("/")[0])
        async with served(tmp_path / "a", CPO, port=port) as again:
            assert (await again.platform.partner(pair.at_cpo.id)) == pair.at_cpo
            peer = emsp.platform.clients.peer(pair.at_emsp)
            assert [each.id async for each in peer.locations.get_locations()] == ["LOC1"]
            taken = await again.platform.push_evse_status("LOC1", "E1", "CHARGING")
            await again.platform.pushed()
            assert taken == (pair.at_cpo.id,)
            async with calling(emsp, again, pair.at_cpo) as as_cpo:
                url = emsp.url("receiver", "locations", "NL", "CPO", "LOC1", "E1")
                assert (await as_cpo("GET", url)).json()["data"]["status"] == "CHARGING"


async def test_the_store_of_a_closed_platform_can_be_read(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo:
        await cpo.platform.put_own("locations", msgspec.json.encode(location()))
        url = cpo.platform.settings.database
    database = open_database(url)
    found, count, _ = await database.read(stored)
    await database.close()
    assert count == 1
    assert msgspec.json.decode(found["loc1"]) == location()


async def test_work_whose_caller_is_cancelled_locks_out_nobody(database: Database) -> None:
    def work(link: Connection) -> None:
        link.execute(listings.update().values(total=1))
        for _ in range(5):
            link.execute(text("SELECT 1 UNION ALL SELECT 2")).all()

    kept: list[object] = []  # an exception keeps its frames, and these keep cursors
    for pause in range(100):
        writing = asyncio.create_task(database.write(work))
        await asyncio.sleep(pause / 20_000)
        writing.cancel()
        kept += await asyncio.gather(writing, return_exceptions=True)
        async with asyncio.timeout(3):
            await database.write(lambda link: link.execute(listings.delete()).close())
    assert any(isinstance(each, asyncio.CancelledError) for each in kept)

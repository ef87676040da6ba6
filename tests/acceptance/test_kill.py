"""SIGKILL during writes: what was acknowledged is there, and nothing is half-written.

``KILLS=20 pytest tests/acceptance/test_kill.py`` kills more often than the usual run.
"""

import asyncio
import os
import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from ocpi_runtime import token as tokens
from ocpi_server import Platform
from ocpi_server.partners import InvitationTerms, PartnerRole
from ocpi_server.store import open_database
from tests.acceptance.support.process import TARIFFS, TOKENS, round_of, settings
from tests.acceptance.support.stored import faults
from tests.acceptance.support.writers import OWNER, Wire, Writer, every_writer
from tests.server_impl.pair import database_of

KILLS = int(os.environ.get("KILLS", "3"))
ROOT = Path(__file__).parents[2]
LONGEST = 1.2
START_SECONDS = 240


@dataclass
class Killed:
    """A platform in a process of its own.

    Attributes:
        wire: Calls it as its partner.
        kept: The last round of its own writes that it reported.
    """

    wire: Wire
    kept: int = 0

    async def listen(self, stdout: asyncio.StreamReader) -> None:
        while line := await stdout.readline():
            word, _, value = line.decode().strip().partition(" ")
            if word == "kept" and value.isdigit() and line.endswith(b"\n"):
                self.kept = int(value)


async def registered(database: str, key_file: Path) -> str:
    """Make a platform's database with one partner, and return the partner's token."""
    async with Platform(settings("http://127.0.0.1/ocpi", database, key_file)) as platform:
        partner_id, _ = await platform.partners.invite("writer")
        partner = await platform.partner(partner_id)
        token = tokens.new_token()
        terms = InvitationTerms(
            token_here=token,
            token_there=tokens.new_token(),
            versions_url="http://127.0.0.1/versions",
            version="2.2.1",
            endpoints=(),
            roles=(PartnerRole("CPO", *OWNER), PartnerRole("EMSP", *OWNER)),
        )
        await platform.partners.agree(partner, terms)
        return token


@asynccontextmanager
async def running(
    database: str, key_file: Path, http: httpx2.AsyncClient, token: str
) -> AsyncIterator[Killed]:
    """Run the platform; at the end it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.acceptance.support.process", database, str(key_file)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(START_SECONDS):
            word, base_url = (await process.stdout.readline()).decode().split()
        assert word == "ready"
        killed = Killed(Wire(http, base_url, token))
        listening = asyncio.create_task(killed.listen(process.stdout))
        yield killed
    finally:
        process.kill()
        await process.wait()
    await listening


async def check_own(killed: Killed, kept: int) -> None:
    """Compare the platform's own lists with what it printed before it was killed."""
    if not kept:
        return
    tariffs, _ = await listed(killed.wire, "tariffs")
    assert len({round_of(each) for each in tariffs}) == 1, "a round of tariffs is half-written"
    assert round_of(tariffs[0]) >= kept
    assert len(tariffs) == TARIFFS
    found, _ = await listed(killed.wire, "tokens")
    rounds = Counter(int(each["uid"][1:].partition("-")[0]) for each in found)
    assert set(rounds.values()) == {TOKENS}, "a round of tokens is half-written"
    assert set(rounds) >= {kept}


async def listed(wire: Wire, module: str) -> tuple[list[dict[str, Any]], int]:
    """Read a list to its end; its total must be right on a list that does not shrink."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await wire("GET", f"sender/{module}?limit=1000&offset={len(found)}")
        page, total = answer.json()["data"], int(answer.headers["x-total-count"])
        found += page
        assert total >= len(found)
        if "link" not in answer.headers:
            assert total == len(found)
            return found, total


async def check_stored(database: str) -> None:
    """Check what the dead process left by the rules of the store."""
    if database.startswith("sqlite"):
        await check_file(Path(database.removeprefix("sqlite:///")))
        return
    store = open_database(database)
    assert await store.read(lambda link: list(faults(link))) == []
    await store.close()


async def check_file(database: Path) -> None:
    """Check the file, as the dead process left it, by SQLite's own check and the store's rules.

    It is a copy that is looked at, so that the platform itself finds what has to be recovered.
    """
    copy = database.parent / "copy"
    copy.mkdir()
    for part in database.parent.glob(f"{database.name}*"):
        shutil.copy(part, copy)
    with closing(sqlite3.connect(copy / database.name)) as link:
        assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = open_database(f"sqlite:///{copy / database.name}")
    assert await store.read(lambda link: list(faults(link))) == []
    await store.close()
    shutil.rmtree(copy)


async def test_sigkill_loses_nothing_and_leaves_nothing_half(tmp_path: Path) -> None:
    database, key_file = database_of(tmp_path), tmp_path / "ocpi.key"
    token = await registered(database, key_file)
    chance = random.Random(KILLS)  # noqa: S311 - when to kill
    writers = every_writer()
    kept = 0
    async with httpx2.AsyncClient(timeout=30.0) as http:
        async with running(database, key_file, http, token) as killed:
            for writer in writers:
                await writer.begin(killed.wire)
        for _ in range(KILLS):
            kept, before = max(kept, killed.kept), sum(writer.acknowledged for writer in writers)
            async with running(database, key_file, http, token) as killed:
                await check(killed, writers, kept)
                writing = [asyncio.create_task(writer.run(killed.wire)) for writer in writers]
                await asyncio.sleep(chance.uniform(0.0, LONGEST))
            await asyncio.gather(*writing)
            await check_stored(database)
            written = sum(writer.acknowledged for writer in writers) - before
            sys.stderr.write(f"killed after {written} writes, in round {killed.kept}\n")
        kept = max(kept, killed.kept)
        async with running(database, key_file, http, token) as killed:
            await check(killed, writers, kept)


async def check(killed: Killed, writers: list[Writer], kept: int) -> None:
    """Check that a restarted platform has all that was acknowledged before."""
    await check_own(killed, kept)
    for writer in writers:
        await writer.check(killed.wire)

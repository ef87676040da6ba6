"""Checks of partners that are started in the console."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from ocpi_server.console._checks import Checks
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import Operator, visiting
from tests.server_impl.console.test_pages import text_of


@pytest_asyncio.fixture(loop_scope="session")
async def operator(world: Furnished) -> AsyncIterator[Operator]:
    async with visiting(world.cpo) as made:
        await made.enter(world.cpo, "*")
        yield made


async def test_a_partner_is_checked_by_a_process_of_its_own(
    world: Furnished, operator: Operator
) -> None:
    started = await operator.send(
        "/checks", "/checks", partner=world.pair.at_cpo.id, rate="100", module="tokens"
    )
    path = started.headers["location"].removeprefix("/console")
    again = await operator.send("/checks", "/checks", partner=world.pair.at_cpo.id)
    assert "is being checked" in again.text
    assert (await operator.get(path)).headers["refresh"] == "5"
    await _token_is_no_argument(world)
    await world.cpo.platform.settled()
    page = await text_of(operator, path)
    assert re.search(r"\d+ passed", page), page
    assert "refresh" not in (await operator.get(path)).headers
    report = await operator.get(f"{path}/report")
    assert report.headers["content-disposition"].startswith("attachment")
    assert b"<!DOCTYPE html>" in report.content
    assert path in (await text_of(operator, "/checks"))


async def test_a_check_whose_process_has_ended_is_not_shown_as_running(
    world: Furnished, operator: Operator
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    checks = Checks(world.cpo.platform, world.cpo.platform.parts.store.database, lambda: long_ago)
    uid = await checks.open(await world.cpo.platform.partner(world.late))
    assert "The process that ran it has ended." in await text_of(operator, f"/checks/{uid}")
    assert "did not run" in await text_of(operator, "/checks")


async def _token_is_no_argument(world: Furnished) -> None:
    """Look at the arguments of the processes that this one has begun."""
    token = world.cpo.platform.partners.open_token(world.pair.at_cpo).encode()
    async with asyncio.timeout(60):
        while not (found := [line for line in _arguments() if b"check" in line]):  # noqa: ASYNC110 - nothing reports it
            await asyncio.sleep(0.01)
    assert not any(token in line for line in found)


def _arguments() -> list[bytes]:
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
            found += [(each / "cmdline").read_bytes()] * (int(parent) == os.getpid())
    return found

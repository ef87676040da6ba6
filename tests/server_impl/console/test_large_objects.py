"""Objects that are large or costly, and many partners: a page shows less, and nobody waits."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert, select

from ocpi_server import Platform
from ocpi_server.console import _pricing, _summaries
from ocpi_server.console.pages import _world
from ocpi_server.store.database.outbox_tables import lanes
from ocpi_server.store.database.tables import partners
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import ENABLED, Operator, visiting
from tests.server_impl.pair import CPO, served

_MANY = 240


@pytest_asyncio.fixture(loop_scope="session")
async def operator(world: Furnished) -> AsyncIterator[Operator]:
    async with visiting(world.cpo) as made:
        await made.enter(world.cpo, "*")
        yield made


async def test_the_map_reads_so_many_bytes_of_locations(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_world, "_CHUNK", 2)
    whole = (await operator.get("/map")).text
    assert "newest" not in whole
    monkeypatch.setattr(_world, "_MOST_BYTES", 1000)
    assert "The newest 2 of " in (await operator.get("/map")).text


async def test_long_objects_are_listed_by_their_ids(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Potsdamer Platz" in (await operator.get("/objects?module=locations")).text
    monkeypatch.setattr(_summaries, "_LONGEST_RAW", 10)
    page = (await operator.get("/objects?module=locations")).text
    assert "BER-07" in page
    assert "Potsdamer Platz" not in page


async def test_what_takes_too_long_is_not_priced(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (await operator.get("/objects?module=cdrs&id=cdr-0001")).text
    found = re.search(r'href="/console(/objects/\d+)"', page)
    assert found is not None
    assert "agrees" in (await operator.get(found[1])).text
    monkeypatch.setattr(_pricing, "_MOST_STEPS", 0)
    page = (await operator.get(found[1])).text
    assert "1 periods with 1 elements of tariffs are not priced here" in page


async def _add_partners(platform: Platform) -> None:
    made = await platform.issue_token_a("Partner")
    database = platform.parts.store.database
    statement = select(partners).where(partners.c.id == made.partner_id)
    row = await database.read(lambda link: dict(link.execute(statement).mappings().one()))
    row |= {"pending_digest": None, "status": "registered", "version": "2.2.1"}
    rows = [{**row, "id": f"p{number}", "name": f"P {number:03}"} for number in range(_MANY)]
    await database.write(lambda link: link.execute(insert(partners), rows).close())
    waiting = [{"partner": each["id"]} for each in rows]
    await database.write(lambda link: link.execute(insert(lanes), waiting).close())


@pytest.mark.parametrize(("path", "total"), [("/", _MANY + 1), ("/pushes", _MANY)])
async def test_many_partners_are_shown_part_by_part(tmp_path: Path, path: str, total: int) -> None:
    async with served(tmp_path, CPO, console=ENABLED) as host, visiting(host) as operator:
        await _add_partners(host.platform)
        await operator.enter(host, "*")
        seen: list[str] = []
        following = path
        while following:
            page = (await operator.get(following)).text
            seen += re.findall(r'class="title"><a href="/console/partners/([^"]+)"', page)
            found = re.search(r'href="([^"]+)">Next<', page)
            following = f"{path}{found.group(1)}" if found else ""
        assert len(seen) == len(set(seen)) == total
        for odd in ("99999", "x", "-1"):
            assert "1 to 100 of" in (await operator.get(f"{path}?from={odd}")).text

"""Objects that are large or costly: a page shows less of them, and nobody waits for it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ocpi_server.console import _pricing, _summaries
from ocpi_server.console.pages import _world
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import Operator, visiting


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

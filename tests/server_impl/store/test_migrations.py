"""From the tables of each release to those of this one, and back, with what a platform keeps."""

import os
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, select

from ocpi_server.settings import MessageRules, OperatorRules
from ocpi_server.store import open_database
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.schema import HEAD, ensure, revision
from ocpi_server.store.database.tables import exchanges, metadata, objects, partners, renditions
from tests.acceptance.support.stored import faults
from tests.server_impl.conftest import POSTGRESQL
from tests.server_impl.migrating import downgrade
from tests.server_impl.pair import CPO, EMSP, introduce, location, served, token
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, session, tariff

_ALL: Final = [f"{number:04}" for number in range(int(HEAD) - 1, 0, -1)]
RELEASES: Final = _ALL if os.environ.get("STORE") == "postgresql" else [_ALL[0], "0012", "0001"]
"""All steps run in any case; ``make pytest-postgresql`` stops at each of them."""
_FILLED: Final = (objects, partners, renditions, exchanges, notes, lanes)
_RULES: Final[dict[str, Any]] = {
    "versions": ("2.1.1", "2.2.1", "2.3.0"),
    "messages": MessageRules(enabled=True),
    "operator": OperatorRules(enabled=True),
}


async def database_with_everything(folder: Path) -> str:
    """Return the URL of a database with partners, objects, and pushes that are pending."""
    async with served(folder / "cpo", CPO, **_RULES) as cpo:
        async with served(folder / "emsp", EMSP, versions=("2.1.1",)) as emsp:
            pair = await introduce(cpo, emsp)
            await emsp.platform.push_token(msgspec.json.encode(token()))
            await emsp.platform.pushed()
            await put(cpo, "locations", location(), location("PRIVATE", publish=False))
            await put(cpo, "tariffs", tariff())
            await put(cpo, "sessions", session())
            await put(cpo, "cdrs", cdr())
            await emsp.platform.pull_locations(pair.at_emsp)
        await cpo.platform.parts.exchanges.open(pair.at_cpo.id, "START_SESSION", "LOC1")
        await cpo.platform.publisher.location(msgspec.json.encode(location("AWAY")))
        return cpo.platform.settings.database


def _rows(link: Connection, table: Table, *columns: str) -> list[Any]:
    chosen = [table.c[name] for name in columns]
    return list(link.execute(select(*chosen).order_by(*chosen)).all())


def _kept(link: Connection) -> list[Any]:
    """Read what no release may lose: objects and partners."""
    names = ("module", "country_code", "party_id", "uid", "version", "raw")
    return _rows(link, objects, *names) + _rows(link, partners, "id", "name", "status")


def _empty(link: Connection) -> list[str]:
    return [each.name for each in _FILLED if link.execute(select(each).limit(1)).first() is None]


def _state(link: Connection) -> tuple[str | None, list[Any], list[str]]:
    differences = list(compare_metadata(MigrationContext.configure(link), metadata))
    return revision(link), differences, list(faults(link))


@pytest.mark.parametrize("store", ["sqlite", POSTGRESQL])
async def test_each_release_can_be_gone_back_to_and_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setenv("STORE", store)
    database = open_database(await database_with_everything(tmp_path))
    assert await database.read(_empty) == []
    before = await database.read(_kept)
    for release in RELEASES:
        await database.write(partial(downgrade, to=release))
        assert await database.read(revision) == release
        await ensure(database, migrate=True)
        assert await database.read(_state) == (HEAD, [], []), release
        assert await database.read(_kept) == before, release
    await database.close()

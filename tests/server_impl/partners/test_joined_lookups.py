"""Tokens that are looked up for several requests at once, where the database has no mark."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocpi_server._vault import Vault
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners._records import InvitationTerms
from ocpi_server.store import Database
from ocpi_server.store.database.prepared import Prepared

_REQUESTS = 5


class Unmarked:
    """A database that does not show whether anything was committed; counts its lookups."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.fails = False
        self.lookups = 0
        self.begun = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def mark(self) -> None:
        return None

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        self.lookups += 1
        self.begun.set()
        if self.fails:
            self.fails = False
            raise OSError("the connection is gone")
        await asyncio.sleep(0)
        return await self._database.rows(statement, values)


@pytest.fixture
def unmarked(database: Database) -> Unmarked:
    return Unmarked(database)


@pytest_asyncio.fixture(loop_scope="session")
async def directory(unmarked: Unmarked, tmp_path: Path) -> PartnerDirectory:
    """Return a directory with one partner, whose token was used before."""
    shown: Any = unmarked
    found = PartnerDirectory(shown, Vault(tmp_path / "ocpi.key"), frozenset())
    await found.unlock()
    terms = InvitationTerms(
        token_here="secret",
        token_there="there",
        versions_url="https://example.com/versions",
        version="2.2.1",
        endpoints=(),
        roles=(),
    )
    await found.agree(await found.begin("guest", "secret"), terms)
    assert await found.authenticate(("secret",)) is not None
    unmarked.lookups = 0
    unmarked.begun.clear()
    return found


def _asking(directory: PartnerDirectory) -> list[asyncio.Task[Any]]:
    return [
        asyncio.create_task(directory.authenticate(("other", "secret"))) for _ in range(_REQUESTS)
    ]


async def test_requests_of_one_turn_share_a_lookup_and_later_ones_do_not(
    directory: PartnerDirectory, unmarked: Unmarked
) -> None:
    asking = _asking(directory)
    await unmarked.begun.wait()
    asking += _asking(directory)  # the answer to the others may be from before these came
    found = await asyncio.gather(*asking)
    assert {each.id for each in found} == {found[0].id}
    assert unmarked.lookups == 2 * 2  # of both readings of the header


async def test_a_token_that_was_taken_back_is_refused_at_once(
    directory: PartnerDirectory,
) -> None:
    (partner,) = await directory.every()
    await directory.part(partner)
    assert await asyncio.gather(*_asking(directory)) == [None] * _REQUESTS


async def test_who_is_cancelled_keeps_nobody_from_an_answer(
    directory: PartnerDirectory, unmarked: Unmarked
) -> None:
    asking = _asking(directory)
    await unmarked.begun.wait()
    asking[0].cancel()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert None not in found[1:]


async def test_an_error_is_that_of_one_request(
    directory: PartnerDirectory, unmarked: Unmarked
) -> None:
    unmarked.fails = True
    found = await asyncio.gather(*_asking(directory), return_exceptions=True)
    assert [type(each) for each in found].count(OSError) == 1
    assert None not in found

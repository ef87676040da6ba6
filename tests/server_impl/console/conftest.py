"""One platform with a console for all tests that leave it as it is."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.server_impl.console.operators import ENABLED, Operator, visiting
from tests.server_impl.pair import CPO, Served, served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A CPO with a console."""
    async with served(tmp_path_factory.mktemp("console"), CPO, console=ENABLED) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(host: Served) -> AsyncIterator[Operator]:
    """Somebody who is not logged in."""
    async with visiting(host) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def operator(host: Served, stranger: Operator) -> AsyncIterator[Operator]:
    """An operator who may do everything."""
    await stranger.enter(host, "*")
    yield stranger

"""Platforms with a console, for all tests: an empty one, and one with partners and objects."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.server_impl.console.furnished import Furnished, furnished
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Furnished]:
    """A CPO with partners and objects of every kind."""
    async with furnished(tmp_path_factory.mktemp("furnished")) as made:
        yield made

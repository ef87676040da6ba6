"""What acceptance tests share: one event loop, and the other side of all partners."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.acceptance.rivals import Rivals, rivalry
from tests.acceptance.sink import Sink
from tests.serving import serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this room in one event loop, in which shared platforms live."""
    mark = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("asyncio") is not None:
            item.add_marker(mark, append=False)


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    made = Sink("", "2.2.1")
    with serving(lambda _: made.app()) as base_url:
        made.base_url = base_url
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30.0) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rivals(
    tmp_path_factory: pytest.TempPathFactory, sink: Sink, http: httpx.AsyncClient
) -> AsyncIterator[Rivals]:
    """Two partners of one platform; what a test does stays for the next ones of its file."""
    async with rivalry(tmp_path_factory.mktemp("rivals"), sink, http) as made:
        yield made

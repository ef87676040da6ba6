"""What acceptance tests share: one event loop, and the other side of all partners."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.acceptance.bundles import SPOKEN
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
def sinks() -> Iterator[dict[str, Sink]]:
    """The other side of partners of each version."""
    with ExitStack() as stack:
        yield {version: stack.enter_context(_sink(version)) for version in SPOKEN}


@contextmanager
def _sink(version: str) -> Iterator[Sink]:
    made = Sink("", version)
    with serving(lambda _: made.app()) as base_url:
        made.base_url = base_url
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30.0) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=SPOKEN)
async def rivals(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sinks: dict[str, Sink],
    http: httpx.AsyncClient,
) -> AsyncIterator[Rivals]:
    """Two partners of one platform; what a test does stays for the next ones of its file."""
    directory = tmp_path_factory.mktemp("rivals")
    async with rivalry(directory, sinks[request.param], http) as made:
        yield made

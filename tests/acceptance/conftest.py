"""What acceptance tests share: one event loop, and the other side of all partners."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rivalries(
    tmp_path_factory: pytest.TempPathFactory, sinks: dict[str, Sink], http: httpx.AsyncClient
) -> AsyncIterator[Callable[[str], Awaitable[Rivals]]]:
    """Two partners of one platform for each version, made when they are first asked for."""
    made: dict[str, Rivals] = {}
    async with AsyncExitStack() as stack:

        async def of_version(version: str) -> Rivals:
            if version not in made:
                rivals = rivalry(tmp_path_factory.mktemp("rivals"), sinks[version], http)
                made[version] = await stack.enter_async_context(rivals)
            return made[version]

        yield of_version


@pytest_asyncio.fixture(loop_scope="session", params=SPOKEN)
async def rivals(
    request: pytest.FixtureRequest, rivalries: Callable[[str], Awaitable[Rivals]]
) -> Rivals:
    """Two partners of one platform; what a test does stays for the next ones of its file."""
    return await rivalries(request.param)

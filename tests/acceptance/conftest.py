"""What acceptance tests share: one event loop, and the other side of all partners."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.acceptance.support.bundles import SPOKEN
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.two_partners import TwoPartners, two_partners
from tests.support.serving import serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder in one event loop, in which shared platforms live."""
    mark = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("asyncio") is not None:
            item.add_marker(mark, append=False)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, PartnerServer]]:
    """The other side of partners of each version."""
    with ExitStack() as stack:
        yield {version: stack.enter_context(_sink(version)) for version in SPOKEN}


@contextmanager
def _sink(version: str) -> Iterator[PartnerServer]:
    made = PartnerServer("", version)
    with serving(lambda _: made.app()) as base_url:
        made.base_url = base_url
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30.0) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def all_pairs(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[Callable[[str], Awaitable[TwoPartners]]]:
    """Two partners of one platform for each version, made when they are first asked for."""
    made: dict[str, TwoPartners] = {}
    async with AsyncExitStack() as stack:

        async def of_version(version: str) -> TwoPartners:
            if version not in made:
                partners = two_partners(tmp_path_factory.mktemp("partners"), servers[version], http)
                made[version] = await stack.enter_async_context(partners)
            return made[version]

        yield of_version


@pytest_asyncio.fixture(loop_scope="session", params=SPOKEN)
async def partners(
    request: pytest.FixtureRequest, all_pairs: Callable[[str], Awaitable[TwoPartners]]
) -> TwoPartners:
    """Two partners of one platform; what a test does stays for the next ones of its file."""
    return await all_pairs(request.param)

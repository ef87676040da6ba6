"""Pull all Locations of a platform through the generated client.

``python -m bench.pull VERSIONS_URL``: prints how many Locations came.
"""

import asyncio
import sys
from typing import Final

from bench.servers import TOKEN
from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Limits, connect
from ocpi_runtime.urls import UrlPolicy

_MOST_PAGES: Final = 100_000


async def _pull(versions_url: str) -> int:
    count = 0
    policy = UrlPolicy(allow_private=True, allow_http=True)
    limits = Limits(pages=_MOST_PAGES)
    async with connect(
        versions_url, TOKEN, bindings=[v2_2_1.binding], policy=policy, limits=limits
    ) as peer:
        async for _ in peer.locations.get_locations():
            count += 1
    return count


if __name__ == "__main__":
    print(asyncio.run(_pull(sys.argv[1])))

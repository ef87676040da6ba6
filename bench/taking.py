"""Take many Locations into a platform's store: checked, in transactions of moderate size.

``python -m bench.taking FOLDER FILE``: the file is a gzipped JSON array with one Location a line.
"""

import asyncio
import gzip
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench.servers.platform import settings_of
from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime import codec
from ocpi_server import Platform

_GROUP = 500


def _locations(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rb") as lines:
        for line in lines:
            text = line.strip().rstrip(b",")
            if text not in {b"[", b"]"}:
                codec.check(text, Location)
                yield text


async def _take(folder: Path, file: Path) -> None:
    texts = _locations(file)
    async with Platform(settings_of(folder)) as platform:
        while group := list(islice(texts, _GROUP)):
            await platform.publisher.put_all("locations", group)


if __name__ == "__main__":
    asyncio.run(_take(Path(sys.argv[1]), Path(sys.argv[2])))

"""A process to be killed: changes own objects of a platform, and pushes them.

It prints each change once that is durable: the id of the object, and the number of the change.
"""

import asyncio
import itertools
import sys
from pathlib import Path

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server import Platform, Settings
from ocpi_server.store import Duplicate
from tests.server_impl.pair import CPO as PARTY
from tests.server_impl.pair import LOOPBACK, location
from tests.server_impl.samples import cdr

OWNER = PartyId("NL", "CPO")
PLACES = 6


def acknowledge(uid: str, number: int) -> None:
    sys.stdout.write(f"{uid} {number}\n")
    sys.stdout.flush()


async def places(platform: Platform, first: int, at: int) -> None:
    for number in itertools.count(first):
        value = location(f"L{at}", name=str(number), last_updated=_instant(number))
        await platform.publisher.location(msgspec.json.encode(value))
        acknowledge(f"L{at}", number)


async def bills(platform: Platform, first: int) -> None:
    for number in itertools.count(first):
        try:
            await platform.publisher.cdr(msgspec.json.encode(cdr(f"C{number}")))
        except Duplicate:
            continue
        acknowledge(f"C{number}", number)
        await asyncio.sleep(0.01)


def _instant(number: int) -> str:
    return f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


async def main(database: str, key_file: Path, base_url: str, first: int) -> None:
    settings = Settings(
        base_url=base_url,
        parties=(PARTY,),
        urls=LOOPBACK,
        versions=("2.2.1",),
        database=database,
        key_file=key_file,
    )
    async with Platform(settings) as platform:
        platform.parts.pushes.engine.start()
        async with asyncio.TaskGroup() as group:
            for at in range(PLACES):
                group.create_task(places(platform, first, at))
            group.create_task(bills(platform, first))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))

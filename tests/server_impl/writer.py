"""A process to be killed: writes objects, and prints the number of each that is durable."""

import asyncio
import sys

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server.store import Draft, Key, ObjectStore, Stored, open_database
from ocpi_server.store.database.schema import ensure

OWNER = PartyId("NL", "CPO")
LANES = 8


def text(number: int) -> bytes:
    """An object of some kilobytes whose number is at both ends."""
    return msgspec.json.encode({"first": number, "filler": "x" * 6000, "last": number})


async def lane(store: ObjectStore, at: int) -> None:
    key = Key.of("locations", OWNER, f"L{at}")
    known = await store.get(key)
    number = msgspec.json.decode(known.raw)["last"] if known else 0
    while True:
        number += 1
        new = Draft(key, text(number), number, "2.2.1")

        def change(_old: Stored, new: Draft = new) -> Draft:
            return new

        if await store.change(key, change) is None:
            await store.put(new)
        sys.stdout.write(f"{at} {number}\n")
        sys.stdout.flush()


async def main(url: str) -> None:
    database = open_database(url)
    await ensure(database, migrate=True)
    store = ObjectStore(database)
    await asyncio.gather(*(lane(store, at) for at in range(LANES)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

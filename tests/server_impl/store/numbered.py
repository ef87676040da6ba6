"""Objects with a number each, and lists of them."""

from collections.abc import Sequence
from typing import Any

from ocpi_runtime.types import PartyId
from ocpi_server.store import (
    OWN,
    Cursor,
    Draft,
    Key,
    Listing,
    ObjectStore,
)

ME = PartyId("NL", "CPO")
OTHER = PartyId("NL", "TWO")


def draft(number: int, raw: bytes | None = None, **more: Any) -> Draft:
    key = Key.of(more.pop("module", "locations"), more.pop("owner", ME), f"L{number}")
    return Draft(key, raw or b'{"n":%d}' % number, more.pop("at", number), "2.2.1", **more)


def listing(**more: Any) -> Listing:
    return Listing(module=more.pop("module", "locations"), source=OWN, **more)


async def crawl(store: ObjectStore, **more: Any) -> list[int]:
    """Follow cursors to the end; returns the numbers of the objects."""
    cursor: Cursor | None = None
    found: list[bytes] = []
    while True:
        page = await store.page(listing(cursor=cursor, **more))
        found += page.items
        cursor = page.cursor
        if not page.more:
            return numbers(found)


def numbers(items: Sequence[bytes]) -> list[int]:
    return [int(item[5:-1]) for item in items]


async def fill(store: ObjectStore, count: int, **more: Any) -> None:
    await store.put_all([draft(number, **more) for number in range(count)])

"""Finding out what a version cannot represent, before a list in that version is counted.

Most objects go over, whole or with losses. Some do not: a credit CDR in 2.1.1, a tariff none of
whose elements is left, a session whose location is not here. Only a rendition shows this. So
the objects of a list are rendered once, and after that what is new or has changed: nothing more
than a reader of the list needs anyway.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ocpi_server.store import OWN, Listing, ListName, ObjectStore, Stored

__all__ = ["Refusals"]

_CHUNK: Final = 50
"""Number of objects that are looked at before others get their turn: a few milliseconds."""
_MOST_LISTS: Final = 256
_PLACES: Final = Listing(module="locations", source=OWN)

Render = Callable[[Sequence[Stored], str], Awaitable[None]]
"""Finds those of some objects that a version cannot represent."""


@dataclass(slots=True)
class _Mark:
    """How far a list is known in a version.

    Attributes:
        known: The state of the list; None as long as nothing is known.
        last: The place of the last object that was seen.
        waiting: The places of objects that may be represented once their location is stored.
        places: The state of the locations when that was tried.
        lock: Held while the list is examined.
    """

    known: dict[ListName, int] | None = None
    last: int = 0
    waiting: list[int] = field(default_factory=list)
    places: dict[ListName, int] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Refusals:
    """Keeps track of what versions cannot represent.

    Args:
        store: Where objects are kept.
        render: Makes renditions; what cannot be represented is stored as a rendition without text.
    """

    def __init__(self, store: ObjectStore, render: Render) -> None:
        self._store = store
        self._render = render
        self._marks: dict[tuple[object, ...], _Mark] = {}

    async def learn(self, listing: Listing) -> None:
        """Ensure that all is known of a list in the version that it is asked for in."""
        if listing.version is None:
            return
        key = (listing.scope, listing.version)
        mark = self._marks.pop(key, None) or _Mark()
        self._marks[key] = mark
        if len(self._marks) > _MOST_LISTS:
            del self._marks[next(iter(self._marks))]
        async with mark.lock:
            await self._catch_up(mark, listing, listing.version)

    async def _catch_up(self, mark: _Mark, listing: Listing, version: str) -> None:
        state = await self._store.state(listing)
        places = await self._store.state(_PLACES) if mark.waiting else {}
        if state == mark.known and places == mark.places:
            return
        moves = None if mark.known is None else self._store.moves(mark.known, state)
        changed = [*mark.waiting] if places != mark.places else []
        if moves is None:
            mark.last = 0
        else:
            changed += [seq for _, now, seq in moves if seq is not None and now is not None]
        await self._look_at(sorted(set(changed)), version)
        await self._look_behind(mark, listing, version)
        mark.waiting = await self._store.waiting(listing)
        mark.places = places or (await self._store.state(_PLACES) if mark.waiting else {})
        mark.known = state

    async def _look_behind(self, mark: _Mark, listing: Listing, version: str) -> None:
        while versions := await self._store.behind(listing, mark.last, _CHUNK):
            others = [seq for seq, written in versions.items() if written != version]
            await self._look_at(others, version)
            mark.last = max(versions)
            await asyncio.sleep(0)

    async def _look_at(self, places: Sequence[int], version: str) -> None:
        for start in range(0, len(places), _CHUNK):
            chunk = places[start : start + _CHUNK]
            await self._render(await self._store.get_places(chunk), version)
            await asyncio.sleep(0)

"""Lists that their owner changes at random, and a partner that reads them page by page."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx2
import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.paging import parse_link
from ocpi_server import OwnParty
from ocpi_server._platform import Platform
from ocpi_server.store import Key
from tests.acceptance.support.guests import Guest, data_of

__all__ = ["PARTY", "START", "ChangingList", "Read", "Reader"]

PARTY = OwnParty("NL", "CPO", "CPO", "Example Charging")
START = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 500
_AT_ONCE = 20


@dataclass
class ChangingList:
    """The objects of one module.

    Attributes:
        platform: Whose they are.
        module: The OCPI module.
        make: Makes an object from its id and ``last_updated``.
        chance: Decides what changes.
        there: Ids and dates of what is there now, in the order of creation.
        lasting: Ids of what has been there since :meth:`mark`.
    """

    platform: Platform
    module: str
    make: Callable[[str, str], dict[str, Any]]
    chance: random.Random
    there: dict[str, datetime] = field(default_factory=dict)
    lasting: set[str] = field(default_factory=set)
    _count: int = 0

    async def fill(self, count: int) -> None:
        """Add objects."""
        for at in range(0, count, _BATCH):
            await self._put([self._name() for _ in range(min(_BATCH, count - at))])

    async def empty(self) -> None:
        """Remove all objects, a few at a time: writes beyond the connections must wait."""
        names = [*self.there]
        for at in range(0, len(names), _AT_ONCE):
            await asyncio.gather(*map(self._remove, names[at : at + _AT_ONCE]))

    def mark(self) -> None:
        """Begin to remember what lasts."""
        self.lasting = set(self.there)

    def since(self, start: datetime | None) -> set[str]:
        """Return the ids of what was updated since then."""
        return {name for name, stamp in self.there.items() if start is None or stamp >= start}

    async def put_at(self, name: str, moment: datetime) -> None:
        """Add an object that was updated at a moment."""
        self.there[name] = moment
        await self._write([name])

    async def add(self) -> None:
        await self._put([self._name()])

    async def update(self) -> None:
        await self._put([self.chance.choice([*self.there])])

    async def remove(self) -> None:
        await self._remove(self.chance.choice([*self.there]))

    async def change(self) -> None:
        """Do one thing at random."""
        await self.chance.choice((self.add, self.update, self.remove))()

    def _name(self) -> str:
        self._count += 1
        return f"X{self._count}"

    async def _put(self, names: Iterable[str]) -> None:
        listed = list(names)
        for name in listed:
            self._count += 1
            self.there[name] = START + timedelta(seconds=self._count)
        await self._write(listed)

    async def _write(self, names: Iterable[str]) -> None:
        texts = [
            msgspec.json.encode(self.make(name, format_timestamp(self.there[name])))
            for name in names
        ]
        await self.platform.publisher.put_all(self.module, texts)

    async def _remove(self, name: str) -> None:
        del self.there[name]
        self.lasting.discard(name)
        assert await self.platform.parts.store.remove(Key.of(self.module, PARTY.id, name))


class Read(NamedTuple):
    """A page: the ids of its objects, how many there are in all, and where it goes on."""

    ids: list[str]
    total: int
    following: str | None


@dataclass
class Reader:
    """A partner that reads lists."""

    guest: Guest

    def url(self, module: str, **query: Any) -> str:
        """Return the URL of a list."""
        url = self.guest.url(module, "sender")
        return f"{url}?{httpx2.QueryParams(query)}" if query else url

    async def page(self, url: str) -> Read:
        """Read one page."""
        answer = await self.guest.send("GET", url)
        ids = [each["id"] for each in data_of(answer)]
        assert len(ids) <= int(answer.headers["x-limit"])
        following = parse_link(answer.headers.get("link"))
        return Read(ids, int(answer.headers["x-total-count"]), following)

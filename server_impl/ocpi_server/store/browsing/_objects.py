"""Objects as an operator looks for them: the newest of some lists, or those with an id."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, case, func, select, tuple_, union_all

from ocpi_runtime.types import PartyId
from ocpi_server.store import _finding as finding
from ocpi_server.store._records import OWN, Key, Stored
from ocpi_server.store.database import Database
from ocpi_server.store.database.tables import listings, objects

__all__ = ["ObjectBrowser", "ObjectList"]

_SIZES: Final = (1, 8, 64)
"""How many lists one statement looks at; what is missing is filled up with lists of nothing."""
_NO_MODULE: Final = ""
_LAST: Final = 2**62
_HIGHEST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ObjectList:
    """The objects of one owner that come from one source, for one audience.

    Attributes:
        module: The OCPI module.
        source: ``OWN`` or the id of a partner.
        audience: The only party that may see them; empty: everybody.
        owner: The party that owns them.
        total: How many they are.
    """

    module: str
    source: str
    audience: str
    owner: PartyId
    total: int


class ObjectBrowser:
    """Finds objects for people.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sizes(self) -> list[tuple[str, int, int]]:
        """Return how many objects of each module are own ones, and how many were received."""
        is_own = listings.c.source == OWN
        own = func.sum(case((is_own, listings.c.total), else_=0))
        received = func.sum(case((is_own, 0), else_=listings.c.total))
        statement = select(listings.c.module, own, received).group_by(listings.c.module)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return sorted((row[0], int(row[1]), int(row[2])) for row in rows if row[1] or row[2])

    async def lists(self, module: str | None = None, source: str | None = None) -> list[ObjectList]:
        """Return the lists that are not empty: all, or those of a module or a source."""
        statement = select(
            listings.c.module,
            listings.c.source,
            listings.c.audience,
            listings.c.country_code,
            listings.c.party_id,
            listings.c.total,
        ).where(listings.c.total > 0)
        if module is not None:
            statement = statement.where(listings.c.module == module)
        if source is not None:
            statement = statement.where(listings.c.source == source)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [
            ObjectList(module, source, audience, PartyId(country, party), int(total))
            for module, source, audience, country, party, total in rows
        ]

    async def newest(
        self, lists: Iterable[ObjectList], most: int, before: int | None = None
    ) -> list[Stored]:
        """Return the objects of some lists that were created last, the newest first.

        Args:
            lists: The lists; of one whose owner has a part of it, the others' objects count too.
            most: How many objects at most.
            before: Only objects with a lower place in the order of creation.
        """
        names, last = _names(lists), _LAST if before is None else before
        return await self._database.read(lambda link: _newest(link, names, last, most))

    async def newest_places(self, lists: Iterable[ObjectList], most: int) -> list[int]:
        """Return the places of the objects of some lists that were created last, the newest first.

        Args:
            lists: The lists.
            most: How many places at most.
        """
        names = _names(lists)
        return await self._database.read(lambda link: _places(link, names, _LAST, most))

    async def at(self, places: Sequence[int]) -> list[Stored]:
        """Return the objects at some places, in their order; what is gone is left out."""
        return await self._database.read(lambda link: _at(link, places))

    async def repairs(self, lists: Iterable[ObjectList], most: int) -> Counter[str]:
        """Count by rule what was repaired of the objects that were created last.

        Args:
            lists: The lists that they are in.
            most: How many objects are looked at.
        """
        names = _names(lists)
        texts = await self._database.read(lambda link: _repairs(link, names, most))
        return Counter(each["rule"] for text in texts for each in msgspec.json.decode(text))

    async def named(
        self,
        module: str,
        owners: Iterable[PartyId],
        prefix: str,
        most: int,
        after: Key | None = None,
    ) -> list[Stored]:
        """Return the objects of some owners whose id begins with a text, by owner and id.

        Args:
            module: The OCPI module.
            owners: The owners.
            prefix: The beginning of the id; empty: any.
            most: How many objects at most.
            after: Only objects behind this one in that order.
        """
        wanted = sorted({PartyId(*owner) for owner in owners})
        if after is not None:
            wanted = [one for one in wanted if tuple(one) >= (after.country_code, after.party_id)]
        return await self._database.read(
            lambda link: list(islice(_named(link, module, wanted, prefix.lower(), after), most))
        )


def _names(lists: Iterable[ObjectList]) -> list[tuple[str, str, str]]:
    return sorted({(each.module, each.source, each.audience) for each in lists})


def _newest(
    link: Connection, names: Sequence[tuple[str, str, str]], before: int, most: int
) -> list[Stored]:
    return _at(link, _places(link, names, before, most))


def _at(link: Connection, places: Sequence[int]) -> list[Stored]:
    found = {stored.seq: stored for stored in finding.find_places(link, places)}
    return [found[place] for place in places if place in found]


def _repairs(link: Connection, names: Sequence[tuple[str, str, str]], most: int) -> list[str]:
    places = _places(link, names, _LAST, most)
    return list(link.execute(_REPAIRS, {"places": places}).scalars())


def _places(
    link: Connection, names: Sequence[tuple[str, str, str]], before: int, most: int
) -> list[int]:
    """Return the places of the newest objects of some lists, the newest first."""
    places: list[int] = []
    for chunk in _filled(names, (_NO_MODULE, "", "")):
        values: dict[str, Any] = {"before": before, "most": most}
        for at, (module, source, audience) in enumerate(chunk):
            values |= {f"module{at}": module, f"source{at}": source, f"audience{at}": audience}
        places += link.execute(_newest_of(len(chunk)), values).scalars()
    return sorted(places, reverse=True)[:most]


def _named(
    link: Connection, module: str, owners: Sequence[PartyId], prefix: str, after: Key | None
) -> Iterator[Stored]:
    """Yield objects owner by owner, some hundred at a time."""
    for owner in owners:
        here = after is not None and owner == PartyId(after.country_code, after.party_id)
        begin = (after.uid, after.variant, after.holder) if here and after else (prefix, "", "")
        while True:
            values = {"module": module, "country": owner.country_code, "party": owner.party_id}
            values |= dict(zip(("uid", "variant", "holder"), begin, strict=True))
            values["beyond"] = prefix + _HIGHEST
            rows = link.execute(_NAMED, values).all()
            keys = [Key(module, *owner, *row[1:]) for row in rows]
            yield from _at(
                link, [row[0] for row, key in zip(rows, keys, strict=True) if key != after]
            )
            if len(rows) < _AT_ONCE:
                break
            after = keys[-1]
            begin = (after.uid, after.variant, after.holder)


_AT_ONCE: Final = 60
_REPAIRS: Final = select(objects.c.repairs).where(
    objects.c.seq.in_(bindparam("places", expanding=True)), objects.c.repairs.is_not(None)
)
_NAMED: Final = (
    select(objects.c.seq, objects.c.uid, objects.c.variant, objects.c.holder)
    .where(
        objects.c.module == bindparam("module"),
        objects.c.country_code == bindparam("country"),
        objects.c.party_id == bindparam("party"),
        tuple_(objects.c.uid, objects.c.variant, objects.c.holder)
        >= tuple_(bindparam("uid"), bindparam("variant"), bindparam("holder")),
        objects.c.uid < bindparam("beyond"),
    )
    .order_by(objects.c.uid, objects.c.variant, objects.c.holder)
    .limit(_AT_ONCE)
)


@cache
def _newest_of(count: int) -> Select[Any]:
    """Return the statement for the newest places in so many lists, each found by its index."""
    parts = [
        select(objects.c.seq)
        .where(
            objects.c.module == bindparam(f"module{at}"),
            objects.c.source == bindparam(f"source{at}"),
            objects.c.audience == bindparam(f"audience{at}"),
            objects.c.seq < bindparam("before"),
        )
        .order_by(objects.c.seq.desc())
        .limit(bindparam("most"))
        .subquery(f"list{at}")
        for at in range(count)
    ]
    merged = union_all(*(select(part.c.seq) for part in parts)).subquery()
    return select(merged.c.seq).order_by(merged.c.seq.desc()).limit(bindparam("most"))


def _filled(
    names: Sequence[tuple[str, str, str]], nothing: tuple[str, str, str]
) -> Iterator[Sequence[tuple[str, str, str]]]:
    """Split names into parts of the sizes that statements are made for."""
    for start in range(0, len(names), _SIZES[-1]):
        chunk = list(names[start : start + _SIZES[-1]])
        size = next(each for each in _SIZES if each >= len(chunk))
        yield [*chunk, *[nothing] * (size - len(chunk))]

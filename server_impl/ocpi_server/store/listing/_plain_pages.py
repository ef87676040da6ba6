"""Pages of lists without dates, by one statement: what partners read most.

It finds places, numbers of changes and versions without looking at texts. Those of objects that
were read before, by whichever partner, are at hand; where some are not, the page is read again as
a whole.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from ocpi_runtime.types import Raw
from ocpi_server.store.database import Database
from ocpi_server.store.database.damage import is_whole, number
from ocpi_server.store.listing import _statements as statements
from ocpi_server.store.listing._contents import Contents, KnownContents
from ocpi_server.store.listing._listing import Cursor, Listing, StoredPage
from ocpi_server.store.listing._paging import skipped
from ocpi_server.store.listing._texts import TextKey, Texts

__all__ = ["PlainPages", "Refused"]

_FEW: Final = 8
"""So many texts are read by the places of their objects."""
_PLACE: Final = itemgetter(0)
_Row = Sequence[Any]


class Refused(Exception):
    """Some objects cannot be represented in the version that is asked for.

    Args:
        total: How many objects the lists have.
    """

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total = total


class PlainPages:
    """Answers pages on the event loop.

    Args:
        database: Where the objects are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._texts = Texts()
        self._contents = KnownContents()

    @staticmethod
    def fits(listing: Listing) -> bool:
        """Return whether no dates are set, and the page begins at a place that is known."""
        known = listing.cursor is not None or listing.offset < statements.STEP
        return known and not listing.dated

    async def page(self, listing: Listing) -> StoredPage:
        """Read one page.

        Raises:
            Refused: Its version refuses objects, of this list or others.
        """
        page = await self._without_texts(listing)
        return page if page is not None else await self._with_texts(listing)

    async def _without_texts(self, listing: Listing) -> StoredPage | None:
        """Read a page whose texts are known but for a few; None for another."""
        statement = statements.plain(*_shape(listing), versioned=listing.version is not None)
        values = _values(listing)
        place = (*listing.scope, values["after"], values["skip"], listing.limit)
        known = self._contents.of(place)
        values["known"] = -1 if known is None else known.changes
        total, changes, rows = _parted(await self._database.rows(statement, values))
        if known is None or known.changes != changes:
            known = Contents.of_rows(changes, rows, listing.limit)
            self._contents.add(place, known)
        texts = self._texts.of(known.keys)
        if texts.count(None):
            texts = await self._completed(known.keys, texts)
        found = [text for text in texts if text is not None]
        return _page(total, known, found) if len(found) == len(known.keys) else None

    async def _completed(
        self, keys: Sequence[TextKey], texts: Sequence[Raw | None]
    ) -> Sequence[Raw | None]:
        """Read a few texts that are missing; those that have changed since stay so."""
        places = [key[0] for key, text in zip(keys, texts, strict=True) if text is None]
        if len(places) > _FEW:
            return texts
        places += places[-1:] * (_FEW - len(places))
        values = {f"place{at}": place for at, place in enumerate(places)}
        for row in await self._database.rows(statements.texts(_FEW), values):
            if is_whole(row[3], row[2], row[4]):
                self._keep(row)
        return self._texts.of(keys)

    async def _with_texts(self, listing: Listing) -> StoredPage:
        """Read all of a page; what is damaged is reported and left out."""
        statement = statements.whole(*_shape(listing), versioned=listing.version is not None)
        total, changes, rows = _parted(await self._database.rows(statement, _values(listing)))
        kept = [
            row
            for row in rows[: listing.limit]
            if is_whole(row[3], row[2], row[4]) or skipped(listing, row[0])
        ]
        last = Contents.of_rows(changes, rows, listing.limit).last
        contents = Contents.of_rows(changes, kept, listing.limit)._replace(last=last)
        return _page(total, contents, [self._keep(row) for row in kept])

    def _keep(self, row: _Row) -> Raw:
        text = Raw(row[3])
        self._texts.add(tuple(row[:3]), text)
        return text


def _shape(listing: Listing) -> tuple[int, int]:
    return len(listing.audiences), listing.owner_count


def _values(listing: Listing) -> dict[str, Any]:
    cursor, most = listing.cursor, listing.limit + 1
    after, skip = (0, listing.offset) if cursor is None else (cursor.after, 0)
    return {
        **listing.parameters(),
        "after": after,
        "skip": skip,
        "most": most,
        "reach": most + skip,
    }


def _parted(found: Sequence[_Row]) -> tuple[int, int, list[_Row]]:
    """Part lists, which have no version, from objects, and put these in order.

    Returns:
        How many objects there are, the state of the lists, and the rows of objects.

    Raises:
        Refused: A row has no place.
    """
    if len(found) == 1 and found[0][2] is None and found[0][0] is not None:
        return number(found[0][0]), number(found[0][1]), []
    rows = [row for row in found if row[2] is not None]
    lists = [row for row in found if row[2] is None]
    total, changes = (sum(number(row[at]) for row in lists) for at in range(2))
    if any(row[0] is None for row in lists):
        raise Refused(total)
    return total, changes, sorted(rows, key=_PLACE)


def _page(total: int, contents: Contents, texts: list[Raw]) -> StoredPage:
    more = contents.last is not None
    cursor = Cursor(contents.last, total, contents.changes) if contents.last else None
    return StoredPage(texts, total, more, cursor, contents.places, contents.versions)

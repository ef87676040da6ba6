"""Lists of objects, page by page, oldest first.

A page begins behind a place in the order of creation, which an index finds at once however deep
it lies. The place travels in the cursor of the Link. A plain offset is turned into a place with
marks that are remembered for every ``STEP`` objects: objects are only ever added at the end, so
a mark stays right until ``shifts`` of the list changes.

Objects that a version cannot represent are left out by the statement, and counted for each page.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection

from ocpi_runtime.types import Raw
from ocpi_server.store._moves import Count, ListName, Log, Move, Moves
from ocpi_server.store.database.damage import is_whole, number, report
from ocpi_server.store.listing import _statements as statements
from ocpi_server.store.listing._listing import Cursor, Listing, StoredPage

__all__ = ["LONG", "Pager", "behind", "last", "skipped", "state_of", "waiting"]

T = TypeVar("T")

_FEW: Final = 4096
"""Up to here it costs less to collect the matches of a date filter than to walk the list."""
LONG: Final = 2048
"""From this length on, a list with a filter is not counted or walked on the event loop."""
_SIZES: Final = (8, 64, 256)
"""How many texts are read at once by the places of their objects."""
_PLACE: Final = itemgetter(0)
_MOST_LISTS: Final = 256
"""For how many lists marks and counts are remembered."""


class _State(NamedTuple):
    total: int
    changes: int
    shifts: int
    lists: dict[ListName, int]
    """The number of the last change of each list that is asked for."""
    refused: int = 0
    """How many of all that match are left out, because the version cannot represent them."""


class _Marks:
    """The places of a list at every ``STEP`` objects, good for one value of ``shifts``."""

    def __init__(self, shifts: int) -> None:
        self.shifts = shifts
        self.places = [0]


class Pager:
    """Answers pages, in any thread; remembers marks and counts between them."""

    def __init__(self) -> None:
        self._moves = Moves()
        self._marks: dict[tuple[object, ...], _Marks] = {}
        self._counts: dict[tuple[object, ...], Count] = {}
        self._lock = threading.Lock()  # never held while a statement runs

    def note(self, log: Log) -> None:
        """Take what a write of this process did to lists, once it is committed."""
        with self._lock:
            self._moves.note(log)

    def since(self, known: dict[ListName, int], wanted: dict[ListName, int]) -> list[Move] | None:
        """Return what happened between two states of lists; None where that is not known."""
        with self._lock:
            return self._moves.since(known, wanted)

    def short_page(self, connection: Connection, listing: Listing) -> StoredPage | None:
        """Read one page; None where it may need a look at more rows than others can wait for."""
        if not listing.dated and listing.version is None:
            is_long = listing.offset > LONG and listing.cursor is None
            return None if is_long else self.page(connection, listing)
        state = _state(connection, listing)
        return None if state.total > LONG else self._page(connection, listing, state)

    def page(self, connection: Connection, listing: Listing) -> StoredPage:
        """Read one page within a transaction."""
        return self._page(connection, listing, _state(connection, listing))

    def _page(self, connection: Connection, listing: Listing, state: _State) -> StoredPage:
        if listing.version is not None:
            state = state._replace(refused=_refused(connection, listing))
            listing = listing if state.refused else replace(listing, version=None)
        if not listing.dated:
            return self._plain(connection, listing, state)
        cursor = listing.cursor
        first = 0
        if cursor is not None and cursor.changes == state.changes:
            total = cursor.total
        else:
            total, first, _ = self._counted(connection, listing, state)
        counted = state._replace(total=total)
        page = _collected(connection, listing, counted) if total <= _FEW else None
        if page is not None:
            return page
        if cursor is not None:
            return _walked(connection, listing, counted, cursor.after, 0)
        return _walked(connection, listing, counted, first - 1, listing.offset)

    def _counted(self, connection: Connection, listing: Listing, state: _State) -> Count:
        """Count what a date filter lets through: again only where it is not known what changed."""
        key = (*listing.scope, listing.date_from, listing.date_to)
        with self._lock:
            known = self._counts.pop(key, None)
            moves = None if known is None else self._moves.since(known.state, state.lists)
        if known is None or moves is None:
            counted = Count(*_count(connection, listing), state.lists)
        else:
            counted = known.moved(moves, state.lists, listing.lets_through)
        with self._lock:
            _remember(self._counts, key, counted)
        return counted

    def _plain(self, connection: Connection, listing: Listing, state: _State) -> StoredPage:
        if listing.cursor is not None:
            return _walked(connection, listing, state, listing.cursor.after, 0)
        if listing.version is not None:
            return _walked(connection, listing, state, 0, listing.offset)
        if listing.offset >= state.total:
            return StoredPage([], state.total, more=False, cursor=None)
        marks = self._marks_of(listing, state)
        wanted = listing.offset // statements.STEP
        places = list(marks.places)
        while len(places) <= wanted:
            following = _mark_after(connection, listing, places[-1])
            if following is None:
                return StoredPage([], state.total, more=False, cursor=None)
            places.append(following)
        with self._lock:
            if len(places) > len(marks.places):
                marks.places = places
        skip = listing.offset - wanted * statements.STEP
        return _walked(connection, listing, state, places[wanted], skip)

    def _marks_of(self, listing: Listing, state: _State) -> _Marks:
        key = listing.scope
        with self._lock:
            marks = self._marks.pop(key, None)
            if marks is None or marks.shifts != state.shifts:
                marks = _Marks(state.shifts)
            _remember(self._marks, key, marks)
        return marks


def _remember(known: dict[tuple[object, ...], T], key: tuple[object, ...], value: T) -> None:
    known[key] = value
    if len(known) > _MOST_LISTS:
        del known[next(iter(known))]


def waiting(connection: Connection, listing: Listing) -> list[int]:
    """Return the places of objects that a version may represent once other objects exist."""
    statement = statements.waiting(len(listing.audiences), listing.owner_count)
    return [int(row[0]) for row in statement.all(connection, listing.parameters())]


def behind(connection: Connection, listing: Listing, after: int, most: int) -> dict[int, str]:
    """Return the places of the first objects after a place, with their versions, in order."""
    statement = statements.behind(len(listing.audiences), listing.owner_count)
    values = {**listing.parameters(), "after": after, "most": most}
    rows = statement.all(connection, values)
    return {int(row[0]): str(row[1]) for row in rows}


def last(connection: Connection, listing: Listing) -> int:
    """Return the place of the last object of some lists; 0 where there is none."""
    statement = statements.last(len(listing.audiences), listing.owner_count)
    (place,) = statement.first(connection, listing.parameters()) or (None,)
    return int(place or 0)


def state_of(connection: Connection, listing: Listing) -> dict[ListName, int]:
    """Return the number of the last change of each list that is asked for."""
    return _state(connection, listing).lists


def _state(connection: Connection, listing: Listing) -> _State:
    statement = statements.state(len(listing.audiences), listing.owner_count)
    found = statement.all(connection, listing.parameters())
    lists = {ListName(*row[3:]): number(row[1]) for row in found}
    total, changes, shifts = (sum(number(row[at]) for row in found) for at in range(3))
    return _State(total, changes, shifts, lists)


def _count(connection: Connection, listing: Listing) -> tuple[int, int]:
    """Count the matches of a date filter and find the first of them."""
    statement = statements.count(len(listing.audiences), listing.owner_count)
    total, first = statement.first(connection, listing.parameters()) or (0, 0)
    return int(total), int(first or 0)


def _refused(connection: Connection, listing: Listing) -> int:
    statement = statements.refused(len(listing.audiences), listing.owner_count)
    (count,) = statement.first(connection, listing.parameters()) or (0,)
    return int(count)


def _mark_after(connection: Connection, listing: Listing, place: int) -> int | None:
    statement = statements.mark(len(listing.audiences), listing.owner_count)
    values = {**listing.parameters(), "after": place}
    found = statement.first(connection, values)
    return None if found is None else int(found[0])


def _walked(
    connection: Connection, listing: Listing, state: _State, after: int, skip: int
) -> StoredPage:
    hiding = listing.version is not None
    statement = statements.walk(
        len(listing.audiences), listing.owner_count, dated=listing.dated, hiding=hiding
    )
    most = listing.limit + 1
    values = {
        **listing.parameters(),
        "after": after,
        "skip": skip,
        "most": most,
        "reach": most + skip,
    }
    return _made(listing, state, statement.all(connection, values))


def _collected(connection: Connection, listing: Listing, state: _State) -> StoredPage | None:
    """Collect all matches; None where they are more than few, as a forged cursor denies."""
    hiding = listing.version is not None
    statement = statements.matching(len(listing.audiences), listing.owner_count, hiding=hiding)
    found = statement.all(connection, {**listing.parameters(), "most": _FEW + 1})
    places = sorted(row[0] for row in found)
    if len(places) > _FEW:
        return None
    cursor = listing.cursor
    after, skip = (0, listing.offset) if cursor is None else (cursor.after, 0)
    wanted = [place for place in places if place > after][skip : skip + listing.limit + 1]
    return _made(listing, state, _fetched(connection, wanted))


def _fetched(connection: Connection, places: Sequence[int]) -> list[Sequence[Any]]:
    """Read objects by their places, in order; statements are made for few numbers of places."""
    if not places:
        return []
    most = next((size for size in _SIZES if size >= len(places)), _SIZES[-1])
    found: list[Sequence[Any]] = []
    for start in range(0, len(places), most):
        some = [*places[start : start + most]]
        some += some[-1:] * (most - len(some))
        values = {f"place{at}": place for at, place in enumerate(some)}
        found += statements.texts(most).all(connection, values)
    return [(seq, raw, version, known) for seq, _, version, raw, known in sorted(found, key=_PLACE)]


def _made(listing: Listing, state: _State, rows: Sequence[Any]) -> StoredPage:
    shown = rows[: listing.limit]
    more = len(rows) > listing.limit
    total = state.total - state.refused
    cursor = Cursor(shown[-1][0], state.total, state.changes) if more and shown else None
    whole = [row for row in shown if is_whole(row[1], row[2], row[3]) or skipped(listing, row[0])]
    if not whole:
        return StoredPage([], total, more=more, cursor=cursor)
    places, texts, versions, _ = zip(*whole, strict=True)
    return StoredPage(list(map(Raw, texts)), total, more, cursor, places, versions)


def skipped(listing: Listing, place: int) -> bool:
    """Report an object that is damaged: it is left out of the page, and still counted."""
    report("objects", place, f"{listing.module} of {listing.source or 'our own'}")
    return False

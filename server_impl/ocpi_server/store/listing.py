"""Lists of objects, page by page, oldest first.

A page begins behind a place in the order of creation, which an index finds at once however deep
it lies. The place travels in the cursor of the Link. A plain offset is turned into a place with
marks that are remembered for every ``_STEP`` objects: objects are only ever added at the end, so
a mark stays right until ``shifts`` of the list changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)

from ocpi_runtime.types import PartyId, Raw
from ocpi_server.store.moves import Count, ListName, Moves
from ocpi_server.store.tables import listings, objects

__all__ = ["Cursor", "Listing", "Pager", "StoredPage"]

_STEP: Final = 256
_FEW: Final = 4096
"""Up to here it costs less to collect the matches of a date filter than to walk the list."""
_MOST_LISTS: Final = 256
"""For how many lists marks and counts are remembered."""
_UNBOUND: Final = 2**62


class Cursor(NamedTuple):
    """What a Link carries: where the page before ended, and the count that was made there.

    Attributes:
        after: ``seq`` of the last object on the page before.
        total: How many objects matched.
        changes: The state of the list at that count.
    """

    after: int
    total: int
    changes: int

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Read what :meth:`__str__` wrote; None where it is something else."""
        parts = (text or "").split(".")
        if len(parts) != len(cls._fields) or not all(_is_count(part) for part in parts):
            return None
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return ".".join(map(str, self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which objects are asked for, and which page of them.

    Attributes:
        module: The OCPI module.
        source: ``OWN`` or a partner's id.
        audiences: The values of ``audience`` that may be seen; at least one.
        owners: Only objects of these parties; None for all.
        date_from: Only objects updated at or after this (microseconds); None for all.
        date_to: Only objects updated before this; None for all.
        offset: How many objects to leave out, where there is no cursor.
        limit: The most objects on the page.
        cursor: The mark of the page before, or None.
    """

    module: str
    source: str
    audiences: tuple[str, ...] = ("",)
    owners: tuple[PartyId, ...] | None = None
    date_from: int | None = None
    date_to: int | None = None
    offset: int = 0
    limit: int = 50
    cursor: Cursor | None = None

    @property
    def dated(self) -> bool:
        """Whether a date filter is set."""
        return self.date_from is not None or self.date_to is not None

    def lets_through(self, updated: int) -> bool:
        """Tell whether the date filter lets an object through."""
        return (self.date_from is None or updated >= self.date_from) and (
            self.date_to is None or updated < self.date_to
        )

    def parameters(self) -> dict[str, Any]:
        """Give the values of the statements' parameters."""
        values: dict[str, Any] = {
            "module": self.module,
            "source": self.source,
            "since": self.date_from if self.date_from is not None else -_UNBOUND,
            "before": self.date_to if self.date_to is not None else _UNBOUND,
        }
        values |= {f"audience{at}": name for at, name in enumerate(self.audiences)}
        for at, (country_code, party_id) in enumerate(self.owners or ()):
            values[f"country{at}"] = country_code
            values[f"party{at}"] = party_id
        return values


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One page: the objects as stored, how many match in all, whether and where it goes on.

    ``places`` and ``versions`` hold ``seq`` and version of each object.
    """

    items: list[Raw]
    total: int
    more: bool
    cursor: Cursor | None
    places: Sequence[int] = ()
    versions: Sequence[str] = ()


class _State(NamedTuple):
    total: int
    changes: int
    shifts: int
    lists: dict[ListName, int]
    """The number of the last change of each list that is asked for."""


class _Marks:
    """The places of a list at every ``_STEP`` objects, good for one value of ``shifts``."""

    def __init__(self, shifts: int) -> None:
        self.shifts = shifts
        self.places = [0]


class Pager:
    """Answers pages; remembers marks and counts between them.

    Attributes:
        moves: What writes of this process did to lists; who writes tells it.
    """

    def __init__(self) -> None:
        self.moves = Moves()
        self._marks: dict[tuple[object, ...], _Marks] = {}
        self._counts: dict[tuple[object, ...], Count] = {}

    def page(self, connection: Connection, listing: Listing) -> StoredPage:
        """Read one page within a transaction."""
        state = _state(connection, listing)
        if not listing.dated:
            return self._plain(connection, listing, state)
        cursor = listing.cursor
        first = 0
        if cursor is not None and cursor.changes == state.changes:
            total = cursor.total
        else:
            total, first, _ = self._counted(connection, listing, state)
        counted = state._replace(total=total)
        if total <= _FEW:
            return _collected(connection, listing, counted)
        if cursor is not None:
            return _walked(connection, listing, counted, cursor.after, 0)
        return _walked(connection, listing, counted, first - 1, listing.offset)

    def _counted(self, connection: Connection, listing: Listing, state: _State) -> Count:
        """Count what a date filter lets through: anew only where it is not known what changed."""
        key = (*_scope_of(listing), listing.date_from, listing.date_to)
        known = self._counts.pop(key, None)
        moves = None if known is None else self.moves.since(known.state, state.lists)
        if known is None or moves is None:
            counted = Count(*_count(connection, listing), state.lists)
        else:
            counted = known.moved(moves, state.lists, listing.lets_through)
        self._counts[key] = counted
        if len(self._counts) > _MOST_LISTS:
            del self._counts[next(iter(self._counts))]
        return counted

    def _plain(self, connection: Connection, listing: Listing, state: _State) -> StoredPage:
        if listing.cursor is not None:
            return _walked(connection, listing, state, listing.cursor.after, 0)
        if listing.offset >= state.total:
            return StoredPage([], state.total, more=False, cursor=None)
        marks = self._marks_of(listing, state)
        wanted = listing.offset // _STEP
        while len(marks.places) <= wanted:
            following = _mark_after(connection, listing, marks.places[-1])
            if following is None:
                return StoredPage([], state.total, more=False, cursor=None)
            marks.places.append(following)
        skip = listing.offset - wanted * _STEP
        return _walked(connection, listing, state, marks.places[wanted], skip)

    def _marks_of(self, listing: Listing, state: _State) -> _Marks:
        key = _scope_of(listing)
        marks = self._marks.pop(key, None)
        if marks is None or marks.shifts != state.shifts:
            marks = _Marks(state.shifts)
        self._marks[key] = marks
        if len(self._marks) > _MOST_LISTS:
            del self._marks[next(iter(self._marks))]
        return marks


def _state(connection: Connection, listing: Listing) -> _State:
    statement = _state_statement(len(listing.audiences), _owners(listing))
    found = connection.execute(statement, listing.parameters()).all()
    lists = {ListName(*row[3:]): row.changes for row in found}
    total, changes, shifts = (sum(row[at] for row in found) for at in range(3))
    return _State(total, changes, shifts, lists)


def _scope_of(listing: Listing) -> tuple[object, ...]:
    return listing.module, listing.source, listing.audiences, listing.owners


def _count(connection: Connection, listing: Listing) -> tuple[int, int]:
    """Count the matches of a date filter and find the first of them."""
    matches = _matching(len(listing.audiences), _owners(listing)).subquery()
    counted = select(func.count(), func.min(matches.c.seq))
    total, first = connection.execute(counted, listing.parameters()).one()
    return int(total), int(first or 0)


def _mark_after(connection: Connection, listing: Listing, place: int) -> int | None:
    statement = _mark_statement(len(listing.audiences), _owners(listing))
    values = {**listing.parameters(), "after": place}
    found = connection.execute(statement, values).scalar()
    return None if found is None else int(found)


def _walked(
    connection: Connection, listing: Listing, state: _State, after: int, skip: int
) -> StoredPage:
    statement = _walk_statement(len(listing.audiences), _owners(listing), dated=listing.dated)
    most = listing.limit + 1
    values = {
        **listing.parameters(),
        "after": after,
        "skip": skip,
        "most": most,
        "reach": most + skip,
    }
    rows = connection.execute(statement, values).all()
    return _made(listing, state, rows)


def _collected(connection: Connection, listing: Listing, state: _State) -> StoredPage:
    statement = _matching(len(listing.audiences), _owners(listing))
    places = sorted(connection.execute(statement, listing.parameters()).scalars())
    cursor = listing.cursor
    after, skip = (0, listing.offset) if cursor is None else (cursor.after, 0)
    wanted = [place for place in places if place > after][skip : skip + listing.limit + 1]
    rows = connection.execute(_FETCH, {"places": wanted}).all() if wanted else []
    return _made(listing, state, rows)


def _made(listing: Listing, state: _State, rows: Sequence[Any]) -> StoredPage:
    shown = rows[: listing.limit]
    more = len(rows) > listing.limit
    cursor = Cursor(shown[-1][0], state.total, state.changes) if more and shown else None
    if not shown:
        return StoredPage([], state.total, more=False, cursor=None)
    places, texts, versions = zip(*shown, strict=True)
    return StoredPage(list(map(Raw, texts)), state.total, more, cursor, places, versions)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(_UNBOUND))


def _owners(listing: Listing) -> int:
    return -1 if listing.owners is None else len(listing.owners)


_FETCH = (
    select(objects.c.seq, objects.c.raw, objects.c.version)
    .where(objects.c.seq.in_(bindparam("places", expanding=True)))
    .order_by(objects.c.seq)
)


def _of_owners(table: Any, owners: int) -> list[ColumnElement[bool]]:
    if owners < 0:
        return []
    pairs = [
        and_(
            table.c.country_code == bindparam(f"country{at}"),
            table.c.party_id == bindparam(f"party{at}"),
        )
        for at in range(owners)
    ]
    return [or_(False, *pairs)]  # noqa: FBT003 - no owner, no object


def _scope(at: int, owners: int) -> list[ColumnElement[bool]]:
    return [
        objects.c.module == bindparam("module"),
        objects.c.source == bindparam("source"),
        objects.c.audience == bindparam(f"audience{at}"),
        *_of_owners(objects, owners),
    ]


@lru_cache(maxsize=64)
def _state_statement(audiences: int, owners: int) -> Select[Any]:
    columns = ("total", "changes", "shifts", *ListName._fields)
    return select(*(listings.c[name] for name in columns)).where(
        listings.c.module == bindparam("module"),
        listings.c.source == bindparam("source"),
        or_(*(listings.c.audience == bindparam(f"audience{at}") for at in range(audiences))),
        *_of_owners(listings, owners),
    )


@lru_cache(maxsize=64)
def _matching(audiences: int, owners: int) -> Select[Any]:
    """Select the places of all objects that a date filter lets through, in no order."""
    branches = [
        select(objects.c.seq).where(
            *_scope(at, owners),
            objects.c.last_updated >= bindparam("since"),
            objects.c.last_updated < bindparam("before"),
        )
        for at in range(audiences)
    ]
    whole = union_all(*branches).subquery()
    return select(whole.c.seq)


@lru_cache(maxsize=64)
def _mark_statement(audiences: int, owners: int) -> Select[Any]:
    branches = [
        select(objects.c.seq).where(*_scope(at, owners), objects.c.seq > bindparam("after"))
        for at in range(audiences)
    ]
    if audiences == 1:
        whole = branches[0]
        place: Any = objects.c.seq
    else:
        ordered = [branch.order_by(objects.c.seq).limit(_STEP).subquery() for branch in branches]
        merged = union_all(*(select(branch.c.seq) for branch in ordered)).subquery()
        whole = select(merged.c.seq)
        place = merged.c.seq
    return whole.order_by(place).limit(1).offset(_STEP - 1)


@lru_cache(maxsize=256)
def _walk_statement(audiences: int, owners: int, *, dated: bool) -> Select[Any]:
    def branch(at: int) -> Select[Any]:
        statement = select(objects.c.seq, objects.c.raw, objects.c.version).where(
            *_scope(at, owners), objects.c.seq > bindparam("after")
        )
        if not dated:
            return statement
        # The sum keeps the planner from taking the index on last_updated, which would sort all
        # the matches again for each page.
        instant = objects.c.last_updated + 0
        return statement.where(instant >= bindparam("since"), instant < bindparam("before"))

    if audiences == 1:
        ordered = branch(0).order_by(objects.c.seq)
        return ordered.limit(bindparam("most")).offset(bindparam("skip"))
    reach: Any = bindparam("reach")
    parts = [branch(at).order_by(objects.c.seq).limit(reach).subquery() for at in range(audiences)]
    columns = (select(part.c.seq, part.c.raw, part.c.version) for part in parts)
    merged = union_all(*columns).subquery()
    whole = select(merged.c.seq, merged.c.raw, merged.c.version).order_by(merged.c.seq)
    return whole.limit(bindparam("most")).offset(bindparam("skip"))

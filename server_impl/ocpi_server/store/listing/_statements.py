"""The statements of lists, built once for each number of audiences and owners."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from ocpi_server.store._moves import ListName
from ocpi_server.store.database.prepared import prepared
from ocpi_server.store.database.tables import listings, objects, renditions

__all__ = [
    "STEP",
    "behind",
    "count",
    "last",
    "mark",
    "matching",
    "plain",
    "refused",
    "state",
    "texts",
    "waiting",
    "walk",
    "whole",
]

STEP: Final = 256
"""For every so many objects of a list a place is remembered."""

_SHOWN: Final = (objects.c.seq, objects.c.raw, objects.c.version, objects.c.checksum)
_CHANGED: Final = (objects.c.seq, objects.c.number, objects.c.version)
"""What tells one text of an object from another."""
_TEXT: Final = (objects.c.raw, objects.c.checksum)


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


@prepared
def state(audiences: int, owners: int) -> Select[Any]:
    """Select what is kept of the lists that are asked for."""
    columns = ("total", "changes", "shifts", *ListName._fields)
    return select(*(listings.c[name] for name in columns)).where(*_of_lists(audiences, owners))


def _of_lists(audiences: int, owners: int) -> list[ColumnElement[bool]]:
    return [
        listings.c.module == bindparam("module"),
        listings.c.source == bindparam("source"),
        or_(*(listings.c.audience == bindparam(f"audience{at}") for at in range(audiences))),
        *_of_owners(listings, owners),
    ]


def _representable(*, hiding: bool) -> list[ColumnElement[bool]]:
    """Leave out what a version is known not to represent.

    The places are not handed in as parameters: there may be more than a database takes.
    """
    if not hiding:
        return []
    refusal = exists().where(
        renditions.c.seq == objects.c.seq,
        renditions.c.version == bindparam("version"),
        renditions.c.raw.is_(None),
    )
    return [or_(objects.c.version == bindparam("version"), ~refusal)]


@prepared
def matching(audiences: int, owners: int, *, hiding: bool) -> Select[Any]:
    """Select the places of objects that a date filter lets through, in no order."""
    return _matching(audiences, owners, hiding=hiding).limit(bindparam("most"))


@prepared
def count(audiences: int, owners: int) -> Select[int, Any]:
    """Select how many objects a date filter lets through, and the place of the first."""
    matches = _matching(audiences, owners, hiding=False).subquery()
    return select(func.count(), func.min(matches.c.seq))


def _matching(audiences: int, owners: int, *, hiding: bool) -> Select[Any]:
    branches = [
        select(objects.c.seq).where(
            *_scope(at, owners),
            *_representable(hiding=hiding),
            objects.c.last_updated >= bindparam("since"),
            objects.c.last_updated < bindparam("before"),
        )
        for at in range(audiences)
    ]
    whole = union_all(*branches).subquery()
    return select(whole.c.seq)


@prepared
def mark(audiences: int, owners: int) -> Select[Any]:
    """Select the place so many objects behind another."""
    branches = [
        select(objects.c.seq).where(*_scope(at, owners), objects.c.seq > bindparam("after"))
        for at in range(audiences)
    ]
    if audiences == 1:
        whole = branches[0]
        place: Any = objects.c.seq
    else:
        ordered = [branch.order_by(objects.c.seq).limit(STEP).subquery() for branch in branches]
        merged = union_all(*(select(branch.c.seq) for branch in ordered)).subquery()
        whole = select(merged.c.seq)
        place = merged.c.seq
    return whole.order_by(place).limit(1).offset(STEP - 1)


@prepared
def walk(audiences: int, owners: int, *, dated: bool, hiding: bool) -> Select[Any]:
    """Select a page behind a place."""
    return _walk(audiences, owners, _SHOWN, dated=dated, hiding=hiding)


@prepared
def plain(audiences: int, owners: int, *, versioned: bool) -> CompoundSelect[Any]:
    """Select a page behind a place without its texts, and what is kept of the lists.

    The lists have no version. The page is left out where the lists are as they are ``known`` to be.
    Of pages in a version there is a row without a place where the version refuses anything.
    """
    changes = select(func.coalesce(func.sum(listings.c.changes), 0))
    state = cast(changes.where(*_of_lists(audiences, owners)).scalar_subquery(), BigInteger)
    is_known = state == bindparam("known", type_=BigInteger)

    def unless_known(bound: str) -> Any:
        # As a condition it would be evaluated for each object; a limit is evaluated once.
        return case((is_known, literal_column("0")), else_=bindparam(bound, type_=BigInteger))

    return _with_lists(audiences, owners, _CHANGED, unless_known, versioned=versioned)


@prepared
def whole(audiences: int, owners: int, *, versioned: bool) -> CompoundSelect[Any]:
    """Select the same with the texts."""
    return _with_lists(audiences, owners, (*_CHANGED, *_TEXT), versioned=versioned)


@prepared
def texts(most: int) -> Select[Any]:
    """Select so many objects by their places."""
    places = [objects.c.seq == bindparam(f"place{at}") for at in range(most)]
    return select(*_CHANGED, *_TEXT).where(or_(*places))


def _with_lists(
    audiences: int,
    owners: int,
    columns: Sequence[Column[Any]],
    bound: Callable[[str], Any] = bindparam,
    *,
    versioned: bool,
) -> CompoundSelect[Any]:
    none = [null() for _ in columns[2:]]
    lists = select(listings.c.total, listings.c.changes, *none).where(*_of_lists(audiences, owners))
    page = _walk(audiences, owners, columns, bound, dated=False, hiding=False).subquery()
    if not versioned:
        return union_all(lists, select(page))
    refuses = renditions.c.version == bindparam("version"), renditions.c.raw.is_(None)
    marker = select(null(), null(), *none).where(exists().where(*refuses))
    return union_all(lists, select(page), marker)


def _walk(
    audiences: int,
    owners: int,
    columns: Sequence[Column[Any]],
    bound: Callable[[str], Any] = bindparam,
    *,
    dated: bool,
    hiding: bool,
) -> Select[Any]:
    def branch(at: int) -> Select[Any]:
        statement = select(*columns).where(
            *_scope(at, owners), *_representable(hiding=hiding), objects.c.seq > bindparam("after")
        )
        if not dated:
            return statement
        # The sum keeps the planner from taking the index on last_updated, which would sort all
        # the matches again for each page.
        instant = objects.c.last_updated + 0
        return statement.where(instant >= bindparam("since"), instant < bindparam("before"))

    if audiences == 1:
        ordered = branch(0).order_by(objects.c.seq)
        return ordered.limit(bound("most")).offset(bindparam("skip"))
    reach: Any = bound("reach")
    parts = [branch(at).order_by(objects.c.seq).limit(reach).subquery() for at in range(audiences)]
    merged = union_all(*map(select, parts)).subquery()
    whole = select(merged).order_by(merged.c.seq)
    return whole.limit(bindparam("most")).offset(bindparam("skip"))


@prepared
def behind(audiences: int, owners: int) -> Select[Any]:
    """Select the places of so many objects behind another, with their versions."""
    parts = [
        select(objects.c.seq, objects.c.version)
        .where(*_scope(at, owners), objects.c.seq > bindparam("after"))
        .order_by(objects.c.seq)
        .limit(bindparam("most"))
        .subquery()
        for at in range(audiences)
    ]
    whole = union_all(*(select(part.c.seq, part.c.version) for part in parts)).subquery()
    ordered = select(whole.c.seq, whole.c.version).order_by(whole.c.seq)
    return ordered.limit(bindparam("most"))


@prepared
def last(audiences: int, owners: int) -> Select[Any]:
    """Select the last place of some lists."""
    parts = [select(func.max(objects.c.seq)).where(*_scope(at, owners)) for at in range(audiences)]
    whole = union_all(*parts).subquery()
    return select(func.max(whole.c[0]))


@prepared
def refused(audiences: int, owners: int) -> Select[Any]:
    """Select how many objects a version is known not to represent, by date."""
    return select(func.count()).select_from(_REFUSALS).where(*_refused(audiences, owners))


@prepared
def waiting(audiences: int, owners: int) -> Select[Any]:
    """Select the places of those that may be represented once other objects exist, in order.

    They have an empty digest.
    """
    return (
        select(renditions.c.seq)
        .select_from(_REFUSALS)
        .where(*_refused(audiences, owners), renditions.c.digest == b"")
        .order_by(renditions.c.seq)
    )


_REFUSALS: Final = renditions.join(objects, objects.c.seq == renditions.c.seq)


def _refused(audiences: int, owners: int) -> list[ColumnElement[bool]]:
    return [
        renditions.c.version == bindparam("version"),
        renditions.c.raw.is_(None),
        objects.c.module == bindparam("module"),
        objects.c.source == bindparam("source"),
        or_(*(objects.c.audience == bindparam(f"audience{at}") for at in range(audiences))),
        *_of_owners(objects, owners),
        objects.c.last_updated >= bindparam("since"),
        objects.c.last_updated < bindparam("before"),
        objects.c.version != bindparam("version"),
    ]

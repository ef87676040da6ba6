"""Looking objects up, as functions of a connection: used inside one transaction.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from ocpi_runtime.types import Raw
from ocpi_server.store._records import OWN, Key, Stored, StoredRepairs
from ocpi_server.store.database.damage import Damaged, is_whole, number, report
from ocpi_server.store.database.prepared import Prepared, prepared
from ocpi_server.store.database.tables import objects, parties, partners

__all__ = [
    "FEW",
    "KNOWN",
    "UNNAMED",
    "Known",
    "any_of",
    "find_alike",
    "find_held",
    "find_known_seq",
    "find_oldest",
    "find_places",
    "find_repairs",
    "find_row",
    "find_seq",
    "first",
    "first_of",
    "stored_as",
    "whole",
    "whole_of",
]

_IDENTITY: Final = Key._fields
_BEHIND_KEY: Final = 1 + len(_IDENTITY)
_PLACE: Final = itemgetter(0)
FEW: Final = 4
"""So many objects are looked up for less one by one than by one condition for them all."""
_SHOWN: Final = ("source", "audience", "last_updated", "version", "raw", "checksum", "number")
_WHOLE: Final = tuple(objects.c[name] for name in ("seq", *_IDENTITY, *_SHOWN))
UNNAMED: Final = tuple(objects.c[name] for name in ("seq", *_SHOWN))
"""What has to be known of an object to change it, where its key is known already."""
KNOWN: Final = (
    objects.c.seq,
    objects.c.last_updated,
    objects.c.source,
    objects.c.audience,
    func.length(objects.c.raw),
    objects.c.number,
)
"""What has to be known of an object to replace it: its text may be damaged."""
_IDENTIFIED = tuple(objects.c[name] == bindparam(name) for name in _IDENTITY)
_FIND = Prepared(select(*UNNAMED).where(*_IDENTIFIED).with_for_update())
_REPAIRS = Prepared(select(objects.c.repairs, objects.c.sent).where(*_IDENTIFIED))
_FIND_KNOWN = Prepared(select(*KNOWN).where(*_IDENTIFIED).with_for_update())
_KNOWN_SEQ = Prepared(
    select(*(objects.c[name] for name in _IDENTITY), *KNOWN).where(
        objects.c.seq == bindparam("seq")
    )
)
_FIND_SEQ = Prepared(select(*_WHOLE).where(objects.c.seq == bindparam("seq")))
_FIND_PLACES = (
    select(*_WHOLE)
    .where(objects.c.seq.in_(bindparam("places", expanding=True)))
    .order_by(objects.c.seq)
)
_OLDEST = (
    select(*_WHOLE)
    .where(
        objects.c.module == bindparam("module"),
        objects.c.source == bindparam("source"),
        objects.c.audience == "",
        objects.c.last_updated <= bindparam("until"),
    )
    .order_by(objects.c.last_updated)
    .limit(bindparam("most"))
)
_ALIKE = (
    select(*_WHOLE)
    .where(
        objects.c.module == bindparam("module"),
        objects.c.alias == bindparam("alias"),
        objects.c.alias != "",
        objects.c.source == bindparam("source"),
    )
    .order_by(objects.c.seq)
    .limit(bindparam("most"))
)


class Known(NamedTuple):
    """What has to be known of an object to replace it."""

    key: Key
    seq: int
    last_updated: int
    source: str
    audience: str
    size: int
    number: int

    @classmethod
    def read(cls, key: Key, row: Sequence[Any]) -> "Known":
        """Read a row; an instant that is damaged is older than all others."""
        seq, updated, source, audience, size, last = row
        return cls(key, seq, number(updated), source, audience, number(size), number(last))


def find_row(connection: Connection, key: Key, *, whole: bool) -> Sequence[Any] | None:
    """Return the row of an object, and keep other writers away from it until the transaction ends.

    Args:
        connection: Within a transaction.
        key: The object.
        whole: Whether the text is needed: for :func:`stored_as`, else for :meth:`Known.read`.
    """
    return (_FIND if whole else _FIND_KNOWN).first(connection, key._asdict())


def find_repairs(connection: Connection, key: Key) -> StoredRepairs | None:
    """Look up what was repaired of an object; None where nothing was."""
    repairs, sent = _REPAIRS.first(connection, key._asdict()) or (None, None)
    if repairs is None:
        return None
    return StoredRepairs(msgspec.json.decode(repairs), Raw(sent or b""))


def find_known_seq(connection: Connection, seq: int) -> Known | None:
    """Look an object up by its place, without its text."""
    row = _KNOWN_SEQ.first(connection, {"seq": seq})
    return None if row is None else Known.read(Key(*row[: len(_IDENTITY)]), row[len(_IDENTITY) :])


def any_of(keys: Sequence[Key]) -> tuple[Prepared, dict[str, Any]]:
    """Return the statement that looks up which of some distinct objects are there, its values."""
    return _any_of(len(keys)), dict(zip(_names(len(keys)), chain.from_iterable(keys), strict=True))


@lru_cache(maxsize=64)
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"{name}{at}" for at in range(count) for name in _IDENTITY)


def find_held(connection: Connection, keys: Sequence[Key]) -> list[Stored]:
    """Look up which of some objects are ours, or of the registrations that have their parties.

    Args:
        connection: Within a transaction.
        keys: The objects, whoever holds them.
    """
    values = {
        f"{name}{at}": part
        for at, key in enumerate(keys)
        for name, part in _named(key)
        if name != "holder"
    }
    return whole(_held_of(len(keys)).all(connection, values))


def find_places(connection: Connection, places: Sequence[int]) -> list[Stored]:
    """Look objects up by their places in the order of creation."""
    return whole(connection.execute(_FIND_PLACES, {"places": list(places)}))


def find_oldest(
    connection: Connection, module: str, source: str, until: int, most: int
) -> list[Stored]:
    """Look up the objects for everybody that were updated at an instant or before, in order."""
    values = {"module": module, "source": source, "until": until, "most": most}
    return whole(connection.execute(_OLDEST, values))


def find_alike(
    connection: Connection, module: str, source: str, alias: str, most: int
) -> list[Stored]:
    """Look the first objects up that have another name in common."""
    values = {"module": module, "source": source, "alias": alias, "most": most}
    return whole(connection.execute(_ALIKE, values))


def find_seq(connection: Connection, seq: int) -> Stored | None:
    """Look an object up by its place in the order of creation.

    Raises:
        Damaged: It is there and cannot be read.
    """
    return first(_FIND_SEQ.all(connection, {"seq": seq}))


@prepared
def _any_of(count: int) -> Select[Any] | CompoundSelect[Any]:
    if count > FEW:
        return _alike(count, _IDENTITY)  # rows are put in order for less outside of the database
    parts = [
        select(*UNNAMED, literal_column(str(at))).where(_identified(at, _IDENTITY))
        for at in range(count)
    ]
    return parts[0] if count == 1 else union_all(*parts)


@prepared
def _held_of(count: int) -> Select[Any]:
    names = tuple(name for name in _IDENTITY if name != "holder")
    holders = (
        select(func.coalesce(partners.c.linked_partner_id, partners.c.id))
        .join(parties, parties.c.partner_id == partners.c.id)
        .where(
            parties.c.country_code == objects.c.country_code,
            parties.c.party_id == objects.c.party_id,
        )
    )
    ours = objects.c.holder == OWN
    held = or_(ours, objects.c.holder.in_(holders))
    return _alike(count, names).where(held).order_by(objects.c.seq)


def _alike(count: int, names: Sequence[str]) -> Select[Any]:
    """Select all objects that have one of so many identities."""
    named = [_identified(at, names) for at in range(count)]
    return select(*_WHOLE).where(or_(False, *named))  # noqa: FBT003


def _identified(at: int, names: Iterable[str]) -> ColumnElement[bool]:
    """Select the object of one of several identities."""
    return and_(*(objects.c[name] == bindparam(f"{name}{at}") for name in names))


def _named(key: Key) -> Iterable[tuple[str, str]]:
    return zip(key._fields, key, strict=True)


def stored_as(key: Key, row: Sequence[Any]) -> Stored:
    """Read a row of the columns ``UNNAMED``; one that is damaged raises an error."""
    seq, source, audience, updated, version, raw, known, last = row
    if not isinstance(updated, int) or not is_whole(raw, version, known):
        report("objects", seq, f"{key.module} {key.country_code}-{key.party_id} {key.uid}")
        raise Damaged(f"The stored object {key.uid} of {key.module} is damaged.")
    return Stored(seq, key, Raw(raw), updated, version, source, audience, number(last))


def _stored(row: Sequence[Any]) -> Stored:
    """Read a row of the columns ``_WHOLE``; one that is damaged raises an error."""
    return stored_as(Key._make(row[1:_BEHIND_KEY]), (row[0], *row[_BEHIND_KEY:]))


def first(found: Sequence[Sequence[Any]]) -> Stored | None:
    """Read the first row.

    Raises:
        Damaged: It is there and cannot be read.
    """
    return _stored(found[0]) if found else None


def whole(found: Iterable[Sequence[Any]]) -> list[Stored]:
    """Read rows; what is damaged is left out and reported."""
    return list(_undamaged(_stored, found))


def first_of(key: Key, found: Sequence[Sequence[Any]]) -> Stored | None:
    """Read what the statement of :func:`any_of` found for one key; see :func:`first`."""
    return stored_as(key, found[0][:-1]) if found else None


def whole_of(keys: Sequence[Key], found: Sequence[Sequence[Any]]) -> list[Stored]:
    """Read what the statement of :func:`any_of` found, in the order of creation, likewise."""
    rows = sorted(found, key=_PLACE) if len(found) > 1 else found
    if len(keys) > FEW:
        return whole(rows)
    return list(_undamaged(lambda row: stored_as(keys[row[-1]], row[:-1]), rows))


def _undamaged(
    read: Callable[[Sequence[Any]], Stored], found: Iterable[Sequence[Any]]
) -> Iterator[Stored]:
    for row in found:
        try:
            yield read(row)
        except Damaged:
            continue

"""The statements on objects, as functions of a connection: used inside one transaction.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from ocpi_runtime.types import Raw
from ocpi_server.store.moves import ListName, Log, Move, Moved
from ocpi_server.store.records import Draft, Key, Stored
from ocpi_server.store.tables import listings, objects, renditions

__all__ = [
    "Known",
    "add",
    "add_all",
    "find",
    "find_alike",
    "find_all",
    "find_any",
    "find_oldest",
    "find_places",
    "find_seq",
    "overwrite",
    "overwrite_all",
    "remove",
]

_MOST_NAMES: Final = 1000
"""How many names one statement looks up: databases bound the parameters of a statement."""
_IDENTITY: Final = ("module", "country_code", "party_id", "uid", "variant")
_PLACE: Final = ("module", "country_code", "party_id", "variant")
_CHANGEABLE: Final = ("raw", "last_updated", "version", "source", "audience", "alias")
_WHOLE: Final = tuple(
    objects.c[name]
    for name in ("seq", *_IDENTITY, "source", "audience", "last_updated", "version", "raw")
)
_FIND = select(*_WHOLE).where(*(objects.c[name] == bindparam(name) for name in _IDENTITY))
_LOCK = _FIND.with_for_update()
_FIND_ALL = (
    select(
        objects.c.uid, objects.c.seq, objects.c.last_updated, objects.c.source, objects.c.audience
    )
    .where(
        *(objects.c[name] == bindparam(name) for name in _IDENTITY if name != "uid"),
        objects.c.uid.in_(bindparam("uids", expanding=True)),
    )
    .with_for_update()
)
_FIND_SEQ = select(*_WHOLE).where(objects.c.seq == bindparam("seq"))
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
_ADD = insert(objects)
_OVERWRITE = (
    update(objects)
    .where(objects.c.seq == bindparam("at"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_REMOVE = delete(objects).where(objects.c.seq == bindparam("at"))
_FORGET = delete(renditions).where(renditions.c.seq == bindparam("at"))

_OF_LIST: Final = tuple(f"of_{field}" for field in ListName._fields)
_COUNT = (
    update(listings)
    .where(*(listings.c[name] == bindparam(f"of_{name}") for name in ListName._fields))
    .values(
        total=listings.c.total + bindparam("more"),
        changes=listings.c.changes + bindparam("steps"),
        shifts=listings.c.shifts + bindparam("shift"),
    )
)
_COUNT_AND_TELL = _COUNT.returning(listings.c.changes)
_FIRST = insert(listings)


class Known(NamedTuple):
    """What has to be known of an object to replace it."""

    key: Key
    seq: int
    last_updated: int
    source: str
    audience: str


def find(connection: Connection, key: Key, *, lock: bool = False) -> Stored | None:
    """Look an object up; ``lock`` keeps other writers away until the transaction ends."""
    row = connection.execute(_LOCK if lock else _FIND, key._asdict()).first()
    return None if row is None else _stored(row)


def find_any(connection: Connection, keys: Sequence[Key]) -> list[Stored]:
    """Look up which of some objects are there, in the order of creation."""
    values = {f"{name}{at}": part for at, key in enumerate(keys) for name, part in _named(key)}
    return [_stored(row) for row in connection.execute(_any_of(len(keys)), values)]


def find_all(connection: Connection, keys: Iterable[Key]) -> dict[Key, Known]:
    """Look many objects up, without their text, and keep other writers away from them."""
    found: dict[Key, Known] = {}
    for place, same in groupby(sorted(keys, key=_place), _place):
        module, country_code, party_id, variant = place
        values: dict[str, Any] = dict(zip(_PLACE, place, strict=True))
        names = [key.uid for key in same]
        for start in range(0, len(names), _MOST_NAMES):
            values["uids"] = names[start : start + _MOST_NAMES]
            for uid, *rest in connection.execute(_FIND_ALL, values):
                key = Key(module, country_code, party_id, uid, variant)
                found[key] = Known(key, *rest)
    return found


def find_places(connection: Connection, places: Sequence[int]) -> list[Stored]:
    """Look objects up by their places in the order of creation."""
    return [_stored(row) for row in connection.execute(_FIND_PLACES, {"places": list(places)})]


def find_oldest(
    connection: Connection, module: str, source: str, until: int, most: int
) -> list[Stored]:
    """Look up the objects for everybody that were updated at an instant or before, in order."""
    values = {"module": module, "source": source, "until": until, "most": most}
    return [_stored(row) for row in connection.execute(_OLDEST, values)]


def find_alike(
    connection: Connection, module: str, source: str, alias: str, most: int
) -> list[Stored]:
    """Look the first objects up that have another name in common."""
    values = {"module": module, "source": source, "alias": alias, "most": most}
    return [_stored(row) for row in connection.execute(_ALIKE, values)]


def find_seq(connection: Connection, seq: int) -> Stored | None:
    """Look an object up by its place in the order of creation."""
    row = connection.execute(_FIND_SEQ, {"seq": seq}).first()
    return None if row is None else _stored(row)


def add(connection: Connection, draft: Draft, log: Log) -> int:
    """Insert an object and give its ``seq``."""
    created = connection.execute(_ADD, _new(draft)).inserted_primary_key
    name = ListName.of(draft.key, draft.source, draft.audience)
    _count(connection, name, [Move(None, draft.last_updated)], log)
    return int(created[0]) if created else 0


def add_all(connection: Connection, drafts: Sequence[Draft], log: Log) -> None:
    """Insert many objects."""
    if not drafts:
        return
    connection.execute(_ADD, [_new(draft) for draft in drafts])
    moves: dict[ListName, list[Move]] = defaultdict(list)
    for draft in drafts:
        name = ListName.of(draft.key, draft.source, draft.audience)
        moves[name].append(Move(None, draft.last_updated))
    for name, made in moves.items():
        _count(connection, name, made, log)


def overwrite(connection: Connection, old: Stored | Known, draft: Draft, log: Log) -> None:
    """Replace the bytes of an object; its place in the order of creation stays."""
    overwrite_all(connection, [(old, draft)], log)


def overwrite_all(
    connection: Connection, pairs: Sequence[tuple[Stored | Known, Draft]], log: Log
) -> None:
    """Replace the bytes of many objects."""
    if not pairs:
        return
    values = [_changed(old, draft) for old, draft in pairs]
    connection.execute(_OVERWRITE, values if len(values) > 1 else values[0])
    stay: dict[ListName, list[Move]] = defaultdict(list)
    shift: dict[ListName, list[Move]] = defaultdict(list)
    for old, draft in pairs:
        left = ListName.of(old.key, old.source, old.audience)
        entered = ListName.of(old.key, draft.source, draft.audience)
        if left == entered:
            stay[left].append(Move(old.last_updated, draft.last_updated, old.seq))
        else:
            shift[left].append(Move(old.last_updated, None, old.seq))
            shift[entered].append(Move(None, draft.last_updated, old.seq))
    for name, moves in stay.items():
        _count(connection, name, moves, log)
    for name, moves in shift.items():
        _count(connection, name, moves, log, shift=1)


def remove(connection: Connection, old: Stored, log: Log) -> None:
    """Delete an object and its renditions."""
    connection.execute(_REMOVE, {"at": old.seq})
    connection.execute(_FORGET, {"at": old.seq})
    name = ListName.of(old.key, old.source, old.audience)
    _count(connection, name, [Move(old.last_updated, None, old.seq)], log, shift=1)


@lru_cache(maxsize=32)
def _any_of(count: int) -> Select[Any]:
    alike = [
        and_(*(objects.c[name] == bindparam(f"{name}{at}") for name in _IDENTITY))
        for at in range(count)
    ]
    return select(*_WHOLE).where(or_(False, *alike)).order_by(objects.c.seq)  # noqa: FBT003


def _named(key: Key) -> Iterable[tuple[str, str]]:
    return zip(key._fields, key, strict=True)


def _place(key: Key) -> tuple[str, str, str, str]:
    return key.module, key.country_code, key.party_id, key.variant


def _new(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = draft.key._asdict()
    values["source"] = draft.source
    values["audience"] = draft.audience
    values["last_updated"] = draft.last_updated
    values["version"] = draft.version
    values["raw"] = bytes(draft.raw)
    values["alias"] = draft.alias
    return values


def _changed(old: Stored | Known, draft: Draft) -> dict[str, Any]:
    return {
        "at": old.seq,
        "new_raw": bytes(draft.raw),
        "new_last_updated": draft.last_updated,
        "new_version": draft.version,
        "new_source": draft.source,
        "new_audience": draft.audience,
        "new_alias": draft.alias,
    }


def _count(
    connection: Connection, name: ListName, moves: list[Move], log: Log, *, shift: int = 0
) -> None:
    """Note in the row of a list what was done to it, and in the log what that was."""
    values: dict[str, Any] = dict(zip(_OF_LIST, name, strict=True))
    more = sum((now is not None) - (was is not None) for was, now, _ in moves)
    values["more"], values["steps"], values["shift"] = more, len(moves), shift
    told = connection.dialect.update_returning
    done = connection.execute(_COUNT_AND_TELL if told else _COUNT, values)
    last = done.scalar() if told else done.rowcount or None
    if last is None:
        last = len(moves)
        numbers = {"total": more, "changes": last, "shifts": shift}
        connection.execute(_FIRST, {**name._asdict(), **numbers})
    if told:
        log.append(Moved(name, int(last), moves))


def _stored(row: Row[*tuple[Any, ...]]) -> Stored:
    seq, module, country, party, uid, variant, source, audience, updated, version, raw = row
    key = Key(module, country, party, uid, variant)
    return Stored(seq, key, Raw(raw), updated, version, source, audience)

"""The statements on objects, as functions of a connection: used inside one transaction.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from ocpi_runtime.types import Raw
from ocpi_server.store.records import Draft, Key, Stored
from ocpi_server.store.tables import listings, objects, renditions

__all__ = ["add", "find", "find_seq", "overwrite", "remove"]

_IDENTITY: Final = ("module", "country_code", "party_id", "uid", "variant")
_CHANGEABLE: Final = ("raw", "last_updated", "version", "source", "audience")
_FIND = select(objects).where(*(objects.c[name] == bindparam(name) for name in _IDENTITY))
_LOCK = _FIND.with_for_update()
_FIND_SEQ = select(objects).where(objects.c.seq == bindparam("seq"))
_ADD = insert(objects)
_OVERWRITE = (
    update(objects)
    .where(objects.c.seq == bindparam("at"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_REMOVE = delete(objects).where(objects.c.seq == bindparam("at"))
_FORGET = delete(renditions).where(renditions.c.seq == bindparam("at"))

_LISTING: Final = ("module", "source", "audience", "country_code", "party_id")
_COUNT = (
    update(listings)
    .where(*(listings.c[name] == bindparam(f"of_{name}") for name in _LISTING))
    .values(
        total=listings.c.total + bindparam("more"),
        changes=listings.c.changes + 1,
        shifts=listings.c.shifts + bindparam("shift"),
    )
)
_FIRST = insert(listings)


def find(connection: Connection, key: Key, *, lock: bool = False) -> Stored | None:
    """Look an object up; ``lock`` keeps other writers away until the transaction ends."""
    row = connection.execute(_LOCK if lock else _FIND, key._asdict()).first()
    return None if row is None else _stored(row)


def find_seq(connection: Connection, seq: int) -> Stored | None:
    """Look an object up by its place in the order of creation."""
    row = connection.execute(_FIND_SEQ, {"seq": seq}).first()
    return None if row is None else _stored(row)


def add(connection: Connection, draft: Draft) -> int:
    """Insert an object and give its ``seq``."""
    values: dict[str, Any] = draft.key._asdict()
    values |= {
        "source": draft.source,
        "audience": draft.audience,
        "last_updated": draft.last_updated,
        "version": draft.version,
        "raw": bytes(draft.raw),
    }
    created = connection.execute(_ADD, values).inserted_primary_key
    _count(connection, draft.key, draft.source, draft.audience, more=1)
    return int(created[0]) if created else 0


def overwrite(connection: Connection, old: Stored, draft: Draft) -> None:
    """Replace the bytes of an object; its place in the order of creation stays."""
    values = {
        "at": old.seq,
        "new_raw": bytes(draft.raw),
        "new_last_updated": draft.last_updated,
        "new_version": draft.version,
        "new_source": draft.source,
        "new_audience": draft.audience,
    }
    connection.execute(_OVERWRITE, values)
    if (old.source, old.audience) == (draft.source, draft.audience):
        _count(connection, old.key, old.source, old.audience)
        return
    _count(connection, old.key, old.source, old.audience, more=-1, shift=1)
    _count(connection, old.key, draft.source, draft.audience, more=1, shift=1)


def remove(connection: Connection, old: Stored) -> None:
    """Delete an object and its renditions."""
    connection.execute(_REMOVE, {"at": old.seq})
    connection.execute(_FORGET, {"at": old.seq})
    _count(connection, old.key, old.source, old.audience, more=-1, shift=1)


def _count(
    connection: Connection,
    key: Key,
    source: str,
    audience: str,
    *,
    more: int = 0,
    shift: int = 0,
) -> None:
    names = {
        "of_module": key.module,
        "of_source": source,
        "of_audience": audience,
        "of_country_code": key.country_code,
        "of_party_id": key.party_id,
    }
    if connection.execute(_COUNT, {**names, "more": more, "shift": shift}).rowcount:
        return
    first = {name.removeprefix("of_"): value for name, value in names.items()}
    connection.execute(_FIRST, {**first, "total": more, "changes": 1, "shifts": shift})


def _stored(row: Row[*tuple[Any, ...]]) -> Stored:
    seq, module, country, party, uid, variant, source, audience, updated, version, raw = row
    key = Key(module, country, party, uid, variant)
    return Stored(seq, key, Raw(raw), updated, version, source, audience)

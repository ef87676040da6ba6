"""Writing objects, as functions of a connection: used inside one transaction.

What partners must be sent of a change is noted with it.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection, bindparam, delete, insert, update

from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import RepairedText
from ocpi_server._clock import is_older
from ocpi_server.store import _finding as finding
from ocpi_server.store._counts import Done, count
from ocpi_server.store._finding import Known
from ocpi_server.store._moves import ListName, Log, Move
from ocpi_server.store._quota import Guard
from ocpi_server.store._records import (
    Draft,
    Duplicate,
    Key,
    Put,
    Stored,
    audience_of,
    is_set_aside,
    party_of,
)
from ocpi_server.store.database.damage import checksum
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import objects, renditions
from ocpi_server.store.outbox import Announcement, remember

__all__ = [
    "TEXT_COLUMNS",
    "Change",
    "add",
    "change",
    "create",
    "dated",
    "delete_object",
    "next_number",
    "overwrite",
    "overwrite_all",
    "put",
    "remove",
    "stays",
    "text_columns",
]

Change = Callable[[Stored], Draft | None]
"""Makes the new state of an object from the stored one; None leaves it as it is."""

_FINAL: Final = frozenset({"cdrs"})
"""Modules whose objects never change once they are there."""

TEXT_COLUMNS: Final = ("raw", "checksum", "repairs", "sent")
_CHANGEABLE: Final = (
    "raw",
    "last_updated",
    "version",
    "source",
    "audience",
    "alias",
    "checksum",
    "repairs",
    "sent",
    "number",
)
_ADD = insert(objects)
_OVERWRITE = Prepared(
    update(objects)
    .where(objects.c.seq == bindparam("at"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_REMOVE = delete(objects).where(objects.c.seq == bindparam("at"))
_FORGET = delete(renditions).where(renditions.c.seq == bindparam("at"))


def next_number(last: int = 0) -> int:
    """Return the number of a change, in the transaction of the change and below the row's lock."""
    return max(last + 1, time.time_ns() // 1000)


def put(
    connection: Connection,
    draft: Draft,
    log: Log,
    guard: Guard,
    announcement: Announcement | None,
) -> Put:
    """Create or replace an object; what is newer than the draft stays, and so does a CDR."""
    old = finding.find_known(connection, draft.key)
    guard.check_size(draft, 0 if old is None else old.size)
    number = next_number(0 if old is None else old.number)
    if old is None:
        add(connection, draft, log, number)
    else:
        draft = dated(old, draft)
        if stays(old, draft):
            return Put.STALE
        overwrite(connection, old, draft, log, number)
    _announce(connection, draft.key, number, announcement, b"")
    return Put.CREATED if old is None else Put.UPDATED


def create(
    connection: Connection,
    draft: Draft,
    log: Log,
    guard: Guard,
    announcement: Announcement | None,
) -> int:
    """Create an object that may never be replaced, and return its ``seq``."""
    guard.check_size(draft)
    if finding.find_known(connection, draft.key) is not None:
        raise Duplicate(draft.key.uid)
    number = next_number()
    seq = add(connection, draft, log, number)
    _announce(connection, draft.key, number, announcement, b"")
    return seq


def change(
    connection: Connection,
    key: Key,
    edit: Change,
    log: Log,
    guard: Guard,
    announcement: Announcement | None,
) -> Stored | None:
    """Replace an object by what ``edit`` makes of it; return what was stored before."""
    old = finding.find(connection, key)
    draft = None if old is None else edit(old)
    if old is None or draft is None:
        return old
    guard.check_size(draft, len(old.raw))
    number = next_number(old.number)
    overwrite(connection, old, draft, log, number)
    if draft.raw != old.raw:
        _announce(connection, key, number, announcement, old.raw)
    return old


def delete_object(
    connection: Connection, key: Key, log: Log, announcement: Announcement | None
) -> bool:
    """Delete an object; false where there was none."""
    old = finding.find_known(connection, key)
    if old is None:
        return False
    remove(connection, old, log)
    _announce(connection, key, next_number(old.number), announcement, b"")
    return True


def dated(old: Known, draft: Draft) -> Draft:
    """Return an object without ``last_updated`` as newer than the one that is stored."""
    if not draft.undated or draft.last_updated > old.last_updated:
        return draft
    return structs.replace(draft, last_updated=old.last_updated + 1)


def stays(old: Stored | Known, draft: Draft) -> bool:
    """Return whether what is stored stays as it is."""
    return draft.key.module in _FINAL or is_older(draft.last_updated, old.last_updated)


def _announce(
    connection: Connection,
    key: Key,
    number: int,
    announcement: Announcement | None,
    before: bytes,
) -> None:
    if announcement is not None:
        remember(connection, key, number, announcement, before)


def add(connection: Connection, draft: Draft, log: Log, number: int | None = None) -> int:
    """Insert an object and return its ``seq``."""
    created = connection.execute(_ADD, _new(draft, number)).inserted_primary_key
    name = ListName.of(draft.key, draft.source, draft.audience)
    count(connection, name, Done([Move(None, draft.last_updated)], len(draft.raw)), log)
    return int(created[0]) if created else 0


def overwrite(
    connection: Connection,
    old: Stored | Known,
    draft: Draft,
    log: Log,
    number: int | None = None,
) -> None:
    """Replace the bytes of an object; its place in the order of creation stays."""
    draft = _for_the_same(old, draft)
    _OVERWRITE.run(connection, _changed(old, draft, number))
    for name, shift, move, growth in _moves(old, draft):
        count(connection, name, Done([move], growth), log, shift=shift)


def overwrite_all(
    connection: Connection,
    pairs: Sequence[tuple[Stored | Known, Draft]],
    log: Log,
    number: int | None = None,
) -> None:
    """Replace the bytes of many objects."""
    if not pairs:
        return
    pairs = [(old, _for_the_same(old, draft)) for old, draft in pairs]
    values = [_changed(old, draft, number) for old, draft in pairs]
    _OVERWRITE.run_all(connection, values)
    made: dict[tuple[ListName, int], Done] = defaultdict(Done)
    for old, draft in pairs:
        for name, shift, move, growth in _moves(old, draft):
            made[name, shift].add(move, growth)
    for (name, shift), done in made.items():
        count(connection, name, done, log, shift=shift)


def _moves(old: Stored | Known, draft: Draft) -> list[tuple[ListName, int, Move, int]]:
    """Return the lists that a change touches, whether others move up, the move, and the growth."""
    left = ListName.of(old.key, old.source, old.audience)
    entered = ListName.of(old.key, draft.source, draft.audience)
    size, was = len(draft.raw), _size(old)
    if left == entered:
        return [(left, 0, Move(old.last_updated, draft.last_updated, old.seq), size - was)]
    return [
        (left, 1, Move(old.last_updated, None, old.seq), -was),
        (entered, 1, Move(None, draft.last_updated, old.seq), size),
    ]


def remove(connection: Connection, old: Stored | Known, log: Log) -> None:
    """Delete an object and its renditions."""
    connection.execute(_REMOVE, {"at": old.seq})
    connection.execute(_FORGET, {"at": old.seq})
    name = ListName.of(old.key, old.source, old.audience)
    done = Done([Move(old.last_updated, None, old.seq)], -_size(old))
    count(connection, name, done, log, shift=1)


def _for_the_same(old: Stored | Known, draft: Draft) -> Draft:
    """Keep an object set aside: its text names a party, not the registration that had it."""
    if is_set_aside(old.audience) and draft.audience == audience_of(party_of(old.audience)):
        return structs.replace(draft, audience=old.audience)
    return draft


def _new(draft: Draft, number: int | None = None) -> dict[str, Any]:
    values: dict[str, Any] = draft.key._asdict()
    values["source"] = draft.source
    values["audience"] = draft.audience
    values["last_updated"] = draft.last_updated
    values["version"] = draft.version
    values["alias"] = draft.alias
    values["number"] = number or next_number()
    values.update(zip(TEXT_COLUMNS, text_columns(draft), strict=True))
    return values


def text_columns(draft: Draft) -> tuple[bytes, int, str | None, bytes | None]:
    """Return the text of an object, its checksum, what was repaired, and the text that was sent."""
    raw = draft.raw
    repairs, sent = None, None
    if isinstance(raw, RepairedText):
        repairs, sent = encode(raw.report()).decode(), bytes(raw.sent)
    return bytes(raw), checksum(raw, draft.version), repairs, sent


def _changed(old: Stored | Known, draft: Draft, number: int | None) -> dict[str, Any]:
    raw, check, repairs, sent = text_columns(draft)
    return {
        "at": old.seq,
        "new_raw": raw,
        "new_last_updated": draft.last_updated,
        "new_version": draft.version,
        "new_source": draft.source,
        "new_audience": draft.audience,
        "new_alias": draft.alias,
        "new_checksum": check,
        "new_repairs": repairs,
        "new_sent": sent,
        "new_number": number or next_number(old.number),
    }


def _size(old: Stored | Known) -> int:
    return old.size if isinstance(old, Known) else len(old.raw)

"""Writing objects, as functions of a connection: used inside one transaction.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection, bindparam, delete, insert, update

from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import RepairedText
from ocpi_server._clock import is_older
from ocpi_server.store._counts import Tally
from ocpi_server.store._finding import Known
from ocpi_server.store._moves import ListName, Move
from ocpi_server.store._records import (
    Draft,
    Stored,
    kept_audience,
)
from ocpi_server.store.database.damage import checksum
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import objects, renditions

__all__ = [
    "TEXT_COLUMNS",
    "add",
    "dated",
    "next_number",
    "overwrite_all",
    "remove",
    "stays",
    "text_columns",
]

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


def dated(old: Known, draft: Draft) -> Draft:
    """Return an object without ``last_updated`` as newer than the one that is stored."""
    if not draft.undated or draft.last_updated > old.last_updated:
        return draft
    return structs.replace(draft, last_updated=old.last_updated + 1)


def stays(old: Stored | Known, draft: Draft) -> bool:
    """Return whether what is stored stays as it is."""
    return draft.key.module in _FINAL or is_older(draft.last_updated, old.last_updated)


def add(connection: Connection, draft: Draft, tally: Tally, number: int) -> int:
    """Insert an object and return its ``seq``."""
    name = ListName.of(draft.key, draft.source, draft.audience)
    tally.add(name, Move(None, draft.last_updated), len(draft.raw))
    created = connection.execute(_ADD, _new(draft, number)).inserted_primary_key
    return int(created[0]) if created else 0


def overwrite_all(
    connection: Connection,
    pairs: Sequence[tuple[Stored | Known, Draft]],
    tally: Tally,
    number: int,
) -> None:
    """Replace the bytes of objects; their places in the order of creation stay."""
    if not pairs:
        return
    pairs = [(old, _for_the_same(old, draft)) for old, draft in pairs]
    for old, draft in pairs:
        _move(old, draft, tally)
    _OVERWRITE.run_all(connection, [_changed(old, draft, number) for old, draft in pairs])


def _move(old: Stored | Known, draft: Draft, tally: Tally) -> None:
    """Add up what a change does to the lists that it touches."""
    left = ListName.of(old.key, old.source, old.audience)
    size, was = len(draft.raw), _size(old)
    if (old.source, old.audience) == (draft.source, draft.audience):
        tally.add(left, Move(old.last_updated, draft.last_updated, old.seq), size - was)
        return
    entered = ListName.of(old.key, draft.source, draft.audience)
    tally.add(left, Move(old.last_updated, None, old.seq), -was, shift=True)
    tally.add(entered, Move(None, draft.last_updated, old.seq), size, shift=True)


def remove(connection: Connection, old: Stored | Known, tally: Tally) -> None:
    """Delete an object and its renditions."""
    name = ListName.of(old.key, old.source, old.audience)
    tally.add(name, Move(old.last_updated, None, old.seq), -_size(old), shift=True)
    connection.execute(_REMOVE, {"at": old.seq})
    connection.execute(_FORGET, {"at": old.seq})


def _for_the_same(old: Stored | Known, draft: Draft) -> Draft:
    kept = kept_audience(old.audience, draft.audience)
    return draft if kept == draft.audience else structs.replace(draft, audience=kept)


def _new(draft: Draft, number: int) -> dict[str, Any]:
    values: dict[str, Any] = draft.key._asdict()
    values["source"] = draft.source
    values["audience"] = draft.audience
    values["last_updated"] = draft.last_updated
    values["version"] = draft.version
    values["alias"] = draft.alias
    values["number"] = number
    values.update(zip(TEXT_COLUMNS, text_columns(draft), strict=True))
    return values


def text_columns(draft: Draft) -> tuple[bytes, int, str | None, bytes | None]:
    """Return the text of an object, its checksum, what was repaired, and the text that was sent."""
    raw = draft.raw
    repairs, sent = None, None
    if isinstance(raw, RepairedText):
        repairs, sent = encode(raw.report()).decode(), bytes(raw.sent)
    return bytes(raw), checksum(raw, draft.version), repairs, sent


def _changed(old: Stored | Known, draft: Draft, number: int) -> dict[str, Any]:
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
        "new_number": number,
    }


def _size(old: Stored | Known) -> int:
    return old.size if isinstance(old, Known) else len(old.raw)

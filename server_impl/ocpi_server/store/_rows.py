"""Writing objects, as functions of a connection: used inside one transaction.

The statements are built once; SQLAlchemy caches what it compiles from them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, update

from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import RepairedText
from ocpi_server.store._counts import Done, count
from ocpi_server.store._finding import Known
from ocpi_server.store._moves import ListName, Log, Move
from ocpi_server.store._records import Draft, Stored, audience_of, is_set_aside, party_of
from ocpi_server.store.database.damage import checksum
from ocpi_server.store.database.tables import objects, renditions

__all__ = ["add", "add_all", "overwrite", "overwrite_all", "remove"]

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
)
_ADD = insert(objects)
_OVERWRITE = (
    update(objects)
    .where(objects.c.seq == bindparam("at"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_REMOVE = delete(objects).where(objects.c.seq == bindparam("at"))
_FORGET = delete(renditions).where(renditions.c.seq == bindparam("at"))


def add(connection: Connection, draft: Draft, log: Log) -> int:
    """Insert an object and give its ``seq``."""
    created = connection.execute(_ADD, _new(draft)).inserted_primary_key
    name = ListName.of(draft.key, draft.source, draft.audience)
    count(connection, name, Done([Move(None, draft.last_updated)], len(draft.raw)), log)
    return int(created[0]) if created else 0


def add_all(connection: Connection, drafts: Sequence[Draft], log: Log) -> None:
    """Insert many objects."""
    if not drafts:
        return
    connection.execute(_ADD, [_new(draft) for draft in drafts])
    done: dict[ListName, Done] = defaultdict(Done)
    for draft in drafts:
        name = ListName.of(draft.key, draft.source, draft.audience)
        done[name].add(Move(None, draft.last_updated), len(draft.raw))
    for name, made in done.items():
        count(connection, name, made, log)


def overwrite(connection: Connection, old: Stored | Known, draft: Draft, log: Log) -> None:
    """Replace the bytes of an object; its place in the order of creation stays."""
    overwrite_all(connection, [(old, draft)], log)


def overwrite_all(
    connection: Connection, pairs: Sequence[tuple[Stored | Known, Draft]], log: Log
) -> None:
    """Replace the bytes of many objects."""
    if not pairs:
        return
    pairs = [(old, _for_the_same(old, draft)) for old, draft in pairs]
    values = [_changed(old, draft) for old, draft in pairs]
    connection.execute(_OVERWRITE, values if len(values) > 1 else values[0])
    stay: dict[ListName, Done] = defaultdict(Done)
    shift: dict[ListName, Done] = defaultdict(Done)
    for old, draft in pairs:
        left = ListName.of(old.key, old.source, old.audience)
        entered = ListName.of(old.key, draft.source, draft.audience)
        size, was = len(draft.raw), _size(old)
        if left == entered:
            stay[left].add(Move(old.last_updated, draft.last_updated, old.seq), size - was)
        else:
            shift[left].add(Move(old.last_updated, None, old.seq), -was)
            shift[entered].add(Move(None, draft.last_updated, old.seq), size)
    for name, done in stay.items():
        count(connection, name, done, log)
    for name, done in shift.items():
        count(connection, name, done, log, shift=1)


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
        return replace(draft, audience=old.audience)
    return draft


def _new(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = draft.key._asdict()
    values["source"] = draft.source
    values["audience"] = draft.audience
    values["last_updated"] = draft.last_updated
    values["version"] = draft.version
    values["raw"] = bytes(draft.raw)
    values["alias"] = draft.alias
    values["checksum"] = checksum(draft.raw, draft.version)
    values["repairs"], values["sent"] = _repaired(draft.raw)
    return values


def _repaired(raw: bytes) -> tuple[str | None, bytes | None]:
    """Return what is kept of the repairs of an object, and the text that was sent."""
    if not isinstance(raw, RepairedText):
        return None, None
    return encode(raw.report()).decode(), bytes(raw.sent)


def _changed(old: Stored | Known, draft: Draft) -> dict[str, Any]:
    repairs, sent = _repaired(draft.raw)
    return {
        "at": old.seq,
        "new_raw": bytes(draft.raw),
        "new_last_updated": draft.last_updated,
        "new_version": draft.version,
        "new_source": draft.source,
        "new_audience": draft.audience,
        "new_alias": draft.alias,
        "new_checksum": checksum(draft.raw, draft.version),
        "new_repairs": repairs,
        "new_sent": sent,
    }


def _size(old: Stored | Known) -> int:
    return old.size if isinstance(old, Known) else len(old.raw)

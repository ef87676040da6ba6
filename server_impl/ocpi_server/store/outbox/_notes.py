"""Notes of what partners must be sent, as functions of a connection that writes objects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, null

from ocpi_server.store._records import Key
from ocpi_server.store.database.outbox_tables import notes
from ocpi_server.store.database.prepared import Prepared, upsert_into

__all__ = [
    "CDR",
    "KEY",
    "REMOVAL",
    "STATE",
    "Announcement",
    "ChangedParts",
    "Note",
    "remember",
    "remember_all",
    "remember_each",
]

STATE: Final = "state"
REMOVAL: Final = "removal"
CDR: Final = "cdr"

KEY: Final = ("module", "country_code", "party_id", "uid", "variant", "partner")


_NEW_KEY: Final = tuple(f"new_{name}" for name in Key._fields)
_NEW: Final = (*KEY, "holder", "kind", "parts", "removed", "message", "number")


class ChangedParts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a change touches; a partner that has the state before needs no more.

    Attributes:
        fields: The fields that changed.
        evse_uid: The EVSE that has them; None for the object itself.
        periods: How many charging periods there were before, where some were added.
    """

    fields: tuple[str, ...]
    evse_uid: str | None = None
    periods: int | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """Partners that a change is for.

    Attributes:
        partners: Their ids.
        kind: ``state`` or ``cdr``; a removal is known from what is done.
        parts: Returns what the change touches, from the text before; None: the whole object, as
            where it returns None.
        removed: The ids of an object that is removed, as it wrote them.
        message: The message of a partner that is passed on, for whoever passes it on.
        everybody: Whether it is for all partners that take the module.
    """

    partners: tuple[str, ...]
    kind: str = STATE
    parts: Callable[[bytes], ChangedParts | None] | None = None
    removed: dict[str, str] | None = None
    message: bytes | None = None
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What one partner must be sent of one object.

    Attributes:
        key: The object.
        partner: The partner.
        kind: ``state``, ``removal`` or ``cdr``.
        parts: What has changed; None for the whole object.
        removed: The ids of an object that is gone, as it wrote them.
        number: That of the last change.
        since: That of the first change that was not sent.
        tries: How often it failed.
        refused: How often the partner refused it.
        message: The message that made the last change, of an object that is passed on.
    """

    key: Key
    partner: str
    kind: str
    parts: ChangedParts | None
    removed: dict[str, str] | None
    number: int
    since: int
    tries: int
    refused: int
    message: bytes | None = None

    @property
    def is_one_change(self) -> bool:
        """Whether the partner lacks the last change only."""
        return self.number == self.since

    @property
    def name(self) -> dict[str, str]:
        """The columns that name the note."""
        named = self.key._asdict()
        del named["holder"]
        return {**named, "partner": self.partner}


def remember(
    connection: Connection, key: Key, number: int, announcement: Announcement, before: bytes
) -> None:
    """Note a change of an object for partners; see :func:`remember_all`."""
    remember_all(connection, [key], number, announcement, before)


def remember_all(
    connection: Connection,
    keys: Sequence[Key],
    number: int,
    announcement: Announcement,
    before: bytes = b"",
) -> None:
    """Note a change of objects for partners; see :func:`remember_each`."""
    remember_each(connection, [(key, number) for key in keys], announcement, before)


def remember_each(
    connection: Connection,
    changes: Sequence[tuple[Key, int]],
    announcement: Announcement,
    before: bytes = b"",
) -> None:
    """Note changes of objects for partners, in place of earlier ones that were not sent.

    Args:
        connection: Within the transaction of the changes.
        changes: The objects, each with the number of its change.
        announcement: Whom they are for.
        before: The text before; empty for new objects.
    """
    removed = announcement.removed
    parts = None if announcement.parts is None or not before else announcement.parts(before)
    values = {
        "new_kind": announcement.kind if removed is None else REMOVAL,
        "new_parts": _text(parts),
        "new_removed": _text(removed),
        "new_message": announcement.message,
    }
    named = [
        {**values, "new_number": number, **dict(zip(_NEW_KEY, key, strict=True))}
        for key, number in changes
    ]
    # In the same order everywhere, so that two writers cannot wait for each other.
    rows = [
        {**each, "new_partner": partner}
        for partner in sorted(announcement.partners)
        for each in named
    ]
    if rows:
        _upsert(connection.dialect.name).run_all(connection, rows)


def _text(value: ChangedParts | dict[str, str] | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


@cache
def _upsert(dialect: str) -> Prepared:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _NEW}
    values |= {"since": bindparam("new_number"), "due": 0, "tries": 0, "refused": 0}
    insert = upsert_into(notes, dialect).values(values)
    new = insert.excluded
    # Something else was to be sent, or it is not known what arrived: then the whole object is.
    alike = and_(notes.c.parts == new.parts, notes.c.kind == new.kind, notes.c.tries == 0)
    later = case((new.number > notes.c.number, new.number), else_=notes.c.number + 1)
    statement = insert.on_conflict_do_update(
        index_elements=list(KEY),
        set_={
            "kind": new.kind,
            "parts": case((alike, notes.c.parts), else_=null()),
            "removed": new.removed,
            "holder": new.holder,
            "message": new.message,
            "number": later,
            "due": 0,
            "tries": 0,
            "refused": 0,
            "error": null(),
        },
    )
    return Prepared(statement)

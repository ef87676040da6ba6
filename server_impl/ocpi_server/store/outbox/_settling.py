"""How sending went, kept in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, update

from ocpi_server.store._records import OWN
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import objects
from ocpi_server.store.outbox._notes import KEY, Note

__all__ = ["PARKED", "Attempt", "LaneState", "settle"]

PARKED: Final = 2**62
"""When a note is due that waits for an operator or for the next change."""

_SAME = (*(notes.c[name] == bindparam(f"of_{name}") for name in KEY),)
_AS_SENT = (*_SAME, notes.c.number == bindparam("of_number"))
_SENT = Prepared(delete(notes).where(*_AS_SENT))
_FAILED = Prepared(
    update(notes)
    .where(*_AS_SENT)
    .values(
        tries=notes.c.tries + 1,
        refused=notes.c.refused + bindparam("more_refused"),
        due=bindparam("new_due"),
        error=bindparam("new_error"),
    )
)
_SUCCEEDED, _STOPPED = (
    Prepared(
        update(lanes)
        .where(lanes.c.partner == bindparam("of_partner"))
        .values(
            {
                "tries": bindparam("new_tries"),
                "due": bindparam("new_due"),
                "error": bindparam("new_error"),
                when: bindparam("at"),
            }
        )
    )
    for when in ("succeeded", "failed")
)
_POSTED = Prepared(
    update(objects)
    .where(
        *(objects.c[name] == bindparam(f"of_{name}") for name in KEY if name != "partner"),
        objects.c.holder == OWN,
    )
    .values(posted_url=bindparam("url"))
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How sending a note went.

    Attributes:
        note: The note.
        url: Where a CDR can be read that was taken.
        error: What went wrong; None where it was sent.
        due: When it is tried again, in microseconds.
        refused: Whether the partner refused this object.
    """

    note: Note
    url: str | None = None
    error: str | None = None
    due: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class LaneState:
    """How a partner did, to be kept.

    Attributes:
        tries: How often it failed in a row.
        due: When it may be sent something again.
        error: What went wrong.
        at: When that was.
    """

    tries: int
    due: int
    error: str | None
    at: int


def settle(
    link: Connection, partner: str, attempts: Sequence[Attempt], state: LaneState | None
) -> None:
    """Keep how sending went: what was sent is deleted, unless it has changed meanwhile."""
    sent = [_named(each.note) for each in attempts if each.error is None]
    failed = [
        {
            **_named(each.note),
            "new_due": each.due,
            "new_error": each.error,
            "more_refused": int(each.refused),
        }
        for each in attempts
        if each.error is not None
    ]
    urls = [{**_named(each.note), "url": each.url} for each in attempts if each.url is not None]
    for statement, values in ((_SENT, sent), (_FAILED, failed), (_POSTED, urls)):
        if values:
            statement.run_all(link, values)
    if state is not None:
        _change_lane(link, partner, state)


def _named(note: Note) -> dict[str, Any]:
    return {**{f"of_{name}": part for name, part in note.name.items()}, "of_number": note.number}


def _change_lane(link: Connection, partner: str, state: LaneState) -> None:
    statement = _SUCCEEDED if state.error is None else _STOPPED
    values = {"new_tries": state.tries, "new_due": state.due, "new_error": state.error}
    statement.run(link, {"of_partner": partner, "at": state.at, **values})

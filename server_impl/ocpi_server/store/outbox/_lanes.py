"""Lanes: how pushes to each partner go, as functions of a connection."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, exists, or_, select, update

from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.prepared import Prepared

__all__ = [
    "Lane",
    "Recipient",
    "close_lane",
    "due_lanes",
    "find_lane",
    "keep_lanes",
    "open_lane",
    "release_lane",
    "resume_lane",
    "take_lane",
]


class Lane(msgspec.Struct, frozen=True):
    """How pushes to a partner go; instants count microseconds.

    Attributes:
        partner: The partner.
        owner: The process that sends; None: no one does.
        until: Until when nobody else may.
        due: When it may send again.
        tries: How often the partner failed in a row.
        error: What went wrong then.
        failed: When it failed last.
        succeeded: When something was sent last.
        refill: The place behind which own objects are still to be noted; None: none are.
        refill_module: The module of these objects; None: all.
    """

    partner: str
    owner: str | None
    until: int
    due: int
    tries: int
    error: str | None
    failed: int | None
    succeeded: int | None
    refill: int | None
    refill_module: str | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A registration that begins or is renewed.

    Attributes:
        partner: The partner.
        full: Whether it is sent all that it may see.
    """

    partner: str
    full: bool = False


_LANE: Final = tuple(lanes.c)
_WAITING: Final = exists().where(
    notes.c.partner == lanes.c.partner, notes.c.due <= bindparam("now")
)
_DUE: Final = Prepared(
    select(*_LANE).where(
        lanes.c.due <= bindparam("now"), or_(lanes.c.refill.is_not(None), _WAITING)
    )
)
_FIND: Final = Prepared(select(*_LANE).where(lanes.c.partner == bindparam("of_partner")))
_FRESH: Final[dict[str, Any]] = {"due": 0, "tries": 0, "error": None}


def open_lane(connection: Connection, recipient: Recipient) -> None:
    """Begin pushes to a partner, or start them again after a renewal."""
    values = {**_FRESH, **({"refill": 0, "refill_module": None} if recipient.full else {})}
    there = lanes.c.partner == recipient.partner
    if not connection.execute(update(lanes).where(there).values(values)).rowcount:
        connection.execute(lanes.insert().values(partner=recipient.partner, **values))


def resume_lane(connection: Connection, partner: str) -> None:
    """Send to a partner at once, however it failed before."""
    connection.execute(update(lanes).where(lanes.c.partner == partner).values(_FRESH))


def close_lane(connection: Connection, partner: str) -> None:
    """Forget what a partner was to be sent, as its registration has ended."""
    connection.execute(delete(notes).where(notes.c.partner == partner))
    connection.execute(delete(lanes).where(lanes.c.partner == partner))


def due_lanes(connection: Connection, now: int) -> list[Lane]:
    """Return the lanes with something to send."""
    return [Lane(*row) for row in _DUE.all(connection, {"now": now})]


def find_lane(connection: Connection, partner: str) -> Lane | None:
    """Look a lane up."""
    row = _FIND.first(connection, {"of_partner": partner})
    return None if row is None else Lane(*row)


def take_lane(connection: Connection, lane: Lane, owner: str, until: int) -> bool:
    """Take ownership of a lane, unless another process did meanwhile.

    What the owner before was sending may have arrived or not, so that the whole object is sent.
    """
    same = lanes.c.owner.is_(None) if lane.owner is None else lanes.c.owner == lane.owner
    taken = connection.execute(
        update(lanes)
        .where(lanes.c.partner == lane.partner, same, lanes.c.until == lane.until)
        .values(owner=owner, until=until)
    )
    if taken.rowcount and lane.owner is not None:
        _send_whole(connection, lane.partner)
    return bool(taken.rowcount)


def keep_lanes(connection: Connection, partners: list[str], owner: str, until: int) -> set[str]:
    """Renew the leases of lanes; return those that are still owned."""
    mine = and_(lanes.c.owner == owner, lanes.c.partner.in_(partners))
    connection.execute(update(lanes).where(mine).values(until=until))
    return set(connection.execute(select(lanes.c.partner).where(mine)).scalars())


def release_lane(connection: Connection, partner: str, owner: str, *, finished: bool) -> None:
    """Leave a lane to others.

    Args:
        connection: Within a transaction.
        partner: The partner.
        owner: Who was its owner.
        finished: Whether it is known what has arrived.
    """
    mine = and_(lanes.c.owner == owner, lanes.c.partner == partner)
    left = connection.execute(update(lanes).where(mine).values(owner=None, until=0))
    if left.rowcount and not finished:
        _send_whole(connection, partner)


def _send_whole(connection: Connection, partner: str) -> None:
    changed = and_(notes.c.partner == partner, notes.c.parts.is_not(None))
    connection.execute(update(notes).where(changed).values(parts=None))

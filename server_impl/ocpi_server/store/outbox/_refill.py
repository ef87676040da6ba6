"""Noting all own objects for a partner that is to have them, some hundred at a time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, or_, select, update

from ocpi_server.store._records import OWN, Key
from ocpi_server.store.database.outbox_tables import lanes
from ocpi_server.store.database.tables import objects
from ocpi_server.store.outbox._lanes import Lane
from ocpi_server.store.outbox._notes import CDR, STATE, Announcement, remember_each

__all__ = ["Refill", "refill"]

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Refill:
    """Which own objects a partner may have.

    Attributes:
        modules: The modules that it takes, and whether each object is for one party only.
        audiences: The parties that such objects may be for.
    """

    modules: Mapping[str, bool]
    audiences: tuple[str, ...]


def refill(connection: Connection, lane: Lane, wanted: Refill) -> None:
    """Note the next objects, and where to go on; a CDR that was taken is not posted again."""
    rows = connection.execute(_next(lane, wanted)).all()
    changes: dict[str, list[tuple[Key, int]]] = defaultdict(list)
    for seq, number, *identity in rows:
        key = Key(*identity)
        changes[CDR if key.module == "cdrs" else STATE].append((key, number or seq))
    for kind, of_kind in changes.items():
        remember_each(connection, of_kind, Announcement((lane.partner,), kind))
    left = rows[-1][0] if len(rows) == _AT_ONCE else None
    # An operator may have demanded more meanwhile, which begins from the start.
    same = (
        lanes.c.partner == lane.partner,
        lanes.c.refill == lane.refill,
        lanes.c.refill_module.is_not_distinct_from(lane.refill_module),
    )
    connection.execute(update(lanes).where(*same).values(refill=left))


def _next(lane: Lane, wanted: Refill) -> Select[Any]:
    modules = {
        name: scoped
        for name, scoped in wanted.modules.items()
        if lane.refill_module in {None, name}
    }
    for_all = [name for name, scoped in modules.items() if not scoped]
    scoped = [name for name, scoped in modules.items() if scoped]
    theirs = and_(objects.c.module.in_(scoped), objects.c.audience.in_(wanted.audiences))
    everybody = and_(objects.c.module.in_(for_all), objects.c.audience == "")
    return (
        select(objects.c.seq, objects.c.number, *(objects.c[name] for name in Key._fields))
        .where(
            objects.c.source == OWN,
            objects.c.seq > (lane.refill or 0),
            objects.c.posted_url.is_(None),
            or_(everybody, theirs),
        )
        .order_by(objects.c.seq)
        .limit(_AT_ONCE)
    )

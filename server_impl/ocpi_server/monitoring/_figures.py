"""Figures of the whole store, read in one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, case, func, or_, select

from ocpi_server.message_log import FAILED
from ocpi_server.objects.class_names import has_class
from ocpi_server.store import OWN
from ocpi_server.store.database.message_tables import messages
from ocpi_server.store.database.tables import exchanges, listings, partial_objects, renditions

__all__ = ["Figures", "ModuleSize", "Traffic", "read_figures"]

_HOUR: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class ModuleSize:
    """How many objects of a module are stored, and the total size of their texts."""

    own: int = 0
    own_bytes: int = 0
    received: int = 0
    received_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Exchanges with a partner; instants count microseconds.

    Attributes:
        last_in: When the last one began that the partner began.
        last_out: When the last one began that this side began.
        total: How many there were within an hour.
        failed: How many of them failed.
    """

    last_in: int | None = None
    last_out: int | None = None
    total: int = 0
    failed: int = 0

    @property
    def last(self) -> int | None:
        """When the last one began."""
        return max(self.last_in or 0, self.last_out or 0) or None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the store.

    Attributes:
        modules: Sizes by OCPI module.
        traffic: Exchanges by partner, as far as the message log has them.
        commands_pending: Requests of the last hour whose result has not come.
        partial_objects: Objects of partners that are not valid, by partner.
        losses: Objects that another version does not represent in full.
    """

    modules: Mapping[str, ModuleSize]
    traffic: Mapping[str, Traffic]
    commands_pending: int
    partial_objects: Mapping[str, int]
    losses: int


def read_figures(link: Connection, now: int) -> Figures:
    """Read the figures.

    Args:
        link: The database.
        now: The current time, in microseconds.
    """
    pending = select(func.count()).where(
        exchanges.c.answered.is_(None), exchanges.c.created >= now - _HOUR
    )
    partial = select(partial_objects.c.source, func.count()).group_by(partial_objects.c.source)
    lossy = select(func.count()).where(or_(renditions.c.raw.is_(None), renditions.c.losses != "[]"))
    return Figures(
        modules=_modules(link),
        traffic=_traffic(link, now - _HOUR),
        commands_pending=link.execute(pending).scalar() or 0,
        partial_objects={str(source): count for source, count in link.execute(partial)},
        losses=link.execute(lossy).scalar() or 0,
    )


def _modules(link: Connection) -> dict[str, ModuleSize]:
    is_own = case((listings.c.source == OWN, 1), else_=0)
    query = select(
        listings.c.module, is_own, func.sum(listings.c.total), func.sum(listings.c.bytes)
    ).group_by(listings.c.module, is_own)
    found: dict[str, dict[bool, tuple[int, int]]] = {}
    for module, own, total, size in link.execute(query):
        found.setdefault(module, {})[bool(own)] = int(total), int(size)
    return {
        module: ModuleSize(*sizes.get(True, (0, 0)), *sizes.get(False, (0, 0)))
        for module, sizes in sorted(found.items())
        if has_class(module)
    }


def _traffic(link: Connection, since: int) -> dict[str, Traffic]:
    column, recent = messages.c, messages.c.at >= since
    query = (
        select(
            column.partner,
            func.max(case((column.direction == "in", column.at))),
            func.max(case((column.direction == "out", column.at))),
            func.sum(case((recent, 1), else_=0)),
            func.sum(case((and_(recent, FAILED), 1), else_=0)),
        )
        .where(column.partner.is_not(None))
        .group_by(column.partner)
    )
    return {
        str(row[0]): Traffic(row[1], row[2], int(row[3]), int(row[4]))
        for row in link.execute(query)
    }

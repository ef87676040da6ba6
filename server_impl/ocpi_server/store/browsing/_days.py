"""How many objects of a module were changed last on each day, by their source or audience."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select

from ocpi_server._clock import SECOND
from ocpi_server.store.database import Database
from ocpi_server.store.database.tables import listings, objects

__all__ = ["DAY", "DayCount", "count_days"]

DAY: Final = 86_400 * SECOND
"""Microseconds of a day; days are those of UTC."""


class DayCount(NamedTuple):
    """Objects of one list and day.

    Attributes:
        source: ``OWN`` or the id of a partner.
        audience: The only party that may see them; empty: everybody.
        day: The number of the day since 1970.
        number: How many they are.
    """

    source: str
    audience: str
    day: int
    number: int


async def count_days(database: Database, module: str, first: int, end: int) -> list[DayCount]:
    """Count the objects of a module by the day of their ``last_updated``.

    An index alone is read, and of it only the days that are asked for.

    Args:
        database: Where they are kept.
        module: The OCPI module.
        first: The number of the first day.
        end: The number of the day behind the last one.
    """
    values = {"module": module, "since": first * DAY, "until": end * DAY}

    def work(link: Connection) -> Sequence[DayCount]:
        rows = link.execute(_COUNTED, values).all()
        return [DayCount(source, audience, day, number) for source, audience, day, number in rows]

    return list(await database.read_aside(work))


def _counted() -> Select[str, str, int, int]:
    lists = (
        select(listings.c.source, listings.c.audience)
        .where(listings.c.module == bindparam("module"), listings.c.total > 0)
        .distinct()
        .subquery("lists")
    )
    day = objects.c.last_updated // literal_column(str(DAY))
    return (
        select(lists.c.source, lists.c.audience, day, func.count())
        .join(
            objects,
            (objects.c.source == lists.c.source) & (objects.c.audience == lists.c.audience),
        )
        .where(
            objects.c.module == bindparam("module"),
            objects.c.last_updated >= bindparam("since"),
            objects.c.last_updated < bindparam("until"),
        )
        .group_by(lists.c.source, lists.c.audience, day)
    )


_COUNTED: Final = _counted()

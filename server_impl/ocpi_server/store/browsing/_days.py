"""How many objects of a module were changed last on each day, by their source or audience."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select

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

    def work(link: Connection) -> list[DayCount]:
        return [each for day in range(first, end) for each in _count(link, module, day)]

    return await database.read_aside(work)


def _count(link: Connection, module: str, day: int) -> list[DayCount]:
    values = {"module": module, "since": day * DAY, "until": (day + 1) * DAY}
    rows = link.execute(_COUNTED, values).all()
    return [DayCount(source, audience, day, number) for source, audience, number in rows if number]


def _counted() -> Select[str, str, int]:
    """Return the statement for a day: a number for each list costs a fifth of a grouping."""
    lists = (
        select(listings.c.source, listings.c.audience)
        .where(listings.c.module == bindparam("module"), listings.c.total > 0)
        .distinct()
        .subquery("lists")
    )
    number = (
        select(func.count())
        .select_from(objects)
        .where(
            objects.c.module == bindparam("module"),
            objects.c.source == lists.c.source,
            objects.c.audience == lists.c.audience,
            objects.c.last_updated >= bindparam("since"),
            objects.c.last_updated < bindparam("until"),
        )
        .scalar_subquery()
    )
    return select(lists.c.source, lists.c.audience, number)


_COUNTED: Final = _counted()

"""How late pushes were in the last day: looked at every ten minutes, by one process for all."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server._operations import Operations
from ocpi_server.store import Database
from ocpi_server.store.database.outbox_tables import push_lags as table
from ocpi_server.store.database.prepared import upsert_into

__all__ = ["LAG_STEP", "LAG_STEPS", "LagHistory", "read_lags"]

LAG_STEP: Final = 600 * SECOND
"""Microseconds from one look to the next."""
LAG_STEPS: Final = 144
"""Number of looks that are kept: those of a day."""
_ALL: Final = ""


class LagHistory:
    """Writes down how late pushes are.

    Args:
        platform: The platform.
        clock: Returns the current time.
    """

    def __init__(self, platform: Operations, clock: Clock) -> None:
        self._platform, self._clock = platform, clock
        self._database: Database = platform.parts.store.database
        self._last = 0

    async def note(self) -> None:
        """Write down the lag of each partner, unless a process has done so in these minutes."""
        at = to_micros(self._clock()) // LAG_STEP * LAG_STEP
        if at == self._last:
            return
        self._last = at
        states = [each for each in await self._platform.push_status() if each.pending]
        row = {
            "partner": _ALL,
            "seconds": int(max((each.behind for each in states), default=0)),
            "pending": sum(each.pending for each in states),
        }
        rows = [row] + [
            {"partner": each.partner, "seconds": int(each.behind), "pending": each.pending}
            for each in states
        ]
        await self._database.write(lambda link: _write(link, at, rows))


def _write(link: Connection, at: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the rows of an instant, if nobody has; remove those that are too old."""
    first = upsert_into(table, link.dialect.name).on_conflict_do_nothing()
    if not link.execute(first, {**rows[0], "at": at}).rowcount:
        return
    if rows[1:]:
        link.execute(insert(table), [{**row, "at": at} for row in rows[1:]])
    link.execute(delete(table).where(table.c.at <= at - LAG_STEPS * LAG_STEP))


async def read_lags(database: Database, now: int, partner: str | None = None) -> dict[int, int]:
    """Return the seconds of each look of the last day, by its instant.

    Args:
        database: Where they are kept.
        now: The current time, in microseconds.
        partner: The id of a partner; None: the longest lag of all.
    """
    since = now - LAG_STEPS * LAG_STEP
    statement = select(table.c.at, table.c.seconds).where(
        table.c.partner == (partner or _ALL), table.c.at > since
    )
    rows = await database.read(lambda link: link.execute(statement).all())
    return {row.at: row.seconds for row in rows}

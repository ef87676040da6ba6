"""A bound for rows that are kept of each partner: the newest ones stay."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select
from sqlalchemy.schema import Column

from ocpi_server.store.database import Database

__all__ = ["NewestRows"]


class NewestRows:
    """Deletes the oldest rows of a partner where there are too many.

    Args:
        partner: The column that has the partner.
        instant: The column that has the age, in microseconds since 1970.
    """

    def __init__(self, partner: Column[str], instant: Column[int]) -> None:
        self._written: dict[str, int] = {}
        of_partner: ColumnElement[bool] = partner == bindparam("of_partner")
        self._last = (
            select(instant)
            .where(of_partner)
            .order_by(instant.desc())
            .limit(1)
            .offset(bindparam("most"))
        )
        self._delete = delete(partner.table).where(of_partner, instant <= bindparam("until"))

    async def count(
        self, database: Database, partner: str, *, most: int, every: int, rows: int = 1
    ) -> None:
        """Count rows that were written; after some of them, delete the oldest of too many.

        The first rows of a process count as so many: it is not known what others have written.

        Args:
            database: Where they are.
            partner: The partner.
            most: Number of rows that stay.
            every: Number of rows after which the oldest are deleted.
            rows: Number of rows that were written.
        """
        written = self._written.get(partner, every) + rows
        self._written[partner] = written if written < every else 0
        if written >= every:
            await database.write(lambda link: self._delete_oldest(link, partner, most))

    def _delete_oldest(self, link: Connection, partner: str, most: int) -> None:
        values: dict[str, Any] = {"of_partner": partner}
        until = link.execute(self._last, {**values, "most": most}).scalar()
        if until is not None:
            link.execute(self._delete, {**values, "until": until}).close()

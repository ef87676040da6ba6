"""How many removals of a partner's objects may wait for platforms that are away.

An object that is gone counts no more for what its partner may store, but its removal is noted until
every platform has been sent it.
"""

import math
import time
from typing import Final

from sqlalchemy import bindparam, func, select

from ocpi_runtime.errors import GenericClientError
from ocpi_server.store.database import Database
from ocpi_server.store.database.outbox_tables import notes
from ocpi_server.store.outbox._notes import REMOVAL

__all__ = ["PendingRemovals"]

_MOST: Final = 100_000
"""Number of removals that are noted for one partner, each once for each platform."""
_COUNTED_SECONDS: Final = 10.0
"""For so long a count is taken for true."""
_MOST_REMEMBERED: Final = 10_000
_SOME = select(notes.c.uid).where(notes.c.holder == bindparam("holder"), notes.c.kind == REMOVAL)
_COUNT = select(func.count()).select_from(_SOME.limit(bindparam("most")).subquery())


class PendingRemovals:
    """Counts the removals of each partner that were not sent to all.

    Args:
        database: Where they are noted.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[str, tuple[float, int]] = {}

    async def check(self, holder: str) -> None:
        """Check that one removal more may be noted.

        Args:
            holder: The registration that has the object.

        Raises:
            GenericClientError: Too many are pending.
        """
        at, count = self._counted.get(holder, (-math.inf, 0))
        if time.monotonic() - at >= _COUNTED_SECONDS:
            values = {"holder": holder, "most": _MOST}
            count = await self._database.read(
                lambda link: int(link.execute(_COUNT, values).scalar_one())
            )
            if len(self._counted) >= _MOST_REMEMBERED:
                self._counted.clear()
            self._counted[holder] = time.monotonic(), count
        if count >= _MOST:
            raise GenericClientError(
                f"{_MOST} removals of your objects are pending for platforms that are away.",
                hint="Send the request again later.",
            )

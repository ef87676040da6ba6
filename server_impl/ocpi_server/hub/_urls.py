"""URLs at one platform that a hub replaces by its own URLs for another platform."""

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, insert, select

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros
from ocpi_server.store.database import Database
from ocpi_server.store.database.hub_tables import hub_urls
from ocpi_server.store.newest_rows import NewestRows

__all__ = ["KeptUrl", "KeptUrls"]

_KEPT: Final = timedelta(days=1)
"""How long results of commands are accepted, and lists can be continued."""
_MOST: Final = 10_000
"""Number of URLs that are kept for one partner."""
_EVERY: Final = 256
"""After so many URLs the oldest of too many are deleted."""
_PURGED_SECONDS: Final = 600.0
_KEEP = insert(hub_urls)
_FIND = select(hub_urls).where(
    hub_urls.c.id == bindparam("id"),
    hub_urls.c.caller == bindparam("caller"),
    hub_urls.c.expires > bindparam("now"),
)
_PURGE = delete(hub_urls).where(hub_urls.c.expires <= bindparam("now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUrl:
    """A URL of a platform.

    Attributes:
        caller: The partner that may have it called.
        platform: The partner whose URL it is.
        sender: The party that what is sent there comes from.
        receiver: The party that it is for.
        url: The URL.
    """

    caller: str
    platform: str
    sender: PartyId
    receiver: PartyId
    url: str


class KeptUrls:
    """Keeps URLs for a day, in the database: any process of the hub finds them.

    Args:
        database: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._purged = -math.inf
        self._newest = NewestRows(hub_urls.c.caller, hub_urls.c.expires)

    async def keep(self, kept: KeptUrl) -> str:
        """Keep a URL, and return its id."""
        values = {
            "id": str(uuid4()),
            "caller": kept.caller,
            "platform": kept.platform,
            "sender": str(kept.sender),
            "receiver": str(kept.receiver),
            "url": kept.url,
            "expires": to_micros(self._clock() + _KEPT),
        }
        await self._database.write(lambda link: link.execute(_KEEP, values).close())
        await self._newest.count(self._database, kept.caller, most=_MOST, every=_EVERY)
        return str(values["id"])

    async def find(self, uid: str, caller: str) -> KeptUrl | None:
        """Return a URL that a partner may have called; None where there is none."""
        values = {"id": uid, "caller": caller, "now": to_micros(self._clock())}

        def work(link: Connection) -> KeptUrl | None:
            row = link.execute(_FIND, values).first()
            if row is None:
                return None
            return KeptUrl(
                caller=row.caller,
                platform=row.platform,
                sender=PartyId.parse(row.sender),
                receiver=PartyId.parse(row.receiver),
                url=row.url,
            )

        return await self._database.read(work)

    async def purge(self) -> None:
        """Delete expired URLs, every ten minutes."""
        if time.monotonic() - self._purged < _PURGED_SECONDS:
            return
        self._purged = time.monotonic()
        values = {"now": to_micros(self._clock())}
        await self._database.write(lambda link: link.execute(_PURGE, values).close())

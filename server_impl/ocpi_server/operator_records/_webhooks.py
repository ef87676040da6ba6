"""URLs that events are posted to, in order, signed, until they are taken."""

import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from ocpi_runtime.errors import GenericClientError, NotFound
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_webhooks as table

__all__ = ["StoredWebhook", "WebhookList", "signature"]

_MOST: Final = 20
"""How many webhooks there may be."""
_LEASE: Final = 30 * SECOND
_LONGEST_PAUSE: Final = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook; instants count microseconds.

    Attributes:
        id: Its id.
        url: Where events are posted.
        kinds: What their kinds begin with; none for all.
        position: The last event that was delivered.
        tries: How often the next one failed.
        error: What went wrong last.
        sealed_secret: What signatures are made with, sealed.
    """

    id: str
    url: str
    kinds: tuple[str, ...]
    position: str
    tries: int
    error: str | None
    sealed_secret: bytes


def signature(secret: str, at: int, body: bytes) -> str:
    """Return the value of the header ``OCPI-Signature``: seconds since 1970, and their HMAC.

    The digest is that of the seconds, a dot and the body, so that no old message can be sent again.
    """
    digest = hmac.new(secret.encode(), b"%d." % at + body, sha256).hexdigest()
    return f"t={at},v1={digest}"


class WebhookList:
    """Keeps webhooks, and which of them is delivered to by whom.

    Args:
        database: Where they are kept.
        seal: Seals secrets.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, seal: Callable[[str], bytes], clock: Clock) -> None:
        self._database, self._seal, self._clock = database, seal, clock

    async def add(self, url: str, kinds: Sequence[str], position: str) -> tuple[str, str]:
        """Add a webhook; return its id and its secret of 256 random bits.

        Raises:
            GenericClientError: There are too many.
        """
        webhook_id, secret = str(uuid4()), secrets.token_urlsafe(32)
        row = {
            "id": webhook_id,
            "url": url,
            "kinds": json.dumps(list(kinds)),
            "sealed_secret": self._seal(secret),
            "created": to_micros(self._clock()),
            "position": position,
        }

        def work(link: Connection) -> None:
            if link.execute(select(func.count()).select_from(table)).scalar_one() >= _MOST:
                raise GenericClientError(f"At most {_MOST} webhooks are kept; remove one first.")
            link.execute(insert(table), row)

        await self._database.write(work)
        return webhook_id, secret

    async def every(self) -> list[StoredWebhook]:
        """Return all webhooks, the oldest first."""
        statement = select(*table.c).order_by(table.c.created, table.c.id)
        rows = await self._database.read(lambda link: link.execute(statement).mappings().all())
        return [_stored(row) for row in rows]

    async def remove(self, webhook_id: str) -> None:
        """Remove a webhook.

        Raises:
            NotFound: There is none.
        """
        statement = delete(table).where(table.c.id == webhook_id)
        if not await self._database.write(lambda link: link.execute(statement).rowcount):
            raise NotFound(f"Webhook {webhook_id} not found.")

    async def take(self) -> list[StoredWebhook]:
        """Take the lease of webhooks that are due and that no process has."""
        now = to_micros(self._clock())
        free = (table.c.due <= now, table.c.until <= now)
        found = await self._database.read(
            lambda link: link.execute(select(*table.c).where(*free)).mappings().all()
        )

        def work(link: Connection) -> list[StoredWebhook]:
            taken = []
            for row in found:
                own = update(table).where(table.c.id == row["id"], *free)
                if link.execute(own.values(until=now + _LEASE)).rowcount:
                    taken.append(_stored(row))
            return taken

        return await self._database.write(work) if found else []

    async def release(self, webhook: StoredWebhook, position: str, error: str | None) -> None:
        """Keep how far a delivery came, and when the next one begins."""
        now, tries = to_micros(self._clock()), webhook.tries + 1 if error else 0
        pause = min(SECOND << min(tries, 20), _LONGEST_PAUSE) if error else 0
        values: dict[str, Any] = {"position": position, "tries": tries, "error": error}
        values |= {"due": now + pause, "until": 0}
        statement = update(table).where(table.c.id == webhook.id).values(**values)
        await self._database.write(lambda link: link.execute(statement))


def _stored(row: Any) -> StoredWebhook:
    return StoredWebhook(
        row["id"],
        row["url"],
        tuple(json.loads(row["kinds"])),
        row["position"],
        row["tries"],
        row["error"],
        row["sealed_secret"],
    )

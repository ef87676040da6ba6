"""URLs that events are posted to, in order, signed, until they are taken."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from ocpi_runtime.errors import GenericClientError, NotFound
from ocpi_server._clock import CLOCK_SLACK, SECOND, Clock, to_micros
from ocpi_server._vault import Vault
from ocpi_server.operator_records._events import NO_EVENT
from ocpi_server.operator_records._signing import SigningSecrets
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_webhooks as table

__all__ = ["StoredWebhook", "WebhookList"]

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
        sealed_secret: What signatures are made with, sealed; see :class:`SigningSecrets`.
    """

    id: str
    url: str
    kinds: tuple[str, ...]
    position: str
    tries: int
    error: str | None
    sealed_secret: bytes

    @property
    def origin(self) -> str:
        """The URL without path and query, which may have secrets."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class WebhookList:
    """Keeps webhooks, and which of them is delivered to by whom.

    Args:
        database: Where they are kept.
        vault: Seals secrets.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database, self._vault, self._clock = database, vault, clock

    async def add(self, url: str, kinds: Sequence[str], position: str) -> tuple[str, str]:
        """Add a webhook; return its id and its secret of 256 random bits.

        Raises:
            GenericClientError: There are too many.
        """
        webhook_id, secret = str(uuid4()), _new_secret()
        row = {
            "id": webhook_id,
            "url": url,
            "kinds": json.dumps(list(kinds)),
            "sealed_secret": self._vault.seal(secret),
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

    async def renew_secret(self, webhook_id: str, overlap: int) -> tuple[str, int]:
        """Sign with a new secret; return it, and until when those of before are used, too.

        Args:
            webhook_id: The webhook.
            overlap: How long they are, in microseconds.

        Raises:
            NotFound: There is no such webhook.
            GenericClientError: There would be too many secrets.
        """
        secret, own = _new_secret(), table.c.id == webhook_id
        now = to_micros(self._clock())

        def work(link: Connection) -> None:
            known = select(table.c.sealed_secret).where(own).with_for_update()
            sealed = link.execute(known).scalar_one_or_none()
            if sealed is None:
                raise _not_found(webhook_id)
            known_secrets = self._opened(sealed)
            text = known_secrets.renewed(secret, now, now + overlap).written()
            link.execute(update(table).where(own).values(sealed_secret=self._vault.seal(text)))

        await self._database.write(work)
        return secret, now + overlap

    def secrets_of(self, webhook: StoredWebhook) -> SigningSecrets:
        """Return the secrets that messages to a webhook are signed with."""
        return self._opened(webhook.sealed_secret)

    def _opened(self, sealed: bytes) -> SigningSecrets:
        return SigningSecrets.read(self._vault.open(sealed))

    async def remove(self, webhook_id: str) -> None:
        """Remove a webhook.

        Raises:
            NotFound: There is none.
        """
        statement = delete(table).where(table.c.id == webhook_id)
        if not await self._database.write(lambda link: link.execute(statement).rowcount):
            raise _not_found(webhook_id)

    async def due(self, newest: str) -> list[str]:
        """Return the ids of webhooks that lack events, are due, and that no process delivers to.

        Args:
            newest: The place of the newest event; :data:`NO_EVENT` where there is none.
        """
        if newest == NO_EVENT:
            return []
        now = to_micros(self._clock())
        statement = select(table.c.id).where(table.c.position != newest, *_is_free(now))
        found = await self._database.read(lambda link: link.execute(statement).scalars().all())
        return list(found)

    async def take(self, webhook_id: str) -> StoredWebhook | None:
        """Take the lease of a webhook; None where it is not due, or another process has it."""
        now = to_micros(self._clock())
        own = table.c.id == webhook_id
        free = update(table).where(own, *_is_free(now)).values(until=now + _LEASE)

        def work(link: Connection) -> StoredWebhook | None:
            taken = link.execute(free).rowcount
            row = link.execute(select(*table.c).where(own)).mappings().first() if taken else None
            return None if row is None else _stored(row)

        return await self._database.write(work)

    async def advance(self, webhook_id: str, position: str) -> StoredWebhook | None:
        """Note that all events up to a place were delivered, and keep the lease.

        Returns:
            The webhook as it is now; None where it was removed.
        """
        until, own = to_micros(self._clock()) + _LEASE, table.c.id == webhook_id
        values = {"position": position, "tries": 0, "error": None, "until": until}

        def work(link: Connection) -> StoredWebhook | None:
            link.execute(update(table).where(own).values(**values))
            row = link.execute(select(*table.c).where(own)).mappings().first()
            return None if row is None else _stored(row)

        return await self._database.write(work)

    async def fail(self, webhook: StoredWebhook, error: str) -> None:
        """Note that a delivery failed, and leave the webhook until it is tried again."""
        tries = webhook.tries + 1
        pause = min(SECOND << min(tries, 20), _LONGEST_PAUSE)
        due = to_micros(self._clock()) + pause
        await self._change(webhook.id, {"tries": tries, "error": error, "due": due, "until": 0})

    async def leave(self, webhook_id: str) -> None:
        """Leave a webhook to whichever process finds events for it."""
        await self._change(webhook_id, {"until": 0})

    async def _change(self, webhook_id: str, values: dict[str, Any]) -> None:
        statement = update(table).where(table.c.id == webhook_id).values(**values)
        await self._database.write(lambda link: link.execute(statement).close())


def _is_free(now: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for webhooks that are due and that no process delivers to.

    What is noted further ahead than it can be was noted before the clock went back.
    """
    return (
        or_(table.c.due <= now, table.c.due > now + _LONGEST_PAUSE + CLOCK_SLACK),
        or_(table.c.until <= now, table.c.until > now + _LEASE + CLOCK_SLACK),
    )


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _not_found(webhook_id: str) -> NotFound:
    return NotFound(f"Webhook {webhook_id} not found.")


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

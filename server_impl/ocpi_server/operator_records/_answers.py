"""Answers by the Idempotency-Key of their requests: a request that comes again does nothing new.

They are sealed: that to an invitation has its token, that to a webhook the secret of signatures.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from ocpi_server._clock import Clock, in_micros, to_micros
from ocpi_server._vault import Vault
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_answers as table

__all__ = ["Answer", "Answers", "InProgress", "OtherRequest"]

_KEPT: Final = in_micros(timedelta(hours=24))
_BUSY: Final = in_micros(timedelta(minutes=2))
"""A request that takes longer was left by a process that ended; it may be sent again."""


class OtherRequest(Exception):
    """The key was sent with another request before."""


class InProgress(Exception):
    """The first request of the key has no answer yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was sent.

    Attributes:
        status: The HTTP status.
        body: The body.
    """

    status: int
    body: bytes


class Answers:
    """Keeps answers for a day.

    Args:
        database: Where they are kept.
        vault: Seals them.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database, self._vault, self._clock = database, vault, clock

    async def begin(self, operator: str, key: str, fingerprint: str) -> Answer | None:
        """Return the answer to a request that came before; else note that this one is the first.

        Args:
            operator: Who asks.
            key: The Idempotency-Key.
            fingerprint: A digest of the request.

        Raises:
            OtherRequest: Another request came with the key.
            InProgress: The first request has no answer yet.
        """
        now = to_micros(self._clock())
        row = {"operator": operator, "name": key, "fingerprint": fingerprint, "created": now}

        def work(link: Connection) -> Answer | None:
            same = (table.c.operator == operator, table.c.name == key)
            known = link.execute(select(table).where(*same)).mappings().first()
            if known is not None and known["created"] < now - _KEPT:
                link.execute(delete(table).where(*same))
                known = None
            if known is None:
                link.execute(insert(table), row)
                return None
            if known["fingerprint"] != fingerprint:
                raise OtherRequest
            if known["status"] is not None:
                return Answer(known["status"], self._vault.open(known["body"]).encode())
            if now - _BUSY < known["created"] <= now + _BUSY:  # unless the clock went back since
                raise InProgress
            left = update(table).where(*same, table.c.created == known["created"])
            if not link.execute(left.values(created=now)).rowcount:
                raise InProgress  # another process was first
            return None

        return await self._database.write(work)

    async def end(self, operator: str, key: str, answer: Answer | None) -> None:
        """Keep the answer to the first request of a key; without one it may be sent again."""
        same = (table.c.operator == operator, table.c.name == key)
        statement: Any = delete(table).where(*same)
        if answer is not None:
            sealed = self._vault.seal(answer.body.decode())
            statement = update(table).where(*same).values(status=answer.status, body=sealed)
        await self._database.write(lambda link: link.execute(statement))

    async def purge(self) -> None:
        """Delete answers that have expired."""
        expired = table.c.created < to_micros(self._clock()) - _KEPT
        some = select(table.c.name).where(expired).limit(1)
        if await self._database.read(lambda link: link.execute(some).first()) is not None:
            await self._database.write(lambda link: link.execute(delete(table).where(expired)))

"""Results that partners wait for, remembered until they are sent."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import deferred_results as table

__all__ = ["Addresses", "Owed", "OwedResults"]

_SPARE: Final = 10.0
"""Seconds beyond the longest time in which a process sends a result."""
_MOST: Final = 100
_Parties = tuple[PartyId | None, PartyId | None, str]


class Addresses(NamedTuple):
    """Who a result is for.

    Attributes:
        partner: The partner, by its id.
        here: The party that was asked.
        there: The party that asked.
        correlation_id: The id of the whole exchange.
    """

    partner: str
    here: PartyId | None
    there: PartyId | None
    correlation_id: str

    @classmethod
    def of(cls, context: Context) -> Self:
        """Return whoever asked."""
        asked, sender = context.to_party, context.from_party
        return cls(context.partner.id, asked, sender, context.correlation_id)


@dataclass(frozen=True, slots=True)
class Owed:
    """A result that nobody has sent.

    Attributes:
        id: The id of its note.
        addresses: Who it is for.
        post: The client's method that sends it.
        response_url: Where it goes.
        body: What is sent for it, as JSON text.
    """

    id: str
    addresses: Addresses
    post: str
    response_url: str
    body: bytes


class OwedResults:
    """Keeps what is owed, so that another process can send it.

    Args:
        database: Where it is kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def add(
        self, to: Addresses, post: str, response_url: str, body: bytes, seconds: float
    ) -> str:
        """Note a result that this process will send within some seconds; return its id."""
        owed_id = str(uuid4())
        row = {
            "id": owed_id,
            "partner": to.partner,
            "post": post,
            "response_url": response_url,
            "body": body,
            "headers": msgspec.json.encode(to[1:]).decode(),
            "due": to_micros(self._clock()) + int((seconds + _SPARE) * SECOND),
        }
        await self._database.write(lambda link: link.execute(insert(table), row))
        return owed_id

    async def replace(self, owed_id: str, body: bytes) -> None:
        """Note what the result is, now that it is known: another process would send this."""
        statement = update(table).where(table.c.id == owed_id).values(body=body)
        await self._database.write(lambda link: link.execute(statement))

    async def settle(self, owed_id: str) -> None:
        """Forget a result that was sent, or that cannot be."""
        statement = delete(table).where(table.c.id == owed_id)
        await self._database.write(lambda link: link.execute(statement))

    async def take(self, seconds: float) -> list[Owed]:
        """Take over what a process that has ended owes, to send and settle it within some seconds.

        No other process gets the same meanwhile.
        """
        now = to_micros(self._clock())
        taken = {"due": now + int((seconds + _SPARE) * SECOND)}
        statement = select(*table.c).where(table.c.due <= now).limit(_MOST)
        rows = await self._database.read(lambda link: link.execute(statement).mappings().all())

        def work(link: Connection) -> list[Owed]:
            due = update(table).where(table.c.due <= now).values(taken)
            mine = [
                row for row in rows if link.execute(due.where(table.c.id == row["id"])).rowcount
            ]
            return [_owed(row) for row in mine]

        return await self._database.write(work) if rows else []


def _owed(row: Any) -> Owed:
    here, there, correlation_id = msgspec.json.decode(row["headers"], type=_Parties)
    to = Addresses(row["partner"], here, there, correlation_id)
    return Owed(row["id"], to, row["post"], row["response_url"], row["body"])

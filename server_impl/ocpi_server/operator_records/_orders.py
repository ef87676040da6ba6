"""What the back end has to do at charge points, or to decide, and what it reports."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from ocpi_runtime.errors import NotFound
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.operator_records._events import EventDraft, EventLog
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_orders as table

__all__ = ["DONE", "OPEN", "TIMEOUT", "OrderBook", "StoredOrder"]

OPEN: Final = "OPEN"
DONE: Final = "DONE"
TIMEOUT: Final = "TIMEOUT"
_KEPT: Final = timedelta(days=7)
_MOST_CLOSED: Final = 100_000
"""Number of closed orders that are kept."""
_EVERY: Final = 256
"""After so many orders the oldest of too many closed ones are deleted."""
_POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order; instants count microseconds.

    Attributes:
        id: Its lasting id.
        kind: What is to be done.
        state: ``OPEN``, ``DONE`` or ``TIMEOUT``.
        body: What it is about, as JSON text.
        result: What was reported, as JSON text; None before that.
        created: When it was made.
        expires: When it becomes a TIMEOUT.
    """

    id: str
    kind: str
    state: str
    body: bytes
    result: bytes | None
    created: int
    expires: int


class OrderBook:
    """Keeps orders, over restarts too; any process takes their results.

    Args:
        database: Where they are kept.
        events: Takes up that an order was opened or closed.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, events: EventLog, clock: Clock) -> None:
        self._database, self._events, self._clock = database, events, clock
        self._arrivals: dict[str, asyncio.Event] = {}
        self._opened = 0

    async def ask(self, kind: str, body: Any, seconds: float) -> bytes | None:
        """Open an order and wait for its result; None where none came in time."""
        order_id, now = str(uuid4()), to_micros(self._clock())
        row = {
            "id": order_id,
            "kind": kind,
            "state": OPEN,
            "body": msgspec.json.encode(body),
            "created": now,
            "expires": now + int(seconds * SECOND),
        }

        def work(link: Connection) -> None:
            link.execute(insert(table), row)
            self._events.record(link, [EventDraft("order.opened", uid=order_id)])

        arrival = self._arrivals.setdefault(order_id, asyncio.Event())
        try:
            await self._database.write(work)
            await self._count()
            return await self._wait(order_id, seconds, arrival)
        finally:
            self._arrivals.pop(order_id, None)

    async def _wait(self, order_id: str, seconds: float, arrival: asyncio.Event) -> bytes | None:
        try:
            async with asyncio.timeout(seconds):
                while (found := (await self.get(order_id)).result) is None:
                    try:
                        async with asyncio.timeout(_POLL_SECONDS):
                            await arrival.wait()
                    except TimeoutError:
                        continue
                return found
        except TimeoutError:
            await self.expire()
            # It may have come to another process since the last look.
            return (await self.get(order_id)).result

    async def _count(self) -> None:
        self._opened += 1
        if self._opened % _EVERY == 0:
            await self._database.write(_forget_oldest)

    async def report(self, order_id: str, result: bytes) -> StoredOrder:
        """Take a result: the first one counts, and none that comes too late.

        Raises:
            NotFound: There is no such order.
        """
        now = to_micros(self._clock())
        statement = (
            update(table)
            .where(table.c.id == order_id, table.c.state == OPEN, table.c.expires > now)
            .values(state=DONE, result=result)
        )

        def work(link: Connection) -> None:
            if link.execute(statement).rowcount:
                self._events.record(link, [EventDraft("order.closed", uid=order_id)])

        await self._database.write(work)
        arrival = self._arrivals.get(order_id)
        if arrival is not None:
            arrival.set()
        return await self.get(order_id)

    async def get(self, order_id: str) -> StoredOrder:
        """Look an order up.

        Raises:
            NotFound: There is none.
        """
        statement = select(*table.c).where(table.c.id == order_id)
        row = await self._database.read(lambda link: link.execute(statement).first())
        if row is None:
            raise NotFound(f"Order {order_id} not found.")
        return StoredOrder(*row)

    async def page(
        self, state: str | None, offset: int, limit: int
    ) -> tuple[list[StoredOrder], int]:
        """Return orders, the newest first, and how many there are."""
        where = [] if state is None else [table.c.state == state]
        statement = select(*table.c).where(*where).order_by(table.c.created.desc(), table.c.id)
        statement = statement.offset(offset).limit(limit)
        counted = select(func.count()).select_from(table).where(*where)

        def work(link: Connection) -> tuple[list[StoredOrder], int]:
            rows = [StoredOrder(*row) for row in link.execute(statement)]
            return rows, link.execute(counted).scalar_one()

        return await self._database.read(work)

    async def expire(self) -> None:
        """Close what nobody reported on in time, also for processes that have ended."""
        now = to_micros(self._clock())
        late = (table.c.state == OPEN, table.c.expires <= now)
        due = select(table.c.id).where(*late).limit(500)
        found = await self._database.read(lambda link: link.execute(due).scalars().all())
        if not found:
            return

        def work(link: Connection) -> None:
            closed = update(table).where(*late, table.c.id.in_(found)).values(state=TIMEOUT)
            link.execute(closed)
            self._events.record(link, [EventDraft("order.closed", uid=each) for each in found])

        await self._database.write(work)

    async def purge(self) -> None:
        """Delete orders that are so old that nobody asks for them."""
        old = table.c.created < to_micros(self._clock() - _KEPT)
        some = select(table.c.id).where(old).limit(1)
        if await self._database.read(lambda link: link.execute(some).first()) is not None:
            await self._database.write(lambda link: link.execute(delete(table).where(old)))


def _forget_oldest(link: Connection) -> None:
    closed = table.c.state != OPEN
    newest = select(table.c.created).where(closed).order_by(table.c.created.desc())
    until = link.execute(newest.offset(_MOST_CLOSED).limit(1)).scalar()
    if until is not None:
        link.execute(delete(table).where(closed, table.c.created <= until))

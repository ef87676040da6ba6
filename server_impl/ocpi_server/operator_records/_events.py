"""What has changed, in an order that back ends can follow from any process."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Delete,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    tuple_,
)

from ocpi_server._clock import Clock, to_micros
from ocpi_server.store import OWN, Key
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_events as table
from ocpi_server.store.database.prepared import Prepared

__all__ = ["NO_EVENT", "Event", "EventDraft", "EventLog", "read_position"]

NO_EVENT: Final = "0-0"
"""The place before all events."""
_KEPT: Final = timedelta(days=7)
_MOST: Final = 500
_MOST_KEPT: Final = 1_000_000
"""Number of events that are kept, so that no partner fills the database by repeating itself."""
_PURGED: Final = 1000
"""How many old events are deleted in one transaction, so that nobody waits long for it."""
_POLL_SECONDS: Final = 0.5
"""So late an event of another process is seen."""
_COMMIT_SECONDS: Final = 0.02
"""How often it is looked for an event that was recorded and may not be committed yet."""


class EventDraft(NamedTuple):
    """Something that has changed, before it is an event.

    Attributes:
        kind: What, such as ``own.stored``.
        partner: The partner that it is about, by its id.
        module: The module of an object.
        country_code: The country of its owner.
        party_id: Its owner.
        uid: The id of an object, an order or a request.
    """

    kind: str
    partner: str = ""
    module: str = ""
    country_code: str = ""
    party_id: str = ""
    uid: str = ""

    @classmethod
    def of_object(cls, what: str, key: Key) -> "EventDraft":
        """Return the news of an object: ``stored`` or ``removed``."""
        side = "own" if key.holder == OWN else "received"
        return cls(
            f"{side}.{what}", key.holder, key.module, key.country_code, key.party_id, key.uid
        )

    @classmethod
    def of_partner(cls, what: str, partner_id: str) -> "EventDraft":
        """Return the news of a partner: ``changed`` or ``removed``."""
        return cls(f"partner.{what}", partner_id)


class Event(NamedTuple):
    """Something that has changed.

    Attributes:
        id: Its place.
        at: When, in microseconds.
        news: What.
    """

    id: str
    at: int
    news: EventDraft


def _number(value: Any) -> Any:
    return cast(cast(value, Text), BigInteger)


def _add(txid: Any) -> Prepared:
    values: dict[str, Any] = {name: bindparam(name) for name in ("at", *EventDraft._fields)}
    return Prepared(insert(table).values(txid=txid, **values).inline())


_ADD: Final = _add(0)
_ADD_NUMBERED: Final = _add(_number(func.pg_current_xact_id()))


class EventLog:
    """Keeps events for some days.

    Args:
        database: Where they are kept.
        clock: Returns the current time.
        kept: How long they are kept.
    """

    def __init__(self, database: Database, clock: Clock, kept: timedelta = _KEPT) -> None:
        self._database, self._clock, self._kept = database, clock, kept
        self._arrived = asyncio.Event()
        self._recorded = float("-inf")

    def record(self, link: Connection, news: Sequence[EventDraft]) -> None:
        """Note what changes, in the transaction of the change."""
        if not news:
            return
        now = to_micros(self._clock())
        statement = _ADD_NUMBERED if link.dialect.name == "postgresql" else _ADD
        statement.run_all(link, [{"at": now, **one._asdict()} for one in news])
        self._recorded = time.monotonic()
        self._arrived.set()

    async def add(self, *news: EventDraft) -> None:
        """Note what has changed, in a transaction of its own."""
        await self._database.write(lambda link: self.record(link, news))

    async def after(
        self, position: str | None, most: int = _MOST, kinds: Sequence[str] = ()
    ) -> list[Event]:
        """Return the first events behind a place.

        Args:
            position: The id of an event; None: from the oldest that is kept.
            most: How many at most.
            kinds: What their kinds begin with; none for all.

        Raises:
            ValueError: It is no id of an event.
        """
        place = read_position(position)

        def work(link: Connection) -> list[Event]:
            statement = _visible(link, select(*table.c))
            statement = statement.where(tuple_(table.c.txid, table.c.seq) > place)
            statement = statement.order_by(table.c.txid, table.c.seq).limit(most)
            return [_event(row) for row in link.execute(statement).mappings()]

        found = await self._database.read(work)
        return [one for one in found if not kinds or one.news.kind.startswith(tuple(kinds))]

    async def has_gap(self, position: str) -> bool:
        """Return whether events behind a place may have been deleted."""
        txid, seq = read_position(position)
        statement = select(table.c.seq).where(table.c.txid == txid, table.c.seq == seq)
        known = await self._database.read(lambda link: link.execute(statement).first())
        return seq > 0 and known is None

    async def last(self) -> str:
        """Return the place of the newest event, or :data:`NO_EVENT`."""

        def work(link: Connection) -> str:
            statement = _visible(link, select(table.c.txid, table.c.seq))
            statement = statement.order_by(table.c.txid.desc(), table.c.seq.desc()).limit(1)
            row = link.execute(statement).first()
            return NO_EVENT if row is None else f"{row[0]}-{row[1]}"

        return await self._database.read(work)

    async def wait(self) -> None:
        """Wait until something may have changed: here soon, elsewhere a moment later.

        Whoever waits in a loop looks at most 50 times a second, however much is recorded.
        """
        self._arrived.clear()
        # What was recorded just now can be read once its transaction is committed.
        is_recent = time.monotonic() - self._recorded < _POLL_SECONDS
        try:
            async with asyncio.timeout(_COMMIT_SECONDS if is_recent else _POLL_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            return
        await asyncio.sleep(_COMMIT_SECONDS)

    async def purge(self) -> None:
        """Delete what is too old, and the oldest of too many; the newest event stays.

        So a place behind the newest event is one that has not been reached, however long nothing
        has changed.
        """
        _, last = read_position(await self.last())
        old = select(table.c.seq).where(
            table.c.at < to_micros(self._clock() - self._kept), table.c.seq != last
        )
        await self._delete(old.order_by(table.c.at))
        newest = select(func.max(table.c.seq)).scalar_subquery()
        spare = select(table.c.seq).where(table.c.seq <= newest - _MOST_KEPT)
        await self._delete(spare.order_by(table.c.seq))

    async def _delete(self, places: Select[Any]) -> None:
        some, more = places.limit(_PURGED), True
        while more:
            old = await self._database.read(lambda link: link.execute(some).scalars().all())
            if old:
                statement = delete(table).where(table.c.seq.in_(old))
                await self._database.write(partial(_execute, statement))
            more = len(old) == _PURGED


def read_position(text: str | None) -> tuple[int, int]:
    """Read the id of an event; None is before all.

    Raises:
        ValueError: It is none.
    """
    if text is None:
        return (0, 0)
    txid, mark, seq = text.partition("-")
    if not (mark and all(one.isascii() and one.isdigit() and len(one) < 19 for one in (txid, seq))):  # noqa: PLR2004 - 64 bits
        raise ValueError(f"{text} is not the id of an event")
    return int(txid), int(seq)


def _visible(link: Connection, statement: Select[Any]) -> Select[Any]:
    """Leave out what a transaction that still runs could get events before."""
    if link.dialect.name != "postgresql":
        return statement
    return statement.where(
        table.c.txid < _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
    )


def _execute(statement: Delete, link: Connection) -> None:
    link.execute(statement)


def _event(row: Any) -> Event:
    news = EventDraft(*(row[name] for name in EventDraft._fields))
    return Event(f"{row['txid']}-{row['seq']}", row["at"], news)

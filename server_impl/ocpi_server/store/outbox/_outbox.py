"""The outbox as those who send see it: each method is one transaction."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, case, func, null, or_, select, update

from ocpi_server.store._records import Key
from ocpi_server.store.database import Database
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import objects
from ocpi_server.store.outbox import _lanes
from ocpi_server.store.outbox._lanes import Lane
from ocpi_server.store.outbox._nodes import beat_node, end_node
from ocpi_server.store.outbox._notes import KEY, Announcement, ChangedParts, Note, remember
from ocpi_server.store.outbox._pauses import end_far_pauses, end_pauses
from ocpi_server.store.outbox._refill import Refill, refill
from ocpi_server.store.outbox._settling import PARKED, Attempt, LaneState, settle

__all__ = ["Outbox", "Pending"]

_STATE: Final = ("kind", "parts", "removed", "number", "since", "tries", "refused")
_READ: Final = (*KEY, "holder", *_STATE, "message")
_LOAD = Prepared(
    select(*(notes.c[name] for name in _READ))
    .where(notes.c.partner == bindparam("of_partner"), notes.c.due <= bindparam("now"))
    .order_by(notes.c.due, notes.c.since)
    .limit(bindparam("most"))
)
_POSTED_URL = select(objects.c.posted_url).where(
    *(objects.c[name] == bindparam(name) for name in Key._fields)
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A note that was not sent, for an operator.

    Attributes:
        key: The object.
        kind: ``state``, ``removal`` or ``cdr``.
        since: Since when, in microseconds.
        tries: How often it failed.
        error: What went wrong the last time.
        parked: Whether it waits for an operator or for the next change.
    """

    key: Key
    kind: str
    since: int
    tries: int
    error: str | None
    parked: bool


class Outbox:
    """What partners have not been sent yet.

    Args:
        database: Where it is kept.

    Attributes:
        announced: Called when something is to be sent at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.announced: Callable[[], None] = _nothing

    async def due(self, now: int) -> list[Lane]:
        """Return the lanes with something to send at an instant."""
        return await self._database.read(lambda link: _lanes.due_lanes(link, now))

    async def lane(self, partner: str) -> Lane | None:
        """Look the lane of a partner up."""
        return await self._database.read(lambda link: _lanes.find_lane(link, partner))

    async def lanes(self) -> list[Lane]:
        """Return all lanes."""
        statement = select(*lanes.c).order_by(lanes.c.partner)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [Lane(*row) for row in rows]

    async def take(self, lane: Lane, owner: str, until: int) -> bool:
        """Take ownership of a lane."""
        return await self._database.write(lambda link: _lanes.take_lane(link, lane, owner, until))

    async def keep(self, partners: Collection[str], owner: str, until: int) -> set[str]:
        """Renew the leases of lanes; return those that are still owned."""
        names = sorted(partners)
        return await self._database.write(lambda link: _lanes.keep_lanes(link, names, owner, until))

    async def beat(self, node: str, now: int, until: int) -> list[str]:
        """Note that a process is there until an instant; return all that are."""
        return await self._database.write(lambda link: beat_node(link, node, now, until))

    async def end(self, node: str) -> None:
        """Note that a process has ended."""
        await self._database.write(lambda link: end_node(link, node))

    async def release(self, partner: str, owner: str, *, finished: bool) -> None:
        """Leave a lane to others."""
        await self._database.write(
            lambda link: _lanes.release_lane(link, partner, owner, finished=finished)
        )

    async def close(self, partner: str) -> None:
        """Forget a partner that is not registered any more."""
        await self._database.write(lambda link: _lanes.close_lane(link, partner))

    async def load(self, partner: str, now: int, most: int) -> list[Note]:
        """Return the first notes that are due, those that failed before last."""
        values = {"of_partner": partner, "now": now, "most": most}
        rows = await self._database.read(lambda link: _LOAD.all(link, values))
        return [_note(row) for row in rows]

    async def refill(self, lane: Lane, wanted: Refill) -> None:
        """Note the next own objects for a partner that is to have them all."""
        await self._database.write(lambda link: refill(link, lane, wanted))

    async def settle(
        self, partner: str, attempts: Sequence[Attempt], state: LaneState | None
    ) -> None:
        """Keep how sending went: what was sent is deleted, unless it has changed meanwhile."""
        await self._database.write(lambda link: settle(link, partner, attempts, state))

    async def note(self, key: Key, announcement: Announcement) -> None:
        """Note an object for partners, though it has not changed."""
        number = time.time_ns() // 1000
        await self._database.write(lambda link: remember(link, key, number, announcement, b""))
        self.announced()

    async def posted_url(self, key: Key) -> str | None:
        """Return where an own CDR can be read at its receiver; None where that is not known."""
        values = key._asdict()
        url = await self._database.read(lambda link: link.execute(_POSTED_URL, values).scalar())
        return url or None

    async def counts(self, now: int) -> dict[str, tuple[int, int, int, int]]:
        """Return for each partner how many notes it has, parked, due, and since when."""
        parked = func.sum(case((notes.c.due >= PARKED, 1), else_=0))
        due = func.sum(case((notes.c.due <= now, 1), else_=0))
        statement = select(
            notes.c.partner, func.count(), parked, due, func.min(notes.c.since)
        ).group_by(notes.c.partner)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return {row[0]: (int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows}

    async def pending(self, partner: str, most: int) -> list[Pending]:
        """Return notes for a partner: those that failed first, then the oldest."""
        statement = (
            select(*(notes.c[name] for name in Key._fields), notes.c.kind, notes.c.since)
            .add_columns(notes.c.tries, notes.c.error, notes.c.due)
            .where(notes.c.partner == partner)
            .order_by(notes.c.tries.desc(), notes.c.since)
            .limit(most)
        )
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [_pending(*row) for row in rows]

    async def retry(self, partner: str | None) -> int:
        """Send what has failed at once, parked notes too; return how many notes these are."""
        count = await self._database.write(lambda link: end_pauses(link, partner))
        self.announced()
        return count

    async def end_far_pauses(self, now: int, longest: int) -> None:
        """End pauses that a clock has written which ran ahead and was set back."""
        await self._database.write(lambda link: end_far_pauses(link, now, longest))

    async def resync(self, partner: str, module: str | None) -> bool:
        """Send a partner all that it may see again; false where it is not registered.

        Args:
            partner: The partner.
            module: The module to be sent; None: all. While another one is still to be sent, all
                are.
        """
        alone = or_(lanes.c.refill.is_(None), lanes.c.refill_module == module)
        values = {"refill": 0, "refill_module": case((alone, module), else_=null())}
        statement = update(lanes).where(lanes.c.partner == partner).values(values)
        known = await self._database.write(lambda link: link.execute(statement).rowcount)
        self.announced()
        return bool(known)


def _nothing() -> None:
    """Do nothing where nobody sends."""


def _pending(*row: Any) -> Pending:
    kind, since, tries, error, due = row[6:]
    return Pending(Key(*row[:6]), kind, since, tries, error, due >= PARKED)


def _note(row: Any) -> Note:
    partner, holder, kind, parts, removed, number, since, tries, refused, message = row[5:]
    return Note(
        Key(*row[:5])._replace(holder=holder),
        partner,
        kind,
        None if parts is None else msgspec.json.decode(parts, type=ChangedParts),
        None if removed is None else msgspec.json.decode(removed, type=dict[str, str]),
        number,
        since,
        tries,
        refused,
        message,
    )

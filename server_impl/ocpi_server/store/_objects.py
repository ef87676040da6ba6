"""The store of objects: each method is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection

from ocpi_runtime.types import PartyId
from ocpi_server._clock import is_far_future
from ocpi_server.store import _finding as finding
from ocpi_server.store import _rows as rows
from ocpi_server.store._bulk import find_all, put_all
from ocpi_server.store._counts import Tally
from ocpi_server.store._decisions import (
    Change,
    Decide,
    adding,
    changing,
    putting,
    removing,
)
from ocpi_server.store._moves import ListName, Log, Move
from ocpi_server.store._quota import Guard, Quota
from ocpi_server.store._records import Draft, Key, Put, Stored, StoredRepairs
from ocpi_server.store._shared_writes import SharedReads, SharedWrites, Write
from ocpi_server.store.database import Database
from ocpi_server.store.listing import Listing, Lists, StoredPage
from ocpi_server.store.outbox import Announcement

__all__ = ["ObjectStore"]

T = TypeVar("T")
Recorder = Callable[[Connection, str, Sequence[Key]], None]
Keys = Callable[[Any], Sequence[Key]]


class ObjectStore:
    """OCPI objects as bytes, found by identity or listed in the order of creation.

    Args:
        database: Where they are kept.
        quota: The most that each partner may store; any amount by default.

    Attributes:
        guard: Checks writes against the quota.
        announced: Called with the keys of a write that partners must be sent, once it is durable.
        recorder: Called in each write with the keys of what is ``stored`` or ``removed``.
    """

    def __init__(self, database: Database, quota: Quota | None = None) -> None:
        self.database = database
        self.guard = Guard(quota)
        self.announced: Callable[[Announcement, Sequence[Key]], None] = _nothing
        self.recorder: Recorder | None = None
        self._lists = Lists(database)
        self._reads = SharedReads(database)
        self._shared = SharedWrites(database, self._finish, self._lists.note)

    async def get(self, key: Key) -> Stored | None:
        """Look an object up by its identity."""
        return finding.first_of(key, await self._reads.rows([key]))

    async def get_repairs(self, key: Key) -> StoredRepairs | None:
        """Look up what was repaired of an object; None where nothing was."""
        return await self.database.read(lambda connection: finding.find_repairs(connection, key))

    async def get_any(self, keys: Sequence[Key]) -> list[Stored]:
        """Look up which of some objects are there, in the order of creation."""
        if not keys:
            return []
        return finding.whole_of(keys, await self._reads.rows(keys))

    async def get_held(self, keys: Sequence[Key]) -> list[Stored]:
        """Look up which of some objects are ours, or of who has, or had last, their parties.

        Args:
            keys: The objects, whoever holds them.
        """
        return await self.database.read(lambda connection: finding.find_held(connection, keys))

    async def get_seq(self, seq: int) -> Stored | None:
        """Look an object up by its place in the order of creation."""
        return await self.database.read(lambda connection: finding.find_seq(connection, seq))

    async def get_places(self, places: Sequence[int]) -> list[Stored]:
        """Look objects up by their places, in this order."""
        return await self.database.read(lambda connection: finding.find_places(connection, places))

    async def get_alike(self, module: str, source: str, alias: str, most: int) -> list[Stored]:
        """Look the first objects up that have another name in common, oldest first."""
        return await self.database.read(
            lambda connection: finding.find_alike(connection, module, source, alias.lower(), most)
        )

    async def get_oldest(self, module: str, source: str, until: int, most: int) -> list[Stored]:
        """Look up the objects for everybody that were updated at an instant or before, in order."""
        return await self.database.read(
            lambda connection: finding.find_oldest(connection, module, source, until, most)
        )

    async def page(self, listing: Listing) -> StoredPage:
        """Read one page of a list."""
        return await self._lists.page(listing)

    async def state(self, listing: Listing) -> dict[ListName, int]:
        """Return the number of the last change of each list that is asked for."""
        return await self._lists.state(listing)

    async def waiting(self, listing: Listing) -> list[int]:
        """Return the places of objects that a version may represent once other objects exist."""
        return await self._lists.waiting(listing)

    async def behind(self, listing: Listing, after: int, most: int) -> dict[int, str]:
        """Return the places of the first objects after a place, with their versions."""
        return await self._lists.behind(listing, after, most)

    async def last(self, listing: Listing) -> int:
        """Return the place of the last object of some lists; 0 where there is none."""
        return await self._lists.last(listing)

    async def places(self, keys: Sequence[Key]) -> list[int]:
        """Return the places of those objects that exist."""
        found = await self.database.read(lambda connection: find_all(connection, keys))
        return [known.seq for known in found.values()]

    async def drop(
        self, places: Sequence[int], source: str, before: int, owners: Collection[PartyId]
    ) -> int:
        """Delete objects of a source that belong to some parties and were updated before.

        Returns:
            How many they were.
        """
        if not places:
            return 0

        def work(connection: Connection, tally: Tally) -> list[Key]:
            found = [_drop(connection, place, source, before, owners, tally) for place in places]
            return [key for key in found if key is not None]

        return len(await self._write(work, lambda dropped: dropped, "removed"))

    def moves(self, known: dict[ListName, int], wanted: dict[ListName, int]) -> list[Move] | None:
        """Return the moves between two states of lists; None where they are not known."""
        return self._lists.since(known, wanted)

    async def put(self, draft: Draft, announcement: Announcement | None = None) -> Put:
        """Create or replace an object; what is newer than the draft stays, and so does a CDR.

        Args:
            draft: The object.
            announcement: The partners that must be sent it.

        Raises:
            QuotaExceeded: Its partner would store more than it may.
        """
        done: Put = await self._one(draft.key, putting(draft, self.guard), announcement)
        return done

    async def put_all(
        self, drafts: Sequence[Draft], announcements: Mapping[str, Announcement] | None = None
    ) -> list[Put]:
        """Create or replace many objects in one transaction.

        Args:
            drafts: The objects.
            announcements: The partners that must be sent them, by the audience of the objects.

        Raises:
            QuotaExceeded: Its partner would store more than it may.
        """
        done = await self._write(
            lambda connection, tally: put_all(connection, drafts, tally, announcements or {}),
            lambda done: [
                draft.key for draft, put in zip(drafts, done, strict=True) if put is not Put.STALE
            ],
        )
        for audience, each in (announcements or {}).items():
            self.announced(each, [draft.key for draft in drafts if draft.audience == audience])
        return done

    async def add(self, draft: Draft, announcement: Announcement | None = None) -> int:
        """Create an object that may never be replaced, and return its place.

        Args:
            draft: The object.
            announcement: The partners that must be sent it.

        Raises:
            Duplicate: There is one already; it stays as it is.
            QuotaExceeded: Its partner would store more than it may.
        """
        place: int = await self._one(draft.key, adding(draft, self.guard), announcement)
        return place

    async def change(
        self, key: Key, change: Change, announcement: Announcement | None = None
    ) -> Stored | None:
        """Replace an object by what ``change`` makes of it, with nobody in between.

        Args:
            key: The object.
            change: Called with the stored object, perhaps twice; what it raises undoes all.
            announcement: The partners that must be sent what becomes of it.

        Returns:
            What was stored before, or None where there is no such object.
        """
        decide = changing(change, self.guard)
        before: Stored | None = await self._one(key, decide, announcement, whole=True)
        return before

    async def remove(self, key: Key, announcement: Announcement | None = None) -> bool:
        """Delete an object; false where there was none."""
        removed: bool = await self._one(key, removing, announcement)
        return removed

    async def _one(
        self,
        key: Key,
        decide: Decide,
        announcement: Announcement | None,
        *,
        whole: bool = False,
    ) -> Any:
        """Write one object, together with others of its owner that wait."""
        done = await self._shared.run(Write(key, decide, announcement, whole=whole))
        if announcement is not None:
            self.announced(announcement, [key])
        return done

    async def _write(
        self, work: Callable[[Connection, Tally], T], keys: Keys, what: str = "stored"
    ) -> T:
        """Write many objects in a transaction of their own."""

        def attempt(connection: Connection) -> tuple[T, Log]:
            tally = Tally()
            done = work(connection, tally)
            log = self._count(connection, tally)
            self._record(connection, what, keys(done))
            return done, log

        done, log = await self.database.write(attempt)
        self._lists.note(log)
        return done

    def _finish(self, connection: Connection, tally: Tally, writes: Sequence[Write]) -> Log:
        """Finish a transaction of writes of single objects."""
        log = self._count(connection, tally)
        if self.recorder is not None:
            for what, alike in groupby(writes, _what):
                self._record(connection, what, [each.key for each in alike if each.decision.counts])
        return log

    def _count(self, connection: Connection, tally: Tally) -> Log:
        log = tally.write(connection)
        self.guard.check_totals(connection, log)
        return log

    def _record(self, connection: Connection, what: str, keys: Sequence[Key]) -> None:
        if self.recorder is not None:
            self.recorder(connection, what, keys)


def _drop(
    connection: Connection,
    place: int,
    source: str,
    before: int,
    owners: Collection[PartyId],
    tally: Tally,
) -> Key | None:
    old = finding.find_known_seq(connection, place)
    if old is None or old.source != source:
        return None
    if old.last_updated >= before and not is_far_future(old.last_updated, before):
        return None
    if PartyId(old.key.country_code, old.key.party_id) not in owners:
        return None
    rows.remove(connection, old, tally)
    return old.key


def _what(write: Write) -> str:
    return "removed" if write.decision.removes else "stored"


def _nothing(_announcement: Announcement, _keys: Sequence[Key]) -> None:
    """Do nothing where nobody sends."""

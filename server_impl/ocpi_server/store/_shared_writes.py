"""Single objects: writes of one owner share a commit, and reads on PostgreSQL a statement."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ocpi_server.store import _rows as rows
from ocpi_server.store._bulk import lookup, texts_of
from ocpi_server.store._counts import Tally
from ocpi_server.store._decisions import REFUSED, Decide
from ocpi_server.store._finding import FEW, Known, any_of, stored_as
from ocpi_server.store._moves import Log
from ocpi_server.store._records import Draft, Key, Stored
from ocpi_server.store.database import Database
from ocpi_server.store.database.errors import StoreError
from ocpi_server.store.outbox import Announcement, remember

__all__ = ["Finish", "SharedReads", "SharedWrites", "Write"]

Owner = tuple[str, str, str, str]
_Found = Mapping[Key, Sequence[Any]]
Finish = Callable[[Connection, Tally, Sequence["Write"]], Log]

_MOST: Final = 32
"""How many writes share a transaction at most."""
_SECONDS: Final = 0.005
"""So much processor time is spent on one transaction before others get their turn."""


class Write:
    """A write of one object.

    Args:
        key: The object.
        decide: Decides what is written.
        announcement: The partners that must be sent it.
        whole: Whether ``decide`` needs the text that is stored.

    Attributes:
        old: What is stored.
        decision: What was decided.
        place: That of an object that was created.
        future: Who waits.
    """

    __slots__ = (
        "_error",
        "announcement",
        "decide",
        "decision",
        "future",
        "key",
        "old",
        "place",
        "whole",
    )

    def __init__(
        self, key: Key, decide: Decide, announcement: Announcement | None, *, whole: bool
    ) -> None:
        self.key, self.decide = key, decide
        self.announcement, self.whole = announcement, whole
        self.old: Known | Stored | None = None
        self.decision = REFUSED
        self.place = 0
        self._error: Exception | None = None
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def run(self, row: Sequence[Any] | None) -> None:
        """Decide, by the row of the object."""
        self.decision, self._error = REFUSED, None
        try:
            if row is None:
                self.old = None
            else:
                self.old = (stored_as if self.whole else Known.read)(self.key, row)
            self.decision = self.decide(self.old)
        except Exception as error:  # noqa: BLE001 - for who waits
            self._error = error

    def settle(self, error: Exception | None) -> None:
        """Pass the result to the caller, unless it was canceled."""
        error = error or self._error
        if self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            result = self.decision.result
            self.future.set_result(self.place if result is None and self.place else result)


class _Lane:
    """The writes of one owner that wait; those that are made alone come first."""

    __slots__ = ("alone", "owner", "waiting")

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.waiting: deque[Write] = deque()
        self.alone: deque[Write] = deque()


class SharedWrites:
    """Runs writes, one transaction at a time for each owner whose objects are written.

    All writes to one list update the row that counts it, and wait for each other until each is on
    the disk. Together they wait for the disk once, and are made with few statements.

    Args:
        database: Where they are made.
        finish: Called at the end of each transaction with its writes; returns what was done to
            lists.
        committed: Called with the same once the transaction is durable.
    """

    def __init__(
        self, database: Database, finish: Finish, committed: Callable[[Log], None]
    ) -> None:
        self._database, self._finish, self._committed = database, finish, committed
        self._lanes: dict[Owner, _Lane] = {}

    async def run(self, write: Write) -> Any:
        """Make a write, and return its result once it is durable; what it raises is raised here."""
        key = write.key
        owner = (key.module, key.country_code, key.party_id, key.holder)
        lane = self._lanes.get(owner)
        if lane is None:
            lane = self._lanes[owner] = _Lane(owner)
            lane.waiting.append(write)
            self._begin(lane)
        else:
            lane.waiting.append(write)
        return await write.future

    def _begin(self, lane: _Lane) -> None:
        """Begin the next transaction, if somebody waits for it."""
        taken: list[Write] = []
        if lane.alone:
            taken.append(lane.alone.popleft())
        elif not lane.waiting:
            del self._lanes[lane.owner]
            return
        self._database.submit(
            lambda connection: self._work(connection, taken, lane.waiting),
            lambda log, error: self._end(lane, taken, log, error),
        )

    def _end(
        self, lane: _Lane, taken: list[Write], log: Log | None, error: Exception | None
    ) -> None:
        if error is not None:
            taken = taken or _take(lane.waiting)
            if len(taken) > 1 and _may_be_of_one(error):
                lane.alone.extend(taken)
                taken = []
        elif log:
            self._committed(log)
        for write in taken:
            write.settle(error)
        self._begin(lane)

    def _work(self, connection: Connection, taken: list[Write], waiting: deque[Write]) -> Log:
        """Do what waits by now; the same once more where the transaction has to be repeated."""
        taken += [] if taken else _take(waiting)
        tally = Tally()
        until = time.thread_time() + _SECONDS
        done = 0
        for writes in _without_repeats(taken):
            written = _write_all(connection, writes, tally, until)
            done += written
            if written < len(writes) or time.thread_time() > until:
                break
        waiting.extendleft(reversed(taken[done:]))
        del taken[done:]
        return self._finish(connection, tally, taken)


def _take(waiting: deque[Write]) -> list[Write]:
    return [waiting.popleft() for _ in range(min(len(waiting), _MOST))]


def _may_be_of_one(error: Exception) -> bool:
    """Return whether writes of a transaction may succeed without the one that failed."""
    return not isinstance(error, OperationalError | StoreError | OSError)


def _without_repeats(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Split writes so that each object comes once: a later one has to see the one before."""
    part: list[Write] = []
    keys: set[Key] = set()
    for write in writes:
        if write.key in keys:
            yield part
            part, keys = [], set()
        part.append(write)
        keys.add(write.key)
    yield part


def _write_all(connection: Connection, writes: Sequence[Write], tally: Tally, until: float) -> int:
    """Write different objects, the first of them at least, and return how many."""
    find = lookup(connection, [(each.key, each.whole) for each in writes])
    decided: list[Write] = []
    for write in writes:
        write.run(find(write.key, write.whole))
        decided.append(write)
        if time.thread_time() > until:
            break
    _apply(connection, decided, tally)
    return len(decided)


def _apply(connection: Connection, writes: Sequence[Write], tally: Tally) -> None:
    number = rows.next_number(max((each.old.number for each in writes if each.old), default=0))
    replaced: list[tuple[Known | Stored, Draft]] = []
    for write in writes:
        draft = write.decision.draft
        if write.old is None:
            if draft is not None:
                write.place = rows.add(connection, draft, tally, number)
        elif write.decision.removes:
            rows.remove(connection, write.old, tally)
        elif draft is not None:
            replaced.append((write.old, draft))
    rows.overwrite_all(connection, replaced, tally, number)
    for write in writes:
        if write.announcement is not None and write.decision.is_news:
            before = write.decision.before
            remember(connection, write.key, number, write.announcement, before)


def _is_of_values(error: Exception) -> bool:
    """Return whether a value is one that the database cannot hold, such as text with a NUL."""
    cause = getattr(error, "orig", error)
    return isinstance(cause, ValueError) or str(getattr(cause, "sqlstate", "")).startswith("22")


class SharedReads:
    """Looks objects up outside of transactions.

    What all requests ask in one turn of the event loop is one statement on PostgreSQL: there a
    round trip costs more than to find an object.

    Args:
        database: Where the objects are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking: dict[asyncio.Future[_Found], Sequence[Key]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def rows(self, keys: Sequence[Key]) -> Sequence[Sequence[Any]]:
        """Return what the statement of :func:`any_of` finds."""
        if len(keys) > FEW or not self._database.takes_arrays:
            return await self._database.rows(*any_of(keys))
        found = await self._ask(keys)
        return [(*found[key], at) for at, key in enumerate(keys) if key in found]

    def _ask(self, keys: Sequence[Key]) -> "asyncio.Future[_Found]":
        loop = asyncio.get_running_loop()
        if not self._asking:
            # In a task of its own: who asks first may be cancelled.
            task = loop.create_task(self._answer())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        future: asyncio.Future[_Found] = loop.create_future()
        self._asking[future] = keys
        return future

    async def _answer(self) -> None:
        """Answer all that have asked by now."""
        asking, self._asking = self._asking, {}
        await self._settle(asking)

    async def _settle(self, asking: "Mapping[asyncio.Future[_Found], Sequence[Key]]") -> None:
        try:
            found = await self._find([*dict.fromkeys(chain.from_iterable(asking.values()))])
        except Exception as error:  # noqa: BLE001 - for who waits
            if len(asking) > 1 and _is_of_values(error):
                each = ({future: keys} for future, keys in asking.items())
                await asyncio.gather(*map(self._settle, each))
                return
            for future in asking:
                if not future.done():
                    future.set_exception(error)
        else:
            for future in asking:
                if not future.done():
                    future.set_result(found)

    async def _find(self, keys: Sequence[Key]) -> _Found:
        return {keys[at - 1]: row for at, *row in await self._database.rows(*texts_of(keys))}

"""Ids that sessions are about to get: kept in the store, so that no two processes use one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server.store import Draft, Duplicate, Key, ObjectStore, Stored

__all__ = ["SessionIds"]

_MODULE: Final = "claimed_session_ids"
_MARGIN: Final = timedelta(seconds=5)


class _Claimed(Exception):
    """Another command has the id."""


class SessionIds:
    """Gives ids to commands, each to one at a time.

    Args:
        store: Where they are noted.
        seconds: How long a charge point may take; a process that has ended keeps no id longer.
        clock: Returns the current time.
    """

    def __init__(self, store: ObjectStore, seconds: float, clock: Clock = utc_now) -> None:
        self._store = store
        self._wait = timedelta(seconds=seconds) + _MARGIN
        self._clock = clock

    @asynccontextmanager
    async def claimed(self, uid: str) -> AsyncIterator[bool]:
        """Claim an id until the block ends; false where another command has it."""
        # A command may choose from all parties, so that these share their ids.
        key = Key.of(_MODULE, PartyId("", ""), uid)
        if not await self._claim(key):
            yield False
            return
        try:
            yield True
        finally:
            await self._store.remove(key)

    async def _claim(self, key: Key) -> bool:
        now = self._clock()
        draft = Draft(key, b"{}", to_micros(now + self._wait), "")

        def replaced(old: Stored) -> Draft:
            if old.last_updated > to_micros(now):
                raise _Claimed
            return draft

        try:
            await self._store.add(draft)
        except Duplicate:
            try:
                return await self._store.change(key, replaced) is not None
            except _Claimed:
                return False
        return True

"""Partners that register while a change is written, after those to send it to were found."""

import time
from collections import deque
from collections.abc import Collection, Sequence
from typing import Final

from ocpi_server.store import Announcement, Key, Outbox
from ocpi_server.sync.push._announcing import Announcer

__all__ = ["LateRecipients"]

_EVERY: Final = 1.0
_MOST: Final = 20_000
"""Number of changes that are remembered until the next check."""


class LateRecipients:
    """Notes changes for partners that registered while these were written.

    Such a partner is sent all objects as they are before the change is committed. One that
    registers later is sent the change with them.

    Args:
        announcer: Finds the partners that changes are for.
        outbox: Keeps what is to be sent.
    """

    def __init__(self, announcer: Announcer, outbox: Outbox) -> None:
        self._announcer, self._outbox = announcer, outbox
        self._written: deque[tuple[Key, Announcement]] = deque(maxlen=_MOST)
        self._checked = 0.0

    def wrote(self, announcement: Announcement, keys: Sequence[Key]) -> None:
        """Remember a change that has been committed."""
        if announcement.everybody:
            self._written.extend((key, announcement) for key in keys)

    async def check(self) -> None:
        """Look once a second for partners that the changes since then were not noted for."""
        if not self._written or time.monotonic() - self._checked < _EVERY:
            return
        self._checked = time.monotonic()
        written, self._written = self._written, deque(maxlen=_MOST)
        try:
            await self._note_all(written)
        except Exception:
            self._written.extendleft(reversed(written))  # they are looked at again
            raise

    async def _note_all(self, written: Collection[tuple[Key, Announcement]]) -> None:
        takers = {
            module: (await self._announcer.for_all(module)).partners
            for module in {key.module for key, _ in written}
        }
        for key, announcement in written:
            if announcement.partners != takers[key.module]:
                late = set(takers[key.module]).difference(announcement.partners)
                await self._note(key, announcement, tuple(late))

    async def _note(self, key: Key, announcement: Announcement, late: tuple[str, ...]) -> None:
        if late:
            await self._outbox.note(key, Announcement(late, removed=announcement.removed))

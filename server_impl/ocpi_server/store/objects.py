"""The store of objects: each method is one transaction."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from ocpi_server.store import rows
from ocpi_server.store.database import Database
from ocpi_server.store.listing import Listing, Pager, StoredPage
from ocpi_server.store.records import Draft, Duplicate, Key, Put, Stored

__all__ = ["ObjectStore"]

Change = Callable[[Stored], Draft | None]
"""Makes the new state of an object from the stored one; None leaves it as it is."""


class ObjectStore:
    """OCPI objects as bytes, found by identity or listed in the order of creation.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._pager = Pager()

    async def get(self, key: Key) -> Stored | None:
        """Look an object up by its identity."""
        return await self.database.read(lambda connection: rows.find(connection, key))

    async def get_seq(self, seq: int) -> Stored | None:
        """Look an object up by its place in the order of creation."""
        return await self.database.read(lambda connection: rows.find_seq(connection, seq))

    async def page(self, listing: Listing) -> StoredPage:
        """Read one page of a list."""
        return await self.database.read(lambda connection: self._pager.page(connection, listing))

    async def put(self, draft: Draft) -> Put:
        """Create or replace an object; what is newer than the draft stays."""
        return await self.database.write(lambda connection: _put(connection, draft))

    async def put_all(self, drafts: Sequence[Draft]) -> list[Put]:
        """Create or replace many objects in one transaction."""
        return await self.database.write(
            lambda connection: [_put(connection, draft) for draft in drafts]
        )

    async def add(self, draft: Draft) -> int:
        """Create an object that may never be replaced, and give its place.

        Raises:
            Duplicate: There is one already; it stays as it is.
        """
        return await self.database.write(lambda connection: _add(connection, draft))

    async def change(self, key: Key, change: Change) -> Stored | None:
        """Replace an object by what ``change`` makes of it, with nobody in between.

        Args:
            key: The object.
            change: Called with the stored object, perhaps twice; what it raises undoes all.

        Returns:
            What was stored before, or None where there is no such object.
        """
        return await self.database.write(lambda connection: _change(connection, key, change))

    async def remove(self, key: Key) -> bool:
        """Delete an object; false where there was none."""
        return await self.database.write(lambda connection: _remove(connection, key))


def _put(connection: Connection, draft: Draft) -> Put:
    old = rows.find(connection, draft.key, lock=True)
    if old is None:
        rows.add(connection, draft)
        return Put.CREATED
    if draft.last_updated < old.last_updated:
        return Put.STALE
    rows.overwrite(connection, old, draft)
    return Put.UPDATED


def _add(connection: Connection, draft: Draft) -> int:
    if rows.find(connection, draft.key, lock=True) is not None:
        raise Duplicate(draft.key.uid)
    return rows.add(connection, draft)


def _change(connection: Connection, key: Key, change: Change) -> Stored | None:
    old = rows.find(connection, key, lock=True)
    if old is None:
        return None
    draft = change(old)
    if draft is not None:
        rows.overwrite(connection, old, draft)
    return old


def _remove(connection: Connection, key: Key) -> bool:
    old = rows.find(connection, key, lock=True)
    if old is not None:
        rows.remove(connection, old)
    return old is not None

"""Lists of objects for back ends, in pages that are bounded in bytes."""

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Page, PageQuery, RawPage
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import to_micros
from ocpi_server._operations import Operations
from ocpi_server.objects.class_names import class_name
from ocpi_server.operator_api._arguments import require_supported
from ocpi_server.store import Cursor, Key, Listing
from ocpi_server.store.database.tables import listings
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Lists"]

_MOST_BYTES: Final = 16 * 1024 * 1024
"""A page ends once its objects have so many bytes: partners may send large ones."""
_CHUNK: Final = 25
"""So many objects are read at a time."""


class Lists:
    """Lists of objects from one source, regardless of their audience.

    Args:
        platform: The platform.
    """

    def __init__(self, platform: Operations) -> None:
        self._platform = platform

    @property
    def _renditions(self) -> Renditions:
        return self._platform.parts.renditions

    async def page(
        self,
        module: str,
        version: str,
        source: str,
        query: PageQuery,
        owner: PartyId | None,
    ) -> RawPage:
        """Return one page of a list, in a version.

        Args:
            module: The OCPI module.
            version: The version.
            source: ``OWN``, or the id of the partner that sent them.
            query: Which page.
            owner: Only objects of this party; None: of all.
        """
        require_supported(module, version)
        audiences = await self._audiences(module, source)
        listing = Listing(
            module=module,
            source=source,
            audiences=audiences,
            owners=None if owner is None else (owner,),
            date_from=None if query.date_from is None else to_micros(query.date_from),
            date_to=None if query.date_to is None else to_micros(query.date_to),
            offset=query.offset,
            limit=query.limit,
            cursor=Cursor.read(query.cursor),
            version=version,
        )
        items: list[Raw] = []
        left, size = query.limit, 0
        while True:
            found = await self._renditions.listed(replace(listing, limit=min(left, _CHUNK)))
            items += await self._renditions.page(found, version)
            left, size = left - _CHUNK, size + sum(map(len, found.items))
            if left <= 0 or size >= _MOST_BYTES or not found.more or found.cursor is None:
                break
            listing = replace(listing, cursor=found.cursor)
        cursor = None if found.cursor is None else str(found.cursor)
        return Page(items, total=found.total, more=found.more, cursor=cursor)

    async def one(self, key: Key, version: str, uid: str) -> Raw:
        """Return an object in a version.

        Args:
            key: Its key.
            version: The version.
            uid: Its id as it was requested, for the message.

        Raises:
            NotFound: There is none.
        """
        require_supported(key.module, version)
        stored = await self._platform.parts.store.get(key)
        if stored is None:
            raise NotFound(f"{class_name(key.module)} {uid} not found.")
        return await self._renditions.of(stored, version)

    async def _audiences(self, module: str, source: str) -> tuple[str, ...]:
        """Return the audiences of the objects of a list, including parties without a partner."""
        statement = select(listings.c.audience).distinct()
        statement = statement.where(listings.c.module == module, listings.c.source == source)
        database = self._platform.parts.store.database
        found = await database.read(lambda link: link.execute(statement).scalars().all())
        return tuple(sorted(found)) or ("",)

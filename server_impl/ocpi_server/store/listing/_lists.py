"""All that is asked of lists, each in a transaction."""

from ocpi_server.store._moves import ListName, Log, Move
from ocpi_server.store.database import Database
from ocpi_server.store.listing import _paging as paging
from ocpi_server.store.listing._listing import Listing, StoredPage
from ocpi_server.store.listing._plain_pages import PlainPages, Refused

__all__ = ["Lists"]


class Lists:
    """Answers what is asked of lists.

    Args:
        database: Where the objects are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pager = paging.Pager()
        self._plain = PlainPages(database)

    async def page(self, listing: Listing) -> StoredPage:
        """Read one page."""
        if PlainPages.fits(listing):
            try:
                return await self._plain.page(listing)
            except Refused as refused:
                is_short = refused.total <= paging.LONG
            if is_short:
                return await self._database.read(lambda link: self._pager.page(link, listing))
        else:
            page = await self._database.read(lambda link: self._pager.short_page(link, listing))
            if page is not None:
                return page
        return await self._database.read_aside(lambda link: self._pager.page(link, listing))

    async def state(self, listing: Listing) -> dict[ListName, int]:
        """Return the number of the last change of each list that is asked for."""
        return await self._database.read(lambda link: paging.state_of(link, listing))

    async def waiting(self, listing: Listing) -> list[int]:
        """Return the places of objects that a version may represent once other objects exist."""
        return await self._database.read_aside(lambda link: paging.waiting(link, listing))

    async def behind(self, listing: Listing, after: int, most: int) -> dict[int, str]:
        """Return the places of the first objects after a place, with their versions."""
        return await self._database.read(lambda link: paging.behind(link, listing, after, most))

    async def last(self, listing: Listing) -> int:
        """Return the place of the last object of some lists; 0 where there is none."""
        return await self._database.read(lambda link: paging.last(link, listing))

    def note(self, log: Log) -> None:
        """Take what a write of this process did to lists, once it is committed."""
        self._pager.note(log)

    def since(self, known: dict[ListName, int], wanted: dict[ListName, int]) -> list[Move] | None:
        """Return what happened between two states of lists; None where that is not known."""
        return self._pager.since(known, wanted)

"""The list of ClientInfos that a partner reads: those of the parties that it sees."""

from bisect import bisect_right
from collections.abc import Sequence

from ocpi_runtime.server import Context, Page, PageQuery, RawPage
from ocpi_runtime.types import PartyId
from ocpi_server._clock import to_micros
from ocpi_server.hub.presence.visibility import Visibility
from ocpi_server.partners import KnownPartner
from ocpi_server.store import OWN, Cursor, Listing, ObjectStore, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["VisibleInfos"]

_CHUNK = 500


class VisibleInfos:
    """Lists ClientInfos: what a hub has of them is little, so each page is picked from all.

    Args:
        store: Has them.
        renditions: Converts them to the version of whoever asks.
        visibility: Which parties each partner may see.
    """

    def __init__(self, store: ObjectStore, renditions: Renditions, visibility: Visibility) -> None:
        self._store, self._renditions, self._visibility = store, renditions, visibility

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """Return one page of what the partner may see, oldest first."""
        found = await self._found(context, query)
        cursor = Cursor.read(query.cursor)
        first = query.offset
        if cursor is not None:
            first = bisect_right([each.seq for each in found], cursor.after)
        page = found[first : first + query.limit]
        more = first + len(page) < len(found)
        following = Cursor(page[-1].seq, len(found), 0) if page else None
        version = context.interface.version
        items = [await self._renditions.of(each, version) for each in page]
        return Page(items, len(found), more, str(following) if more else None)

    async def _found(self, context: Context, query: PageQuery) -> Sequence[Stored]:
        record = context.partner_as(KnownPartner).record
        sees = await self._visibility.of(record)
        listing = Listing(
            module="hubclientinfo",
            source=OWN,
            date_from=None if query.date_from is None else to_micros(query.date_from),
            date_to=None if query.date_to is None else to_micros(query.date_to),
        )
        found: list[Stored] = []
        after = 0
        while places := await self._store.behind(listing, after, _CHUNK):
            after = max(places)
            found += await self._store.get_places(list(places))
        return [
            each
            for each in found
            if listing.lets_through(each.last_updated)
            and sees(PartyId(each.key.country_code, each.key.party_id))
        ]

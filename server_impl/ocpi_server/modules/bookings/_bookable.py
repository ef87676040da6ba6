"""What can be booked at our locations, as partners list and read it. A CPO's side."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ocpi_runtime import codec
from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Context, Page, PageQuery, RawPage
from ocpi_runtime.types import Raw
from ocpi_server._clock import to_micros
from ocpi_server.modules.bookings._records import BookableLocation
from ocpi_server.objects.location_parts import calendar, find
from ocpi_server.objects.own import OwnObjects
from ocpi_server.store import OWN, Cursor, Listing

__all__ = ["BookableObjects"]

_AT_ONCE = 200


@dataclass(slots=True)
class _Found:
    """What of a list matches: how many in all, and those of one page."""

    skip: int
    most: int
    total: int = 0
    items: list[Raw] = field(default_factory=list)
    last: int = 0
    more: bool = False

    def add(self, place: int, raw: Raw) -> None:
        """Count a match, which lies at a place of the list."""
        self.total += 1
        if self.total <= self.skip:
            return
        if len(self.items) < self.most:
            self.items.append(raw)
            self.last = place
        else:
            self.more = True


class BookableObjects(OwnObjects):
    """Our booking locations, which have calendars inside."""

    async def calendar(self, context: Context, uid: str, calendar_id: str) -> Raw:
        """Read a calendar.

        Raises:
            NotFound: There is none.
        """
        found = find((await self.get(context, uid)).raw, [calendar(calendar_id)])
        if found is None:
            raise NotFound(f"Calendar {calendar_id} of BookingLocation {uid} not found.")
        return Raw(found)

    async def between(
        self,
        context: Context,
        query: PageQuery,
        start: datetime | None,
        end: datetime | None,
    ) -> RawPage:
        """List those that have something free in a period.

        A timeslot counts if a part of it lies in the period. The store has no index of timeslots:
        the whole list is read, from where the page before ended.

        Args:
            context: Who asks.
            query: The page.
            start: When the period begins; None for always.
            end: When it is over; None for never.

        Raises:
            InvalidParameters: The request is addressed to a party that is not here.
        """
        if start is None and end is None:
            return await self.page(context, query)
        cursor = Cursor.read(query.cursor)
        found = _Found(0 if cursor else query.offset, query.limit)
        async for place, raw in self._walk(context, query, cursor):
            if _has_slot(raw, start, end):
                found.add(place, raw)
                if cursor and found.more:
                    break
        total = cursor.total if cursor else found.total
        mark = str(Cursor(found.last, total, 0)) if found.more else None
        return Page(found.items, total=total, more=found.more, cursor=mark)

    async def _walk(self, context: Context, query: PageQuery, cursor: Cursor | None) -> Any:
        asked = self._parties.asked(context)
        more = True
        while more:
            listing = Listing(
                module=self._module,
                source=OWN,
                owners=None if len(asked) == len(self._parties.all) else asked,
                date_from=None if query.date_from is None else to_micros(query.date_from),
                date_to=None if query.date_to is None else to_micros(query.date_to),
                limit=_AT_ONCE,
                cursor=cursor,
            )
            page = await self._store.page(listing)
            for place, raw in zip(page.places, page.items, strict=True):
                yield place, raw
            cursor, more = page.cursor, page.more
            await asyncio.sleep(0)  # a long list takes its time, and others wait


def _has_slot(raw: bytes, start: datetime | None, end: datetime | None) -> bool:
    calendars = codec.decode(raw, BookableLocation).calendars or ()
    return any(
        (end is None or slot.start < end) and (start is None or slot.end > start)
        for each in calendars
        for slot in each.available_timeslots
    )

"""Our own bookings, each for the eMSP that asked for it. A CPO's side."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from ocpi_runtime import codec
from ocpi_runtime.errors import GenericClientError, NotFound
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, after, to_micros
from ocpi_server._jsonbytes import elements, fields, same, text_field
from ocpi_server.modules.bookings._json_text import (
    BookingUpdate,
    new_booking,
    with_news,
    with_request,
)
from ocpi_server.modules.bookings._records import FINAL, StoredBooking
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.store import (
    OWN,
    Announcement,
    Draft,
    Duplicate,
    Key,
    Listing,
    Stored,
    audience_of,
    is_set_aside,
)
from ocpi_server.sync.push import Announcer

__all__ = ["OwnBookings", "stored_booking"]

_MOST_REQUESTS: Final = 50
_REPEATED: Final = timedelta(minutes=10)
"""After this, a change that was declined may be asked for again."""


class OwnBookings:
    """Writes bookings, to be pushed to eMSPs.

    Args:
        own: Where they are put.
        announcer: Finds eMSPs.
        clock: Returns the current time.
    """

    def __init__(self, own: ObjectsForParty, announcer: Announcer, clock: Clock) -> None:
        self._own = own
        self._announcer = announcer
        self._clock = clock

    def key(self, owner: PartyId, uid: str) -> Key:
        """Return the key of a booking."""
        return Key.of(self._own.kind.module, owner, uid)

    async def note(
        self, owner: PartyId, emsp: PartyId, request_id: str, request: bytes, place: bytes
    ) -> Stored:
        """Make a booking of a first request, or add the request to the booking that it is about.

        A request that comes again changes nothing: the answer to it may have been lost.

        Args:
            owner: Our party that owns the booking location.
            emsp: Who asks.
            request_id: What it calls all its requests about this booking.
            request: The request.
            place: The booking location.

        Raises:
            GenericClientError: The booking is over, or there are too many requests about it.
        """
        uid = await self._uid(owner, emsp, request_id)
        key, now = self.key(owner, uid), self._clock()
        text = new_booking(owner, uid, request, place, now)
        try:
            await self._own.store.add(self._own.draft(owner, emsp, text))
        except Duplicate:
            return await self.edit(key, lambda old, at: _added(old, request, at))
        return await self.get(key)

    async def is_known(self, owner: PartyId, emsp: PartyId, request_id: str) -> bool:
        """Return whether there is a booking of a request, or of one before with the same id."""
        uid = await self._uid(owner, emsp, request_id)
        return await self._own.store.get(self.key(owner, uid)) is not None

    async def _uid(self, owner: PartyId, emsp: PartyId, request_id: str) -> str:
        """Name a booking: the same name is the same booking, in any process.

        A booking of a registration that had the party of the eMSP before is another one.
        """
        name = f"ocpi:{owner}/{emsp}/{request_id.lower()}"
        while True:
            uid = str(uuid5(NAMESPACE_URL, name))
            there = await self._own.store.get(self.key(owner, uid))
            if there is None or not is_set_aside(there.audience):
                return uid
            name += "+"

    async def get(self, key: Key) -> Stored:
        """Read a booking.

        Raises:
            NotFound: There is none.
        """
        found = await self._own.store.get(key)
        if found is None:
            raise NotFound(f"Booking {key.uid} not found.")
        return found

    async def recent(self, emsp: PartyId, since: datetime) -> AsyncIterator[StoredBooking]:
        """Yield the bookings of an eMSP that changed since then."""
        cursor, more = None, True
        while more:
            listing = Listing(
                module=self._own.kind.module,
                source=OWN,
                audiences=(audience_of(emsp),),
                date_from=to_micros(since),
                cursor=cursor,
            )
            page = await self._own.store.page(listing)
            for raw in page.items:
                yield codec.decode(raw, StoredBooking)
            cursor, more = page.cursor, page.more

    async def put(self, key: Key, news: BookingUpdate) -> Stored:
        """Write the new state of a booking, unless it is final, to be pushed to its eMSP.

        What has ended meanwhile stays as it ended, and a request is decided once.
        """
        audience = (await self.get(key)).audience
        announcement = await self._announcer.for_provider(self._own.kind.module, audience)
        return await self.edit(key, lambda old, at: _updated(old, news, at), announcement)

    async def edit(
        self,
        key: Key,
        make: Callable[[bytes, datetime], bytes],
        announcement: Announcement | None = None,
    ) -> Stored:
        """Replace a booking by what ``make`` makes of it, always later than its last change.

        Raises:
            NotFound: There is none.
        """

        def change(old: Stored) -> Draft | None:
            made = make(old.raw, after(self._clock(), old.last_updated))
            if made == old.raw:
                return None
            owner = PartyId(old.key.country_code, old.key.party_id)
            return self._own.draft(owner, old.audience, made)

        await self._own.store.change(key, change, announcement)
        return await self.get(key)


def stored_booking(booking: Stored) -> StoredBooking:
    """Read from a booking what decides about it."""
    return codec.decode(booking.raw, StoredBooking)


def _updated(booking: bytes, news: BookingUpdate, now: datetime) -> bytes:
    stored = codec.decode(booking, StoredBooking)
    if news.decided is not None and news.decided[0] not in stored.waiting:
        return booking
    if stored.reservation_status not in FINAL:
        return with_news(booking, news, now)
    if news.decided is None:
        return booking
    return with_news(booking, BookingUpdate(decided=(news.decided[0], "DECLINED")), now)


def _added(booking: bytes, request: bytes, now: datetime) -> bytes:
    stored = codec.decode(booking, StoredBooking)
    if _is_repeated(booking, stored, request, now):
        return booking
    if stored.reservation_status in FINAL:
        raise GenericClientError(
            f"The booking has ended with status {stored.reservation_status}.",
            hint="Use another request_id.",
        )
    if len(stored.booking_requests) >= _MOST_REQUESTS:
        raise GenericClientError(f"The booking has {_MOST_REQUESTS} requests, the maximum.")
    return with_request(booking, request, now)


def _is_repeated(booking: bytes, stored: StoredBooking, request: bytes, now: datetime) -> bool:
    """Return whether a request repeats the last one about its booking."""
    last = fields(elements(fields(booking)["booking_requests"])[-1])
    if not same(last["booking_request"], request):
        return False
    declined = stored.booking_requests[-1].request_status not in {"PENDING", "ACCEPTED"}
    if stored.reservation_status in FINAL or not declined:
        return True
    received = codec.parse_timestamp(text_field(last, "request_received") or "")
    return now - received < _REPEATED

"""Publishing booking locations. The side of a CPO."""

from typing import TYPE_CHECKING

from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.location_parts import calendar, edit
from ocpi_server.objects.objects_for_party import WRITTEN_IN
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.objects.rules import Stamp
from ocpi_server.sync.publishing import Recipients, as_raw
from ocpi_server.sync.push import Announcer

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.models import BookingLocation, Calendar

__all__ = ["BookingPublisher"]

_MODULE = "booking_locations"


class BookingPublisher:
    """Writes our booking locations, to be pushed to all who take them.

    Args:
        book: Writes own objects.
        announcer: Finds the partners that changes are for.
    """

    def __init__(self, book: OwnObjectWriter, announcer: Announcer) -> None:
        self._book = book
        self._announcer = announcer

    async def place(self, value: "BookingLocation | bytes") -> Recipients:
        """Put a booking location, to be pushed.

        Raises:
            InvalidParameters: It belongs to none of the platform's parties.
        """
        announcement = await self._announcer.for_all(_MODULE)
        await self._book.put(_MODULE, as_raw(value), WRITTEN_IN, announcement)
        return announcement.partners

    async def calendar(self, owner: PartyId, uid: str, value: "Calendar | bytes") -> Recipients:
        """Put a calendar into a booking location, to be pushed.

        Raises:
            NotFound: There is no such booking location.
        """
        raw = as_raw(value)
        name = text_field(fields(raw), "id") or ""
        stamp = Stamp.must(raw)
        announcement = await self._announcer.for_all(_MODULE)
        await self._book.change(
            _MODULE,
            owner,
            uid,
            lambda old: edit(old, [calendar(name)], stamp, lambda _: raw),
            announcement,
        )
        return announcement.partners

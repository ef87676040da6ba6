"""Publishing booking locations. The side of a CPO."""

from typing import TYPE_CHECKING

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.location_parts import calendar, edit
from ocpi_server.objects.objects_for_party import WRITTEN_IN
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.objects.rules import Stamp
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.by_party import ClientsByParty
from ocpi_server.sync.fan_out import Taken, fan_out
from ocpi_server.sync.publishing import as_raw

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ocpi_bindings.v2_3_0.clients import Clients
    from ocpi_bindings.v2_3_0.models import BookingLocation, Calendar

__all__ = ["BookingPublisher"]

_MODULE = "booking_locations"


class BookingPublisher:
    """Writes our booking locations and pushes them to all who take them.

    Args:
        book: Writes own objects.
        messenger: Finds partners.
    """

    def __init__(self, book: OwnObjectWriter, messenger: ClientsByParty) -> None:
        self._book = book
        self._messenger = messenger

    async def place(self, value: "BookingLocation | bytes") -> Taken:
        """Put a booking location and push it.

        Raises:
            InvalidParameters: It belongs to none of the platform's parties.
        """
        raw = as_raw(value)
        await self._book.put(_MODULE, raw, WRITTEN_IN)
        parts = fields(raw)
        owner = PartyId.of(_text(parts, "country_code"), _text(parts, "party_id"))
        uid = _text(parts, "id")
        return await self._each(
            owner, lambda peer: peer.bookings.put_booking_location(*owner, uid, raw)
        )

    async def calendar(self, owner: PartyId, uid: str, value: "Calendar | bytes") -> Taken:
        """Put a calendar into a booking location and push it.

        Raises:
            NotFound: There is no such booking location.
        """
        raw = as_raw(value)
        name = _text(fields(raw), "id")
        stamp = Stamp.must(raw)
        await self._book.change(
            _MODULE, owner, uid, lambda old: edit(old, [calendar(name)], stamp, lambda _: raw)
        )
        return await self._each(
            owner, lambda peer: peer.bookings.put_calendar(*owner, uid, name, raw)
        )

    async def _each(self, owner: PartyId, call: "Callable[[Clients], Awaitable[object]]") -> Taken:
        async def send(partner: PartnerRecord) -> None:
            await call(self._messenger.client(partner, owner))

        return await fan_out(await self._messenger.takers("bookings"), "bookings", send)


def _text(parts: dict[str, msgspec.Raw], name: str) -> str:
    return text_field(parts, name) or ""

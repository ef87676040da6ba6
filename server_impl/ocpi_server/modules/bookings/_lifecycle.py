"""What becomes of bookings when they are granted: used, missed, or canceled by us. A CPO's side."""

from datetime import datetime

import msgspec

from ocpi_runtime import codec
from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.types import PartyId
from ocpi_server._clock import to_micros
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.modules.bookings._agendas import Agendas, Driver, Site
from ocpi_server.modules.bookings._json_text import BookingUpdate
from ocpi_server.modules.bookings._own_bookings import OwnBookings, stored_booking
from ocpi_server.modules.bookings._records import FINAL, Token
from ocpi_server.objects.command_fields import Command, CommandTarget
from ocpi_server.store import Key, Stored, audience_of, is_set_aside

__all__ = ["BookingLifecycle"]


class BookingLifecycle:
    """Ends bookings, and pushes them to their eMSPs.

    Args:
        book: Our bookings.
        agendas: What is booked.
    """

    def __init__(self, book: OwnBookings, agendas: Agendas) -> None:
        self._book = book
        self._agendas = agendas

    async def cancel(self, owner: PartyId, uid: str, reason: str) -> Stored:
        """Cancel a booking, as when a charger is broken.

        Args:
            owner: Our party that owns it.
            uid: The booking.
            reason: A CanceledReason, such as ``BROKEN_CHARGER``.

        Raises:
            NotFound: There is none.
            GenericClientError: It is over.
        """
        key = self._book.key(owner, uid)
        _must_go_on(await self._book.get(key))
        cancellation = {"cancellation_reason": reason, "who_canceled": "CPO"}
        canceled = msgspec.json.encode(cancellation)
        booking = await self._end(key, BookingUpdate(status="CANCELED", canceled=canceled))
        _must_go_on(booking, unless="CANCELED")  # a driver may just have come
        stored = stored_booking(booking)
        await self._agendas.release(Site.of(stored.owner, stored.location_id), stored.id)
        return booking

    async def began(self, session: bytes) -> None:
        """Note that a session began, which may be what was booked."""
        parts = fields(session)
        country, party = text_field(parts, "country_code"), text_field(parts, "party_id")
        owner = PartyId.of(country or "", party or "")
        token = codec.decode(parts["cdr_token"], Token)
        reference = text_field(parts, "authorization_reference") or ""
        evse = text_field(parts, "evse_uid") or ""

        site = Site.of(owner, text_field(parts, "location_id") or "")
        driver = Driver(audience_of(token.owner), reference, token.name)
        uid = await self._agendas.use(site, driver, evse)
        key = self._book.key(owner, uid or "")
        if uid is not None and not is_set_aside((await self._book.get(key)).audience):
            await self._end(key, BookingUpdate(status="FULFILLED"))

    async def booked_by_others(
        self, command: Command, target: CommandTarget, until: datetime | None
    ) -> frozenset[str]:
        """Return the EVSEs that a command must not use, as other drivers booked them.

        Args:
            command: Who wants to charge.
            target: Where.
            until: For how long, if it is to be reserved.
        """
        token = codec.decode(command.token, Token)
        reference = command.maybe("authorization_reference") or ""
        driver = Driver(audience_of(token.owner), reference, token.name)
        site = Site.of(target.owner, target.location_id)
        return await self._agendas.booked_by_others(
            site, driver, None if until is None else to_micros(until)
        )

    async def lapse(self) -> int:
        """End all bookings whose drivers have not come in time, and return how many there were."""
        missed = [
            (site, uid)
            async for site in self._agendas.due()
            for uid in await self._agendas.lapsed(site)
        ]
        for site, uid in missed:
            # The agenda goes last: after a failure or a kill in between, the next run ends it.
            await self._end(self._book.key(site.owner, uid), BookingUpdate(status="NO_SHOW"))
            await self._agendas.release(site, uid)
        return len(missed)

    async def _end(self, key: Key, news: BookingUpdate) -> Stored:
        return await self._book.put(key, news)


def _must_go_on(booking: Stored, unless: str = "") -> None:
    status = stored_booking(booking).reservation_status
    if status in FINAL - {unless}:
        raise GenericClientError(f"The booking has ended with status {status}.")

"""The methods of the module bookings (2.3.0)."""

from datetime import datetime

from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules._receiver import ReceiverMethods
from ocpi_server.modules.bookings._bookable import BookableObjects
from ocpi_server.modules.bookings._requests import BookingRequests
from ocpi_server.objects.location_parts import calendar
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects
from ocpi_server.objects.received_locations import ReceivedLocations

__all__ = ["BookingsReceiverMethods", "BookingsSenderMethods"]


class BookingsSenderMethods(Stub):
    """What can be booked at our locations, and bookings, each for its eMSP only."""

    def __init__(
        self, places: BookableObjects, bookings: OwnObjects, requests: BookingRequests
    ) -> None:
        self._places = places
        self._bookings = bookings
        self._requests = requests

    async def get_bookings(self, context: Context, query: PageQuery) -> RawPage:
        """List bookings."""
        return await self._bookings.page(context, query)

    async def post_booking_request(self, context: Context, body: Received[Model]) -> Raw:
        """Take a request; the decision follows."""
        return await self._requests.post(context, body.raw)

    async def get_booking_locations(
        self,
        context: Context,
        query: PageQuery,
        *,
        timeslot_from: datetime | None = None,
        timeslot_to: datetime | None = None,
    ) -> RawPage:
        """List what can be booked."""
        return await self._places.between(context, query, timeslot_from, timeslot_to)

    async def get_booking_location(self, context: Context, booking_location_id: str) -> Raw:
        """Read what can be booked at a location."""
        return await self._places.read(context, booking_location_id)

    async def get_calendar(
        self, context: Context, booking_location_id: str, calendar_id: str
    ) -> Raw:
        """Read a calendar."""
        return await self._places.calendar(context, booking_location_id, calendar_id)


class BookingsReceiverMethods(ReceiverMethods):
    """What can be booked at partners, and our drivers' bookings there; each for its owner only."""

    def __init__(self, places: ReceivedLocations, bookings: ReceivedObjects) -> None:
        super().__init__(bookings)
        self._places = places

    async def get_stored_booking_location(
        self, context: Context, country_code: str, party_id: str, booking_location_id: str
    ) -> Raw:
        """Read a booking location back."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        return await self._places.get(context.partner, place)

    async def put_booking_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        booking_location_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a booking location."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        return await self._places.put(context.partner, place, body)

    async def patch_booking_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        booking_location_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a booking location."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        await self._places.patch(context.partner, place, body.raw)

    async def get_stored_calendar(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        booking_location_id: str,
        calendar_id: str,
    ) -> Raw:
        """Read a calendar back."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        return await self._places.get_part(context.partner, place, [calendar(calendar_id)])

    async def put_calendar(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        booking_location_id: str,
        calendar_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a calendar."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        path = [calendar(calendar_id)]
        return await self._places.put_part(context.partner, place, path, body.raw)

    async def patch_calendar(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        booking_location_id: str,
        calendar_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a calendar."""
        place = ObjectAddress(country_code, party_id, booking_location_id)
        path = [calendar(calendar_id)]
        await self._places.patch_part(context.partner, place, path, body.raw)

    get_stored_booking = ReceiverMethods.get_object
    put_booking = ReceiverMethods.put_object
    patch_booking = ReceiverMethods.patch_object

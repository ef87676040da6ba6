"""The methods of the module locations."""

from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules.listed import Listed
from ocpi_server.objects.location_parts import LocationPart, connector, evse, find
from ocpi_server.objects.received import ObjectAddress
from ocpi_server.objects.received_locations import ReceivedLocations

__all__ = ["LocationsReceiverMethods", "LocationsSenderMethods"]


class LocationsSenderMethods(Stub):
    """Our own locations, for everybody who is registered."""

    def __init__(self, own: Listed) -> None:
        self._own = own

    async def get_locations(self, context: Context, query: PageQuery) -> RawPage:
        """List locations."""
        return await self._own.page(context, query)

    async def get_location(self, context: Context, location_id: str) -> Raw:
        """Read a location."""
        return await self._own.read(context, location_id)

    async def get_evse(self, context: Context, location_id: str, evse_uid: str) -> Raw:
        """Read an EVSE."""
        return await self._part(context, location_id, evse(evse_uid))

    async def get_connector(
        self, context: Context, location_id: str, evse_uid: str, connector_id: str
    ) -> Raw:
        """Read a connector."""
        return await self._part(context, location_id, evse(evse_uid), connector(connector_id))

    async def _part(self, context: Context, location_id: str, *path: LocationPart) -> Raw:
        found = find(await self._own.read(context, location_id), path)
        if found is None:
            raise NotFound(f"{path[-1]} not found at location {location_id}.")
        return Raw(found)


class LocationsReceiverMethods(Stub):
    """The locations of partners, each to be touched by its owner only."""

    def __init__(self, received: ReceivedLocations) -> None:
        self._received = received

    async def get_stored_location(
        self, context: Context, country_code: str, party_id: str, location_id: str
    ) -> Raw:
        """Read a location back."""
        return await self._received.get(
            context.partner, ObjectAddress(country_code, party_id, location_id)
        )

    async def put_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a location."""
        place = ObjectAddress(country_code, party_id, location_id)
        return await self._received.put(context.partner, place, body)

    async def patch_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a location."""
        place = ObjectAddress(country_code, party_id, location_id)
        await self._received.patch(context.partner, place, body.raw)

    async def get_stored_evse(
        self, context: Context, country_code: str, party_id: str, location_id: str, evse_uid: str
    ) -> Raw:
        """Read an EVSE back."""
        place = ObjectAddress(country_code, party_id, location_id)
        return await self._received.get_part(context.partner, place, [evse(evse_uid)])

    async def put_evse(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        body: Received[Model],
    ) -> Outcome:
        """Take an EVSE."""
        place = ObjectAddress(country_code, party_id, location_id)
        return await self._received.put_part(context.partner, place, [evse(evse_uid)], body.raw)

    async def patch_evse(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        body: Received[Model],
    ) -> None:
        """Take news of an EVSE."""
        place = ObjectAddress(country_code, party_id, location_id)
        await self._received.patch_part(context.partner, place, [evse(evse_uid)], body.raw)

    async def get_stored_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
    ) -> Raw:
        """Read a connector back."""
        place = ObjectAddress(country_code, party_id, location_id)
        path = [evse(evse_uid), connector(connector_id)]
        return await self._received.get_part(context.partner, place, path)

    async def put_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a connector."""
        place = ObjectAddress(country_code, party_id, location_id)
        path = [evse(evse_uid), connector(connector_id)]
        return await self._received.put_part(context.partner, place, path, body.raw)

    async def patch_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a connector."""
        place = ObjectAddress(country_code, party_id, location_id)
        path = [evse(evse_uid), connector(connector_id)]
        await self._received.patch_part(context.partner, place, path, body.raw)

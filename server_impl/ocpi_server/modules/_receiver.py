"""The methods of a receiver whose objects are at the address of their owner and id."""

from ocpi_runtime.server import Context, Outcome, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects

__all__ = ["ReceiverMethods"]


class ReceiverMethods(Stub):
    """GET, PUT, PATCH and DELETE of objects of partners, each to be touched by its owner only.

    The class of a module binds them to the names that its operations have.

    Args:
        received: Keeps the objects.
    """

    def __init__(self, received: ReceivedObjects) -> None:
        self._received = received

    async def get_object(self, context: Context, country_code: str, party_id: str, uid: str) -> Raw:
        """Read an object back."""
        place = ObjectAddress(country_code, party_id, uid)
        return await self._received.get(context.partner, place)

    async def put_object(
        self, context: Context, country_code: str, party_id: str, uid: str, body: Received[Model]
    ) -> Outcome:
        """Create or replace an object."""
        place = ObjectAddress(country_code, party_id, uid)
        return await self._received.put(context.partner, place, body)

    async def patch_object(
        self, context: Context, country_code: str, party_id: str, uid: str, body: Received[Model]
    ) -> None:
        """Merge news into an object."""
        place = ObjectAddress(country_code, party_id, uid)
        await self._received.patch(context.partner, place, body.raw)

    async def delete_object(
        self, context: Context, country_code: str, party_id: str, uid: str
    ) -> None:
        """Remove an object."""
        place = ObjectAddress(country_code, party_id, uid)
        await self._received.delete(context.partner, place)

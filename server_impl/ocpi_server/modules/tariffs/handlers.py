"""The methods of the module tariffs."""

from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.clock import changed_at
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects

__all__ = ["TariffsReceiverMethods", "TariffsSenderMethods"]


class TariffsSenderMethods(Stub):
    """Our own tariffs, for everybody who is registered."""

    def __init__(self, own: OwnObjects) -> None:
        self._own = own

    async def get_tariffs(self, context: Context, query: PageQuery) -> RawPage:
        """List tariffs."""
        return await self._own.page(context, query)


class TariffsReceiverMethods(Stub):
    """The tariffs of partners, each to be touched by its owner only."""

    def __init__(self, received: ReceivedObjects) -> None:
        self._received = received

    async def get_stored_tariff(
        self, context: Context, country_code: str, party_id: str, tariff_id: str
    ) -> Raw:
        """Read a tariff back."""
        place = ObjectAddress(country_code, party_id, tariff_id)
        return await self._received.get(context.partner, place)

    async def put_tariff(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        tariff_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a tariff."""
        place = ObjectAddress(country_code, party_id, tariff_id)
        stamp = changed_at(body.value)
        return await self._received.put(context.partner, place, body.raw, stamp)

    async def patch_tariff(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        tariff_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a tariff (2.1.1 and 2.0)."""
        place = ObjectAddress(country_code, party_id, tariff_id)
        await self._received.patch(context.partner, place, body.raw)

    async def delete_tariff(
        self, context: Context, country_code: str, party_id: str, tariff_id: str
    ) -> None:
        """Forget a tariff."""
        place = ObjectAddress(country_code, party_id, tariff_id)
        await self._received.delete(context.partner, place)

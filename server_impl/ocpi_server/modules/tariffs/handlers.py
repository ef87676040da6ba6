"""The methods of the module tariffs."""

from ocpi_runtime.server import Context, PageQuery, RawPage, Stub
from ocpi_server.modules._receiver import ReceiverMethods
from ocpi_server.modules.listed import Listed

__all__ = ["TariffsReceiverMethods", "TariffsSenderMethods"]


class TariffsSenderMethods(Stub):
    """Our own tariffs, for everybody who is registered."""

    def __init__(self, own: Listed) -> None:
        self._own = own

    async def get_tariffs(self, context: Context, query: PageQuery) -> RawPage:
        """List tariffs."""
        return await self._own.page(context, query)


class TariffsReceiverMethods(ReceiverMethods):
    """The tariffs of partners; a tariff is patched in 2.1.1 and 2.0 only."""

    get_stored_tariff = ReceiverMethods.get_object
    put_tariff = ReceiverMethods.put_object
    patch_tariff = ReceiverMethods.patch_object
    delete_tariff = ReceiverMethods.delete_object

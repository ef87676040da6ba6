"""The methods of the module hubclientinfo."""

from typing import Any

from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Received
from ocpi_runtime.types import Raw
from ocpi_server.clock import to_micros
from ocpi_server.modules.hubclientinfo.received import ReceivedClientInfos
from ocpi_server.objects.own import OwnObjects

__all__ = ["ClientInfosReceiverMethods", "ClientInfosSenderMethods"]


class ClientInfosSenderMethods:
    """The parties behind us, if we are a hub."""

    def __init__(self, own: OwnObjects) -> None:
        self._own = own

    async def get_hub_client_infos(self, context: Context, query: PageQuery) -> Page[Any]:
        """List the parties."""
        return await self._own.page(context, query)


class ClientInfosReceiverMethods:
    """What hubs tell of the parties behind them."""

    def __init__(self, received: ReceivedClientInfos) -> None:
        self._received = received

    async def get_stored_client_info(
        self, context: Context, country_code: str, party_id: str
    ) -> Raw:
        """Read back what a hub told."""
        return await self._received.get(context.partner, country_code, party_id)

    async def put_client_info(
        self, context: Context, country_code: str, party_id: str, body: Received[Any]
    ) -> Outcome:
        """Take what a hub tells."""
        stamp = to_micros(body.value.last_updated)
        return await self._received.put(context.partner, country_code, party_id, body.raw, stamp)

"""The methods of the module hubclientinfo."""

from typing import Protocol

from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server._clock import changed_at
from ocpi_server.modules.hubclientinfo.received import ReceivedClientInfos

__all__ = ["ClientInfosReceiverMethods", "ClientInfosSenderMethods"]


class ClientInfoList(Protocol):
    """Lists the ClientInfos that a partner may see."""

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """Return one page."""
        ...


class ClientInfosSenderMethods(Stub):
    """The parties behind us, if we are a hub."""

    def __init__(self, infos: ClientInfoList) -> None:
        self._infos = infos

    async def get_hub_client_infos(self, context: Context, query: PageQuery) -> RawPage:
        """List the parties."""
        return await self._infos.page(context, query)


class ClientInfosReceiverMethods(Stub):
    """Client infos that hubs push."""

    def __init__(self, received: ReceivedClientInfos) -> None:
        self._received = received

    async def get_stored_client_info(
        self, context: Context, country_code: str, party_id: str
    ) -> Raw:
        """Read back a ClientInfo."""
        return await self._received.get(context.partner, country_code, party_id)

    async def put_client_info(
        self, context: Context, country_code: str, party_id: str, body: Received[Model]
    ) -> Outcome:
        """Store a ClientInfo."""
        stamp = changed_at(body.fields)
        return await self._received.put(context.partner, country_code, party_id, body.raw, stamp)

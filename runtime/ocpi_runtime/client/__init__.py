"""The client: a session with a peer, below the operations that the generator writes.

    async with connect(versions_url, token, bindings=[v2_2_1.binding]) as peer:
        async for location in peer.locations.get_locations():
            print(location.id)

``connect`` discovers and negotiates; ``Peer.at`` skips that where the endpoints are known;
:mod:`ocpi_runtime.client.registration` exchanges credentials. ``connect_sync`` and ``SyncPeer``
are the same without await.

Generated code has one file for each OCPI module, with two things. One class builds each
:class:`Request`:

    class LocationsRequests:
        @staticmethod
        def get_location(location_id: str) -> Request[Location]:
            operation = LOCATIONS_SENDER.operations["get_location"]
            return Request(LOCATIONS_SENDER, operation, path={"location_id": location_id})

A :class:`ModuleClient` sends them:

    class LocationsClient(ModuleClient):
        def get_locations(self, *, date_from: datetime | None = None, ...) -> Pages[Location]:
            return self._session.pages(LocationsRequests.get_locations(date_from=date_from, ...))

        async def get_location(self, location_id: str) -> Location:
            return await self._session.result(LocationsRequests.get_location(location_id))

``Clients`` is the peer itself, with a property for each module, and the binding names its class,
so that a type checker knows what ``connect`` returns:

    class Clients(Peer):
        @property
        def locations(self) -> LocationsClient:
            return LocationsClient(self)

    binding: Final[Binding[Clients, SyncClients]] = Binding(..., clients=Clients, ...)
"""

try:
    import httpx2  # noqa: F401 - an extra
except ModuleNotFoundError as error:
    needed = "The client needs an extra: pip install 'ocpi-runtime[client]'"
    raise ModuleNotFoundError(needed, name=error.name) from error

from ocpi_runtime._wire.exchange import Exchange, Problem, mask_tokens
from ocpi_runtime._wire.exchange_log import ExchangeLog, exchange_data
from ocpi_runtime.client._calls.forward import RawAnswer
from ocpi_runtime.client._calls.request import Answer, Request
from ocpi_runtime.client._connect import connect, connect_sync
from ocpi_runtime.client._discovery.endpoints import Endpoint
from ocpi_runtime.client._http._failures import connection_failure
from ocpi_runtime.client._http._transport import http_client, ssl_context, sync_http_client
from ocpi_runtime.client._http.libraries import HttpClient, SyncHttpClient
from ocpi_runtime.client._options import Limits, Options, Settings
from ocpi_runtime.client._paging._page import ReceivedPage
from ocpi_runtime.client._paging.pages import Pages, SyncPages
from ocpi_runtime.client._peer import ModuleClient, Peer, SyncModuleClient, SyncPeer
from ocpi_runtime.transport import Transport

__all__ = [
    "Answer",
    "Endpoint",
    "Exchange",
    "ExchangeLog",
    "HttpClient",
    "Limits",
    "ModuleClient",
    "Options",
    "Pages",
    "Peer",
    "Problem",
    "RawAnswer",
    "ReceivedPage",
    "Request",
    "Settings",
    "SyncHttpClient",
    "SyncModuleClient",
    "SyncPages",
    "SyncPeer",
    "Transport",
    "connect",
    "connect_sync",
    "connection_failure",
    "exchange_data",
    "http_client",
    "mask_tokens",
    "ssl_context",
    "sync_http_client",
]

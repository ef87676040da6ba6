"""The client: a session with a peer, below the operations that the generator writes.

Generated code looks like this. A module per operation builds a ``Request``; a class per OCPI
module offers the operations as methods, async and sync; ``Clients`` is the peer itself.

    # clients/locations/get_locations.py
    OPERATION = LOCATIONS_SENDER.operations["get_locations"]

    def request(*, date_from: datetime | None = None, ...) -> Request[list[Location]]:
        return Request(LOCATIONS_SENDER, OPERATION, query={"date_from": date_from, ...})

    # clients/locations/put_location.py: bodies are a model or Raw JSON
    def request(country_code: str, ..., body: Location | Raw) -> Request[None]:
        return Request(LOCATIONS_RECEIVER, OPERATION, path={"country_code": ...}, body=body)

    # clients/commands/post_command_result.py: ``result_url`` operations
    def request(result_url: str, body: CommandResult | Raw) -> Request[None]:
        return Request(COMMANDS_SENDER, OPERATION, url=result_url, body=body)

    # clients/locations/__init__.py
    class Locations(ModuleClient):
        def get_locations(self, *, date_from: datetime | None = None, ...) -> Pages[Location]:
            return self._session.pages(get_locations.request(date_from=date_from, ...))

        async def get_location(self, location_id: str) -> Location:
            return await self._session.result(get_location.request(location_id))

    class SyncLocations(SyncModuleClient):
        def get_locations(self, *, ...) -> SyncPages[Location]: ...   # the same, without await
        def get_location(self, location_id: str) -> Location: ...

    # clients/__init__.py
    class Clients(Peer):
        @property
        def locations(self) -> Locations:
            return Locations(self)

    class SyncClients(SyncPeer):
        @property
        def locations(self) -> SyncLocations:
            return SyncLocations(self)

    # _binding.py: generic, so that connect() knows what it returns
    binding: Final[Binding[Clients, SyncClients]] = Binding(..., clients=..., sync_clients=...)
"""

from ocpi_runtime.client.connect import connect, connect_sync
from ocpi_runtime.client.endpoints import Endpoint
from ocpi_runtime.client.exchange import Exchange, Problem
from ocpi_runtime.client.options import Limits, Options, Settings
from ocpi_runtime.client.page import Page
from ocpi_runtime.client.pages import Pages, SyncPages
from ocpi_runtime.client.peer import ModuleClient, Peer, SyncModuleClient, SyncPeer
from ocpi_runtime.client.request import Answer, Request
from ocpi_runtime.client.transport import http_client, sync_http_client

__all__ = [
    "Answer",
    "Endpoint",
    "Exchange",
    "Limits",
    "ModuleClient",
    "Options",
    "Page",
    "Pages",
    "Peer",
    "Problem",
    "Request",
    "Settings",
    "SyncModuleClient",
    "SyncPages",
    "SyncPeer",
    "connect",
    "connect_sync",
    "http_client",
    "sync_http_client",
]

"""The parts of a hub, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ocpi_runtime.binding import Binding
from ocpi_server._clock import Clock
from ocpi_server.access_control import Routes
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.hub._links import Links
from ocpi_server.hub._receivers import Receivers
from ocpi_server.hub._router import HubRouter
from ocpi_server.hub._sending import Sender
from ocpi_server.hub._urls import KeptUrls
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import Database

__all__ = ["Hub", "HubBase", "assemble_hub"]


class HubBase(Protocol):
    """What a hub stands on."""

    @property
    def settings(self) -> Settings:
        """Who the platform is."""

    @property
    def database(self) -> Database:
        """Where everything is kept."""

    @property
    def directory(self) -> PartnerDirectory:
        """Knows the partners."""

    @property
    def clients(self) -> PartnerClients:
        """Calls them."""

    @property
    def bindings(self) -> Mapping[str, Binding[Any, Any]]:
        """The versions that are spoken, by number."""


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts of a hub.

    Attributes:
        router: Forwards the messages of partners.
        kept: Keeps URLs of partners.
    """

    router: HubRouter
    kept: KeptUrls

    async def tidy(self) -> None:
        """Forget what is over."""
        await self.kept.purge()


def assemble_hub(base: HubBase, routes: Routes, urls: ResponseUrls, clock: Clock) -> Hub | None:
    """Put the parts together; None where the platform is no hub.

    Args:
        base: What they stand on.
        routes: Finds the platforms of parties.
        urls: Which URLs results may be sent to.
        clock: Returns the current time.
    """
    settings = base.settings
    if settings.hub_party is None:
        return None
    kept = KeptUrls(base.database, clock)
    router = HubRouter(
        settings.own_parties,
        base.directory,
        Receivers(base.directory, routes.find, base.clients),
        Sender(base.clients, settings.hub),
        Links(settings.base_url, base.bindings, kept, urls),
        kept,
    )
    return Hub(router, kept)

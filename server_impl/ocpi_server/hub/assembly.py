"""The parts of a hub, put together."""

from ocpi_server.access_control import Routes
from ocpi_server.hub._receivers import Receivers
from ocpi_server.hub._sending import Sender
from ocpi_server.hub.router import HubRouter
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings

__all__ = ["assemble_hub"]


def assemble_hub(
    settings: Settings, directory: PartnerDirectory, clients: PartnerClients, routes: Routes
) -> HubRouter | None:
    """Return what forwards the messages of partners; None where the platform is no hub."""
    if settings.hub_party is None:
        return None
    receivers = Receivers(directory, routes.find, clients)
    return HubRouter(settings.own_parties, receivers, Sender(clients, settings.hub))

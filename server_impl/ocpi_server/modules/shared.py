"""What the modules that came with 2.3.0 are assembled from."""

from dataclasses import dataclass

from ocpi_server._background import Background
from ocpi_server._clock import Clock
from ocpi_server.access_control import HubParties
from ocpi_server.objects.own import OwnObjects, OwnParties
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.objects.received import Kind
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import ObjectStore, Outbox
from ocpi_server.sync.push import Announcer
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Shared"]


@dataclass(frozen=True, slots=True)
class Shared:
    """What these services need.

    Attributes:
        settings: Who the platform is.
        store: Objects, own and received.
        renditions: Objects in other versions.
        parties: The platform's parties.
        book: Writes own objects.
        locations: Our locations.
        directory: Looks partners up.
        clients: Calls partners.
        hub_parties: Finds the parties behind hubs.
        announcer: Finds the partners that changes are for.
        outbox: What partners have not been sent.
        background: Runs what goes on after answers.
        clock: Returns the current time.
    """

    settings: Settings
    store: ObjectStore
    renditions: Renditions
    parties: OwnParties
    book: OwnObjectWriter
    locations: OwnObjects
    directory: PartnerDirectory
    clients: PartnerClients
    hub_parties: HubParties
    announcer: Announcer
    outbox: Outbox
    background: Background
    clock: Clock

    def own(self, kind: Kind) -> OwnObjects:
        """Return the own objects of a kind, each for one party only."""
        return OwnObjects(self.store, self.renditions, self.parties, kind.module, scoped=True)

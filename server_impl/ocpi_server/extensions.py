"""The services of the modules that came with 2.3.0, put together."""

from dataclasses import dataclass

from ocpi_runtime.types import PartyId
from ocpi_server.background import Background
from ocpi_server.clock import Clock
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.services.kinds import CONFIRMATIONS, TERMINALS
from ocpi_server.services.messenger import Messenger
from ocpi_server.services.own import OwnObjects, OwnParties
from ocpi_server.services.own_for import WRITTEN_IN, OwnFor
from ocpi_server.services.payment_provider import PaymentProvider
from ocpi_server.services.payment_user import PaymentUser
from ocpi_server.services.received import Kind
from ocpi_server.services.renditions import Renditions
from ocpi_server.services.terminals import Terminals
from ocpi_server.services.unowned import UnownedObjects
from ocpi_server.settings import Settings
from ocpi_server.store import ObjectStore

__all__ = ["Extending", "Payments", "assemble_payments"]


@dataclass(frozen=True, slots=True)
class Extending:
    """What these services stand on.

    Attributes:
        settings: Who the platform is.
        store: Objects, own and received.
        renditions: Objects in other versions.
        parties: The platform's parties.
        messenger: Finds partners by party.
        clients: Calls partners.
        background: Runs what goes on after answers.
        clock: Tells the present instant.
    """

    settings: Settings
    store: ObjectStore
    renditions: Renditions
    parties: OwnParties
    messenger: Messenger
    clients: PartnerClients
    background: Background
    clock: Clock

    def own(self, kind: Kind, *, scoped: bool = True) -> OwnObjects:
        """Give what lists and finds own objects of a kind."""
        return OwnObjects(self.store, self.renditions, self.parties, kind.module, scoped=scoped)

    def first(self, *roles: str) -> PartyId:
        """Give our party of the first of these roles that we play, or our first one."""
        parties = self.settings.parties
        for role in roles:
            for party in parties:
                if party.role == role:
                    return party.id
        return parties[0].id


@dataclass(frozen=True, slots=True)
class Payments:
    """The services of the module payments.

    Attributes:
        terminals: Takes what CPOs do with our terminals.
        confirmations: Our own confirmations.
        provider: Writes and pushes our own terminals and confirmations.
        user: Uses the terminals of others.
    """

    terminals: Terminals
    confirmations: OwnObjects
    provider: PaymentProvider
    user: PaymentUser


def assemble_payments(on: Extending) -> Payments:
    """Put the services of the module payments together."""
    ptp = on.first("PTP", "HUB")
    terminals, confirmations = OwnFor(on.store, TERMINALS), OwnFor(on.store, CONFIRMATIONS)
    received = (UnownedObjects(on.store, kind, WRITTEN_IN) for kind in (TERMINALS, CONFIRMATIONS))
    return Payments(
        terminals=Terminals(on.own(TERMINALS), terminals, ptp, on.clock),
        confirmations=on.own(CONFIRMATIONS),
        provider=PaymentProvider(terminals, confirmations, on.messenger, on.background, ptp),
        user=PaymentUser(on.clients, *received),
    )

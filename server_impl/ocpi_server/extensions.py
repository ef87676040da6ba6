"""The services of the modules that came with 2.3.0, put together."""

from dataclasses import dataclass

from ocpi_runtime.types import PartyId
from ocpi_server.background import Background
from ocpi_server.clock import Clock
from ocpi_server.modules.bookings.agendas import Agendas
from ocpi_server.modules.bookings.bookable import BookableObjects
from ocpi_server.modules.bookings.client import BookingUser
from ocpi_server.modules.bookings.decisions import BookingJudge
from ocpi_server.modules.bookings.lifecycle import BookingKeeper
from ocpi_server.modules.bookings.own_bookings import BookingBook
from ocpi_server.modules.bookings.publisher import BookingPublisher
from ocpi_server.modules.bookings.requests import BookingDesk
from ocpi_server.modules.invoicereconciliation.invoices import Invoices
from ocpi_server.modules.payments.client import PaymentUser
from ocpi_server.modules.payments.provider import PaymentProvider
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.modules.payments.terminals import Terminals
from ocpi_server.objects.kinds import (
    BOOKING_LOCATIONS,
    BOOKINGS,
    CONFIRMATIONS,
    RECORDS,
    TERMINALS,
)
from ocpi_server.objects.own import OwnObjects, OwnParties
from ocpi_server.objects.own_book import OwnBook
from ocpi_server.objects.own_for import WRITTEN_IN, OwnFor
from ocpi_server.objects.received import Kind
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.partners.messenger import Messenger
from ocpi_server.settings import Settings
from ocpi_server.store import ObjectStore
from ocpi_server.versioning.renditions import Renditions

__all__ = [
    "Bookings",
    "Extending",
    "Invoicing",
    "Payments",
    "assemble_bookings",
    "assemble_invoicing",
    "assemble_payments",
]


@dataclass(frozen=True, slots=True)
class Extending:
    """What these services stand on.

    Attributes:
        settings: Who the platform is.
        store: Objects, own and received.
        renditions: Objects in other versions.
        parties: The platform's parties.
        book: Writes own objects.
        locations: Our locations.
        directory: Knows the partners.
        messenger: Finds partners by party.
        clients: Calls partners.
        background: Runs what goes on after answers.
        clock: Tells the present instant.
    """

    settings: Settings
    store: ObjectStore
    renditions: Renditions
    parties: OwnParties
    book: OwnBook
    locations: OwnObjects
    directory: PartnerDirectory
    messenger: Messenger
    clients: PartnerClients
    background: Background
    clock: Clock

    def own(self, kind: Kind) -> OwnObjects:
        """Give what lists and finds own objects of a kind, each for one party only."""
        return OwnObjects(self.store, self.renditions, self.parties, kind.module, scoped=True)

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


@dataclass(frozen=True, slots=True)
class Bookings:
    """The services of the module bookings.

    Attributes:
        places: What can be booked at our locations.
        own: Our own bookings.
        desk: Takes requests.
        keeper: Ends bookings.
        publisher: Tells what can be booked.
        user: Books at others.
    """

    places: BookableObjects
    own: OwnObjects
    desk: BookingDesk
    keeper: BookingKeeper
    publisher: BookingPublisher
    user: BookingUser


def assemble_bookings(on: Extending) -> Bookings:
    """Put the services of the module bookings together."""
    module = BOOKING_LOCATIONS.module
    places = BookableObjects(on.store, on.renditions, on.parties, module)
    book = BookingBook(OwnFor(on.store, BOOKINGS), on.messenger, on.background, on.clock)
    agendas = Agendas(on.store, on.clock)
    keeper = BookingKeeper(book, agendas)
    return Bookings(
        places=places,
        own=on.own(BOOKINGS),
        desk=BookingDesk(
            places=places,
            locations=on.locations,
            book=book,
            judge=BookingJudge(on.book, agendas, on.clock),
            directory=on.directory,
            background=on.background,
            clock=on.clock,
        ),
        keeper=keeper,
        publisher=BookingPublisher(on.book, on.messenger),
        user=BookingUser(on.clients, on.store, on.settings.command_timeout),
    )


@dataclass(frozen=True, slots=True)
class Invoicing:
    """The services of the module invoicereconciliation.

    Attributes:
        own: The records of our invoices.
        invoices: Publishes them, and checks those of others.
    """

    own: OwnObjects
    invoices: Invoices


def assemble_invoicing(on: Extending) -> Invoicing:
    """Put the services of the module invoicereconciliation together."""
    own = OwnFor(on.store, RECORDS)
    parties = on.settings.own_parties
    return Invoicing(
        own=on.own(RECORDS),
        invoices=Invoices(own, on.clients, on.messenger, on.renditions, parties),
    )

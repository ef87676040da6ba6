"""The services of the module bookings, put together."""

from dataclasses import dataclass

from ocpi_server.modules.bookings._agendas import Agendas
from ocpi_server.modules.bookings._bookable import BookableObjects
from ocpi_server.modules.bookings._client import BookingClient
from ocpi_server.modules.bookings._decisions import BookingDecisions
from ocpi_server.modules.bookings._lifecycle import BookingLifecycle
from ocpi_server.modules.bookings._own_bookings import OwnBookings
from ocpi_server.modules.bookings._publisher import BookingPublisher
from ocpi_server.modules.bookings._requests import BookingRequests
from ocpi_server.modules.shared import Shared
from ocpi_server.objects.kinds import BOOKING_LOCATIONS, BOOKINGS
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.objects.own import OwnObjects
from ocpi_server.store import StorageRoom

__all__ = ["Bookings", "assemble_bookings"]


@dataclass(frozen=True, slots=True)
class Bookings:
    """The services of the module bookings.

    Attributes:
        places: What can be booked at our locations.
        own: Our own bookings.
        requests: Takes requests.
        lifecycle: Ends bookings.
        publisher: Publishes booking locations.
        user: Books at others.
    """

    places: BookableObjects
    own: OwnObjects
    requests: BookingRequests
    lifecycle: BookingLifecycle
    publisher: BookingPublisher
    user: BookingClient


def assemble_bookings(on: Shared) -> Bookings:
    """Put the services of the module bookings together."""
    module = BOOKING_LOCATIONS.module
    places = BookableObjects(on.store, on.renditions, on.parties, module)
    book = OwnBookings(ObjectsForParty(on.store, BOOKINGS), on.announcer, on.clock)
    agendas = Agendas(on.store, on.clock)
    lifecycle = BookingLifecycle(book, agendas)
    return Bookings(
        places=places,
        own=on.own(BOOKINGS),
        requests=BookingRequests(
            places=places,
            locations=on.locations,
            book=book,
            decisions=BookingDecisions(on.book, agendas, on.clock),
            directory=on.directory,
            background=on.background,
            check_room=StorageRoom(on.store),
            clock=on.clock,
        ),
        lifecycle=lifecycle,
        publisher=BookingPublisher(on.book, on.announcer),
        user=BookingClient(on.clients, on.store, on.hub_parties, on.settings.command_timeout),
    )

"""The services of the module bookings, put together."""

from dataclasses import dataclass

from ocpi_server.modules.bookings.agendas import Agendas
from ocpi_server.modules.bookings.bookable import BookableObjects
from ocpi_server.modules.bookings.client import BookingUser
from ocpi_server.modules.bookings.decisions import BookingJudge
from ocpi_server.modules.bookings.lifecycle import BookingKeeper
from ocpi_server.modules.bookings.own_bookings import BookingBook
from ocpi_server.modules.bookings.publisher import BookingPublisher
from ocpi_server.modules.bookings.requests import BookingDesk
from ocpi_server.modules.shared import Shared
from ocpi_server.objects.kinds import (
    BOOKING_LOCATIONS,
    BOOKINGS,
)
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.own_for import OwnFor

__all__ = ["Bookings", "assemble_bookings"]


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


def assemble_bookings(on: Shared) -> Bookings:
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

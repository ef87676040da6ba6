"""The methods of the module bookings on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_3_0.stubs import bookings as v2_3_0
from ocpi_server.modules.bookings.handlers import BookingsReceiverMethods, BookingsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class BookingsSenderV230(BookingsSenderMethods, v2_3_0.BookingsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[BookingsSenderMethods]]] = {
    "2.3.0": BookingsSenderV230,
}
"""By version."""


@final
class BookingsReceiverV230(BookingsReceiverMethods, v2_3_0.BookingsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[BookingsReceiverMethods]]] = {
    "2.3.0": BookingsReceiverV230,
}
"""By version."""

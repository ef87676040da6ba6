"""The kinds of objects that partners own and push."""

from typing import Final

from ocpi_runtime.errors import GenericClientError, UnknownLocation, UnknownToken
from ocpi_server.objects.received import Kind

__all__ = [
    "BOOKINGS",
    "BOOKING_LOCATIONS",
    "CONFIRMATIONS",
    "LOCATIONS",
    "RECORDS",
    "SESSIONS",
    "TARIFFS",
    "TERMINALS",
    "TOKENS",
]

LOCATIONS: Final = Kind("locations", unknown=UnknownLocation)
TOKENS: Final = Kind("tokens", id_field="uid", variant_field="type", unknown=UnknownToken)
SESSIONS: Final = Kind("sessions", append=("charging_periods",), unknown=GenericClientError)
TARIFFS: Final = Kind("tariffs", unknown=GenericClientError)
TERMINALS: Final = Kind("terminals", id_field="terminal_id")
CONFIRMATIONS: Final = Kind("confirmations")
BOOKINGS: Final = Kind("bookings")
BOOKING_LOCATIONS: Final = Kind("booking_locations", unknown=UnknownLocation)
RECORDS: Final = Kind("invoicereconciliation")

"""OCPI's class names of objects, for messages."""

from typing import Final

from ocpi_server.versioning.translation import KINDS

__all__ = ["class_name"]

_NAMES: Final = KINDS | {
    "booking_locations": "BookingLocation",
    "bookings": "Booking",
    "chargingprofiles": "ActiveChargingProfile",
    "confirmations": "FinancialAdviceConfirmation",
    "invoicereconciliation": "InvoiceReconciliationRecord",
    "terminals": "Terminal",
}


def class_name(module: str) -> str:
    """Return the class of the objects that the store keeps under a module."""
    return _NAMES[module]

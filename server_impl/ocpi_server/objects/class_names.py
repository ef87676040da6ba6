"""OCPI's class names of objects, for messages."""

from typing import Final

from ocpi_server.versioning.translation import KINDS

__all__ = ["class_name", "has_class"]

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


def has_class(module: str) -> bool:
    """Return whether what the store keeps under a name are objects of OCPI."""
    return module in _NAMES

"""OCPI's class names of objects, for messages; what else the store keeps has none."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from ocpi_server.store import Key, Recorder
from ocpi_server.versioning.translation import KINDS

__all__ = ["class_name", "has_class", "of_objects"]

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
    """Return whether what the store keeps under a name are objects of OCPI.

    The platform keeps notes of its own beside them, such as which EVSEs are occupied.
    """
    return module in _NAMES


def of_objects(record: Recorder) -> Recorder:
    """Return a recorder of the store that is called with objects of OCPI only.

    Args:
        record: What it calls.
    """

    def recorded(link: Connection, what: str, keys: Sequence[Key]) -> None:
        record(link, what, [key for key in keys if has_class(key.module)])

    return recorded

"""What a party under test must hold, so that good requests to it succeed."""

import re
from typing import Any, Final

from ocpi_conformance.vectors._bodies import object_of
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import StoredObject
from ocpi_conformance.vectors._world import AT_FIRST, is_of_subject
from ocpi_runtime.binding import Binding

__all__ = ["held_for", "state_of"]

_RUNNING: Final = "The session runs while vectors are run; the peer's token began it."
_LISTED: Final = {
    "locations": ("Location",),
    "tokens": ("Token",),
    "sessions": ("Session",),
    "cdrs": ("CDR",),
    "tariffs": ("Tariff",),
    "hubclientinfo": ("ClientInfo",),
    "invoicereconciliation": ("InvoiceReconciliationRecord",),
    "bookings": ("Location", "BookingLocation"),
    "payments": ("Terminal", "FinancialAdviceConfirmation"),
    "commands": ("Location", "Session"),
    "chargingprofiles": ("Session",),
}
"""The classes of which the party under test holds an object, by module."""
_NOTES: Final = {"Session": _RUNNING}
_WORD: Final = re.compile("[A-Z]+(?![a-z])|[A-Z][a-z]+")


def held_for(operation: VectorOperation) -> tuple[list[str], dict[str, str]]:
    """Return the names of the objects that an operation needs, and what the party itself chose."""
    if operation.operation.result_url:
        return [], {"uid": "the last part of the response_url of a request of the party under test"}
    if not is_of_subject(operation):
        return [], {}
    return [_name(one) for one in _LISTED.get(operation.key[0], ())], {}


def state_of(binding: Binding[Any, Any], operations: list[VectorOperation]) -> list[StoredObject]:
    """Return the objects that the operations of an interface need."""
    first = operations[0]
    if not is_of_subject(first):
        return []
    return [
        StoredObject(
            _name(kind),
            kind,
            object_of(first, binding.model(kind), full=True, stamp=AT_FIRST),
            _NOTES.get(kind, ""),
        )
        for kind in _LISTED.get(first.key[0], ())
    ]


def _name(kind: str) -> str:
    return "_".join(_WORD.findall(kind)).lower()

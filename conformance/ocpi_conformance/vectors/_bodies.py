"""Valid bodies: objects of the factories of :mod:`ocpi_runtime.testing`, with ids that agree."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zlib import crc32

import msgspec

from ocpi_conformance._references import resolved
from ocpi_conformance.vectors._bundles import JsonObject, VectorOperation
from ocpi_conformance.vectors._world import (
    CHANGED,
    NEVER,
    PEER,
    PEER_PARTY,
    SUBJECT,
    SUBJECT_PARTY,
    ids_for,
    is_of_subject,
)
from ocpi_runtime import codec
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import PartyId

__all__ = ["body_of", "data_of", "object_of"]

_OWN_ID: Final = {
    "Location": ("id", "location_id"),
    "CdrLocation": ("id", "location_id"),
    "EVSE": ("uid", "evse_uid"),
    "Connector": ("id", "connector_id"),
    "Session": ("id", "session_id"),
    "Tariff": ("id", "tariff_id"),
    "Token": ("uid", "token_uid"),
    "CdrToken": ("uid", "token_uid"),
    "CDR": ("id", "cdr_id"),
    "BookingLocation": ("id", "booking_location_id"),
    "Calendar": ("id", "calendar_id"),
    "Booking": ("id", "booking_id"),
    "FinancialAdviceConfirmation": ("id", "financial_advice_confirmation_id"),
    "InvoiceReconciliationRecord": ("id", "invoice_reconciliation_record_id"),
}
"""What the field is called by which a class has its own id, and what paths call that id."""
_PREFERRED: Final = frozenset({"ACTIVE", "AVAILABLE", "ACCEPTED", "RFID", "REGULAR", "ALLOWED"})
"""Values of enumerations with which a request leads on."""
_FIXED: Final[Mapping[str, Any]] = {
    "response_url": f"{PEER.versions_url.removesuffix('versions')}results/1",
    "expiry_date": NEVER,
    "departure_time": NEVER,
    "valid": True,
    "publish": True,
}
"""What fields of a name hold, whatever their class."""
_OF_OTHER: Final = frozenset({
    "BookingRequest", "Terminal", "TerminalActivation", "TerminalCreation",
})  # fmt: skip
"""Classes that name the other party than the one that serves their objects."""


def body_of(operation: VectorOperation, *, full: bool, stamp: str = CHANGED) -> Any:
    """Make the body of a good request.

    Args:
        operation: The operation; it has a body.
        full: Whether fields that are not required are filled in too.
        stamp: ``last_updated`` throughout.
    """
    return object_of(operation, operation.operation.body, full=full, stamp=stamp)


def data_of(operation: VectorOperation, stamp: str) -> Any:
    """Make the data of a good answer; None where the operation has no result."""
    result = operation.operation.result
    if result is None:
        return None
    return _data(operation, result, stamp)


def _data(operation: VectorOperation, kind: Any, stamp: str) -> Any:
    inner = getattr(kind, "__args__", ())
    if inner:
        return [_data(operation, inner[0], stamp)]
    if not hasattr(kind, "OCPI_SCHEMAS"):
        values = [one.value for one in kind]
        return next((one for one in values if one in _PREFERRED), values[0])
    return object_of(operation, kind, full=True, stamp=stamp)


def object_of(operation: VectorOperation, kind: Any, *, full: bool, stamp: str) -> Any:
    """Make an object of a class, with the ids of what an operation is about."""
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    aligner = _Aligner(kind.OCPI_SCHEMAS.load(), operation, stamp)
    return aligner.value(schema, msgspec.json.decode(_drawn(kind, full=full)), kind.__name__)


@cache
def _drawn(kind: Any, *, full: bool) -> bytes:
    """Generate an object; the seed depends on its class only."""
    seed = crc32(kind.__name__.encode())
    return codec.encode(Factory(seed, full=full).make(kind))


class _Aligner:
    """Writes the ids and times of the vectors into an object."""

    def __init__(self, schemas: JsonObject, operation: VectorOperation, stamp: str) -> None:
        self._schemas = schemas
        self._ids = ids_for(operation)
        self._fixed = {**_FIXED, "last_updated": stamp, "evse_uids": self._ids["evse_uid"]}
        of_subject = is_of_subject(operation)
        self._owner, self._other = SUBJECT_PARTY, PEER_PARTY
        if not of_subject:
            self._owner, self._other = self._other, self._owner
        self._party = SUBJECT if operation.method == "GET" else PEER
        self._tokens = operation.key in {("tokens", "sender"), ("tokens", "receiver")}
        self._token_owner = self._owner if self._tokens else self._other

    def value(self, schema: JsonObject, value: Any, name: str) -> Any:
        kind = str(schema.get("$ref", "")).rpartition("/")[2].removesuffix("Patch")
        meant = resolved(self._schemas, schema)
        if isinstance(value, dict):
            return self._object(meant, value, kind)
        if isinstance(value, list):
            return [self.value(meant["items"], each, name) for each in value]
        return self._scalar(meant, value, name)

    def _object(self, schema: JsonObject, value: dict[str, Any], kind: str) -> dict[str, Any]:
        parts = schema["properties"]
        made = {name: self.value(parts[name], each, name) for name, each in value.items()}
        own, known = _OWN_ID.get(kind, ("", ""))
        if own in made:
            made[own] = self._ids[known]
        if kind.endswith("Token"):
            self._name_token(made, self._token_owner)
        if kind in _OF_OTHER:
            self._name_token(made, self._other)
        if kind == "Token" and self._tokens:
            made["uid"] = self._ids["token_uid"]
        if kind == "Credentials":
            made |= {"token": self._party.token, "url": self._party.versions_url}
        return made

    def _name_token(self, made: dict[str, Any], owner: PartyId) -> None:
        mine = {"country_code": owner.country_code, "party_id": owner.party_id}
        mine |= {"uid": f"{owner.party_id}-TOK", "auth_id": f"{owner.party_id}-TOK"}
        made |= {name: text for name, text in mine.items() if name in made}

    def _scalar(self, schema: JsonObject, value: Any, name: str) -> Any:
        if name in self._fixed:
            return self._fixed[name]
        if name in self._ids and isinstance(value, str):
            return self._ids[name]
        named = [*schema.get("enum", ()), *schema.get("x-extensible-enum", ())]
        return next((each for each in named if each in _PREFERRED), value)

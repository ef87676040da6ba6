"""The fixed data of the vectors: two parties, and the ids, tokens and times used throughout."""

from typing import Final

from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import VectorParty
from ocpi_runtime.types import PartyId

__all__ = [
    "AT_FIRST",
    "CHANGED",
    "ENVELOPE_TIME",
    "FOREIGN",
    "NEVER",
    "OLDER",
    "PEER",
    "PEER_PARTY",
    "SUBJECT",
    "SUBJECT_PARTY",
    "TOKEN_A",
    "UNKNOWN_TOKEN",
    "ids_for",
    "is_of_subject",
]

PEER_PARTY: Final = PartyId("NL", "EXA")
SUBJECT_PARTY: Final = PartyId("DE", "EXB")
FOREIGN: Final = PartyId("BE", "EXC")
"""A party that neither of the two speaks for."""
TOKEN_A: Final = "token-a-of-exb"  # noqa: S105 - it opens nothing
"""The token of an invitation, with which the peer registers."""
UNKNOWN_TOKEN: Final = "token-of-nobody"  # noqa: S105 - likewise

PEER: Final = VectorParty(*PEER_PARTY, "https://exa.example/ocpi/versions", "token-for-exa")
SUBJECT: Final = VectorParty(*SUBJECT_PARTY, "https://exb.example/ocpi/versions", "token-for-exb")

OLDER: Final = "2026-01-31T00:00:00Z"
AT_FIRST: Final = "2026-02-01T00:00:00Z"
"""When the objects that are there, or that steps before put, were updated."""
CHANGED: Final = "2026-02-02T00:00:00Z"
"""When the objects in requests were updated."""
ENVELOPE_TIME: Final = "2026-02-03T00:00:00Z"
NEVER: Final = "2099-01-01T00:00:00Z"
"""When what begins or ends later does so."""

_OF_SUBJECT: Final = frozenset({("commands", "receiver"), ("chargingprofiles", "receiver")})
_NOT_OF_SUBJECT: Final = frozenset({("commands", "sender"), ("chargingprofiles", "sender")})
_STEMS: Final = {
    "location_id": "LOC",
    "evse_uid": "EVSE",
    "session_id": "SES",
    "tariff_id": "TAR",
    "token_uid": "TOK",
    "cdr_id": "CDR",
    "booking_location_id": "PLACE",
    "calendar_id": "CAL",
    "booking_id": "BOOK",
    "request_id": "REQ",
    "terminal_id": "TERM",
    "financial_advice_confirmation_id": "FAC",
    "reservation_id": "RES",
    "authorization_reference": "REF",
    "invoice_reconciliation_record_id": "INV",
}
_FRESH: Final = frozenset({"request_id", "authorization_reference"})
"""Ids that the peer chooses, even in requests about objects of the other side."""


def is_of_subject(operation: VectorOperation) -> bool:
    """Return whether an operation is about objects of the party that is asked."""
    if operation.key in _OF_SUBJECT:
        return True
    return operation.interface.name == "sender" and operation.key not in _NOT_OF_SUBJECT


def ids_for(operation: VectorOperation) -> dict[str, str]:
    """Return the ids of what an operation is about, by the names that OCPI has for them."""
    party = SUBJECT_PARTY if is_of_subject(operation) else PEER_PARTY
    mine = is_of_subject(operation)
    ids = {
        name: f"{party.party_id}-{stem}{'' if mine and name not in _FRESH else operation.mark}"
        for name, stem in _STEMS.items()
    }
    ids |= {"country_code": party.country_code, "party_id": party.party_id, "connector_id": "1"}
    ids |= {"command": "START_SESSION", "uid": "REQUEST-1"}
    ids["id"] = ids["cdr_id" if operation.key[0] == "cdrs" else "invoice_reconciliation_record_id"]
    return ids

"""What a message is about: a location, token, session, reservation or whatever else has an id."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from ocpi_runtime.client import RawAnswer
from ocpi_runtime.server import RoutedRequest
from ocpi_server._jsonbytes import elements, fields, text_field

__all__ = ["PUBLIC", "Subject", "fields_of", "listed_subjects", "new_subjects", "subjects"]

PUBLIC: Final = frozenset({"booking_location", "location", "token"})
"""What belongs to one party and concerns all; anything else is between two parties."""

_PATHS: Final = {
    "location_id": "location",
    "token_uid": "token",
    "session_id": "session",
    "booking_location_id": "booking_location",
    "booking_id": "booking",
    "terminal_id": "terminal",
    "financial_advice_confirmation_id": "confirmation",
}
_OTHER_PATHS: Final = {"cdrs": "cdr", "invoicereconciliation": "invoice"}
"""What ``id`` in a path is, by module."""
_BODIES: Final = {
    "post_start_session": ("location", "location_id"),
    "post_reserve_now": ("location", "location_id"),
    "post_unlock_connector": ("location", "location_id"),
    "post_stop_session": ("session", "session_id"),
    "post_cancel_reservation": ("reservation", "reservation_id"),
    "post_booking_request": ("location", "location_id"),
}
_LISTED: Final = {
    "get_locations": ("location", "id"),
    "get_tokens": ("token", "uid"),
    "get_sessions": ("session", "id"),
    "get_bookings": ("booking", "id"),
    "get_booking_locations": ("booking_location", "id"),
    "get_terminals": ("terminal", "terminal_id"),
    "get_financial_advice_confirmations": ("confirmation", "id"),
    "get_invoice_reconciliation_records": ("invoice", "id"),
}
_POSTED: Final = {
    "post_terminal": ("terminal", "terminal_id"),
    "post_financial_advice_confirmation": ("confirmation", "id"),
    "post_invoice_reconciliation_record": ("invoice", "id"),
}
"""What is created by a POST to a list, with its id in the body."""
_ACCEPTED: Final = "ACCEPTED"
_PROFILE: Final = "profile"
"""Who has asked for charging profiles of a session: it is not always its eMSP."""
_LONGEST: Final = 64


class Subject(NamedTuple):
    """What a message is about.

    Attributes:
        kind: What it is.
        uid: Its id, folded.
    """

    kind: str
    uid: str


def subjects(request: RoutedRequest, body: bytes) -> Iterator[Subject]:
    """Yield what a request is about, the most telling first."""
    interface, operation = request.context.interface, request.operation
    if operation.id in _BODIES:
        kind, name = _BODIES[operation.id]
        yield from _named(kind, text_field(fields_of(body), name))
        return
    if operation.id == "put_active_charging_profile":
        yield from _named(_PROFILE, request.path["session_id"])
    for name, kind in _PATHS.items():
        yield from _named(kind, request.path.get(name))
    if interface.module in _OTHER_PATHS:
        yield from _named(_OTHER_PATHS[interface.module], request.path.get("id"))


def new_subjects(request: RoutedRequest, body: bytes, answer: RawAnswer) -> Iterator[Subject]:
    """Yield what is known from a request that was answered with success."""
    interface, operation = request.context.interface, request.operation
    if operation.id == "post_reserve_now":
        if text_field(fields_of(answer.data or b""), "result") == _ACCEPTED:
            yield from _named("reservation", text_field(fields_of(body), "reservation_id"))
    elif operation.id in _POSTED:
        kind, name = _POSTED[operation.id]
        yield from _named(kind, text_field(fields_of(body), name))
    elif operation.id == "post_cdr":
        path = urlsplit(answer.headers.get("location") or "").path
        yield from _named("cdr", path.rstrip("/").rpartition("/")[2])
    elif interface.module == "chargingprofiles":
        if interface.name == "receiver":
            yield from _named(_PROFILE, request.path["session_id"])
    elif operation.id not in _BODIES:
        yield from subjects(request, body)


def listed_subjects(operation: str, data: bytes) -> Iterator[Subject]:
    """Yield what is in a list."""
    if operation in _LISTED:
        kind, name = _LISTED[operation]
        try:
            items = elements(data)
        except msgspec.MsgspecError:
            return  # whoever asked refuses it
        for item in items:
            yield from _named(kind, text_field(fields_of(item), name))


def fields_of(raw: bytes | msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """Return the fields of an object; none where the text is no object."""
    try:
        return fields(bytes(raw))
    except msgspec.MsgspecError:
        return {}


def _named(kind: str, uid: str | None) -> Iterator[Subject]:
    if uid and len(uid) <= _LONGEST:
        yield Subject(kind, uid.lower())

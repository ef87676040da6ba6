"""Bookings as JSON text: what a request asks for, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import assemble, elements, fields, write_list
from ocpi_server.modules.bookings._records import TERMS

__all__ = ["BookingUpdate", "new_booking", "with_news", "with_request"]

_NULL: Final = b"null"


def new_booking(owner: PartyId, uid: str, request: bytes, place: bytes, now: datetime) -> bytes:
    """Write the booking that a first request asks for; nothing is decided yet.

    Args:
        owner: Our party that owns it.
        uid: Its id.
        request: The request.
        place: The booking location.
        now: When the request came.
    """
    of_place = fields(place)
    terms = bytes(of_place.get("booking_terms", _NULL))
    booking = {
        "id": _text(uid),
        "country_code": _text(owner.country_code),
        "party_id": _text(owner.party_id),
        **_asked(request),
        "reservation_status": _text("PENDING"),
        "booking_terms": TERMS if terms == _NULL else terms,
        "booking_requests": write_list([_request(request, now)]),
        "last_updated": _text(format_timestamp(now)),
    }
    if bytes(of_place.get("tariff_ids", _NULL)) != _NULL:
        booking["tariff_ids"] = bytes(of_place["tariff_ids"])
    return assemble(booking)


def with_request(booking: bytes, request: bytes, now: datetime) -> bytes:
    """Add a request that is not decided yet to a booking."""
    parts = fields(booking)
    listed = [*elements(parts["booking_requests"]), _request(request, now)]
    stamp = _text(format_timestamp(now))
    return assemble({**parts, "booking_requests": write_list(listed), "last_updated": stamp})


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingUpdate:
    """What became of a booking, or of a request about it.

    Attributes:
        status: The new state of the booking; None leaves it.
        canceled: Why and by whom it was canceled, a Cancellation as JSON text.
        decided: The number of a request and its new state.
        taken: The number of a request that the booking follows from now on.
        evse_uid: The EVSE that is kept for it.
    """

    status: str | None = None
    canceled: bytes | None = None
    decided: tuple[int, str] | None = None
    taken: int | None = None
    evse_uid: str | None = None


def with_news(booking: bytes, news: BookingUpdate, now: datetime) -> bytes:
    """Write what became of a booking."""
    parts = fields(booking)
    listed = elements(parts["booking_requests"])
    if news.taken is not None:
        parts |= _raw(_asked(bytes(fields(listed[news.taken])["booking_request"])))
    if news.decided is not None:
        number, decision = news.decided
        listed[number] = msgspec.Raw(
            assemble({**fields(listed[number]), "request_status": _text(decision)})
        )
    if news.evse_uid is not None:
        option = fields(parts.get("booking_option", b"{}"))
        parts |= _raw({"booking_option": assemble({**option, "evse_uid": _text(news.evse_uid)})})
    said_now = {} if news.status is None else {"reservation_status": _text(news.status)}
    if news.canceled is not None:
        said_now["canceled"] = news.canceled
    stamp = _text(format_timestamp(now))
    parts |= _raw({**said_now, "booking_requests": write_list(listed), "last_updated": stamp})
    return assemble(parts)


_ASKED: Final = {
    "request_id": "request_id",
    "booking_option": "booking_option",
    "location_id": "location_id",
    "tokens": "booking_tokens",
    "period": "period",
    "access_information": "access_information",
    "authorization_reference": "authorization_reference",
}
"""What a booking takes over from a request, and what it is called there."""


def _asked(request: bytes) -> dict[str, bytes]:
    parts = fields(request)
    return {
        called: bytes(parts[name])
        for name, called in _ASKED.items()
        if bytes(parts.get(name, _NULL)) != _NULL
    }


def _request(request: bytes, now: datetime) -> bytes:
    return assemble(
        {
            "request_status": _text("PENDING"),
            "booking_request": request,
            "request_received": _text(format_timestamp(now)),
        }
    )


def _raw(parts: Mapping[str, bytes]) -> dict[str, msgspec.Raw]:
    return {name: msgspec.Raw(part) for name, part in parts.items()}


def _text(value: str) -> bytes:
    return msgspec.json.encode(value)

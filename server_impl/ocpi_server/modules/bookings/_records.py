"""Requests for bookings, bookings, and what can be booked: what decides about them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.types import PartyId

__all__ = [
    "FINAL",
    "TERMS",
    "AccessMethod",
    "BookableLocation",
    "BookingRequest",
    "BookingTerms",
    "Calendar",
    "Option",
    "Slot",
    "StoredBooking",
    "Token",
]

FINAL: Final = frozenset({"CANCELED", "NO_SHOW", "REJECTED", "FAILED", "FULFILLED"})
"""States that a booking does not leave."""

TERMS: Final = (
    b'{"supported_access_methods":["OPEN"],"change_until_minutes":0,"cancel_until_minutes":0}'
)
"""The terms of bookings at a booking location that has none: a booking must have some."""


class Token(msgspec.Struct):
    """A token that can charge with a booking."""

    country_code: str
    party_id: str
    uid: str
    type: str

    @property
    def owner(self) -> PartyId:
        """Its eMSP."""
        return PartyId.of(self.country_code, self.party_id)

    @property
    def name(self) -> str:
        """The site as one text, for the database."""
        return f"{self.owner}/{self.type}/{self.uid}".lower()


class Period(msgspec.Struct):
    """From when until when, as text."""

    start_date_time: str
    end_date_time: str

    @property
    def start(self) -> datetime:
        """When it begins."""
        return parse_timestamp(self.start_date_time)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return parse_timestamp(self.end_date_time)


class AccessMethod(msgspec.Struct):
    """One way to get in."""

    method: str


class Slot(Period):
    """When there is something free, and with how many watts at most."""

    max_power: Decimal | None = None


class Calendar(msgspec.Struct):
    """When something can be booked."""

    begin_from: str
    end_before: str
    available_timeslots: list[Slot]
    timeslot_increment: float | None = None


class BookingTerms(msgspec.Struct):
    """The terms of a booking, as far as they decide about requests; times in minutes."""

    supported_access_methods: list[str]
    change_until_minutes: float
    cancel_until_minutes: float
    change_not_allowed: bool | None = None
    early_start_allowed: bool | None = None
    early_start_time: float | None = None
    noshow_timeout: float | None = None
    overlapping_bookings_allowed: bool | None = None
    min_booking_duration: float | None = None
    max_booking_duration: float | None = None


class Option(msgspec.Struct):
    """What is wanted or offered at a location, as far as EVSEs have it."""

    evse_uid: str | None = None
    connector_id: str | None = None
    connector_types: list[str] | None = None
    power_types: list[str] | None = None
    connector_format: list[str] | None = None


class BookableLocation(msgspec.Struct):
    """A booking location, as far as it decides about requests."""

    location_id: str
    booking_option: Option | None = None
    booking_terms: BookingTerms | None = None
    calendars: list[Calendar] | None = None

    @property
    def terms(self) -> BookingTerms:
        """Its terms, or those that hold where there are none."""
        return self.booking_terms or msgspec.json.decode(TERMS, type=BookingTerms)


class BookingRequest(msgspec.Struct):
    """What an eMSP asks for."""

    country_code: str
    party_id: str
    request_id: str
    location_id: str
    booking_location_id: str
    authorization_reference: str
    period: Period
    booking_option: Option | None = None
    tokens: list[Token] | None = None
    access_information: list[AccessMethod] | None = None
    power_required: Decimal | None = None
    canceled: dict[str, Any] | None = None

    @property
    def cancels(self) -> bool:
        """Whether it is to end the booking."""
        return self.canceled is not None


class RequestStatus(msgspec.Struct):
    """A request, and what became of it."""

    request_status: str
    booking_request: BookingRequest


class StoredBooking(msgspec.Struct):
    """A booking, as far as it decides about requests."""

    id: str
    country_code: str
    party_id: str
    location_id: str
    reservation_status: str
    authorization_reference: str
    period: Period
    booking_terms: BookingTerms
    booking_requests: list[RequestStatus]

    @property
    def waiting(self) -> list[int]:
        """The numbers of the requests that are not decided yet."""
        return [
            number
            for number, each in enumerate(self.booking_requests)
            if each.request_status == "PENDING"
        ]

    @property
    def owner(self) -> PartyId:
        """Whose it is."""
        return PartyId.of(self.country_code, self.party_id)

    @property
    def emsp(self) -> PartyId:
        """Who asked for it."""
        first = self.booking_requests[0].booking_request
        return PartyId.of(first.country_code, first.party_id)

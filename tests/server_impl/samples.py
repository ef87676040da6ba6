"""Sessions, CDRs, tariffs and client infos for tests, and objects of the modules of 2.3.0."""

from typing import Any

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from tests.server_impl.pair import CPO, EMSP

Owner = PartyId | OwnParty


def _token(provider: Owner) -> dict[str, str]:
    return {
        "country_code": provider.country_code,
        "party_id": provider.party_id,
        "uid": "TOKEN1",
        "type": "RFID",
        "contract_id": "DE-MSP-C00000001-1",
    }


def period(start: str, kwh: float = 1.5) -> dict[str, Any]:
    """A charging period."""
    return {"start_date_time": start, "dimensions": [{"type": "ENERGY", "volume": kwh}]}


def session(
    uid: str = "S1", owner: Owner = CPO, provider: Owner = EMSP, **more: Any
) -> dict[str, Any]:
    """A running session."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "start_date_time": "2026-01-01T10:00:00Z",
        "kwh": 0.0,
        "cdr_token": _token(provider),
        "auth_method": "COMMAND",
        "location_id": "LOC1",
        "evse_uid": "E1",
        "connector_id": "1",
        "currency": "EUR",
        "status": "ACTIVE",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def cdr(
    uid: str = "CDR1", owner: Owner = CPO, provider: Owner = EMSP, **more: Any
) -> dict[str, Any]:
    """A CDR of one hour."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "start_date_time": "2026-01-01T10:00:00Z",
        "end_date_time": "2026-01-01T11:00:00Z",
        "session_id": "S1",
        "cdr_token": _token(provider),
        "auth_method": "COMMAND",
        "cdr_location": {
            "id": "LOC1",
            "address": "Stationsplein 1",
            "city": "Utrecht",
            "country": "NLD",
            "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
            "evse_uid": "E1",
            "evse_id": "NL*CPO*E1",
            "connector_id": "1",
            "connector_standard": "IEC_62196_T2",
            "connector_format": "SOCKET",
            "connector_power_type": "AC_3_PHASE",
        },
        "currency": "EUR",
        "charging_periods": [period("2026-01-01T10:00:00Z", 11.0)],
        "total_cost": {"excl_vat": 2.75},
        "total_energy": 11.0,
        "total_time": 1,
        "last_updated": "2026-01-01T11:00:00Z",
        **more,
    }


def tariff(uid: str = "T1", owner: Owner = CPO, **more: Any) -> dict[str, Any]:
    """A tariff by energy."""
    component = {"type": "ENERGY", "price": 0.25, "step_size": 1}
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "currency": "EUR",
        "elements": [{"price_components": [component]}],
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def client_info(party: Owner, **more: Any) -> dict[str, Any]:
    """A party that is connected."""
    return {
        "country_code": party.country_code,
        "party_id": party.party_id,
        "role": "CPO",
        "status": "CONNECTED",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def terminal(uid: str = "T1", **more: Any) -> dict[str, Any]:
    """A payment terminal (2.3.0)."""
    return {
        "terminal_id": uid,
        "invoice_creator": "CPO",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def confirmation(uid: str = "F1", **more: Any) -> dict[str, Any]:
    """What was captured for a session (2.3.0)."""
    return {
        "id": uid,
        "authorization_reference": "REF1",
        "total_costs": {"before_taxes": 4.0},
        "currency": "EUR",
        "eft_data": ["Amount: EUR 4.40"],
        "capture_status_code": "SUCCESS",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def place(uid: str = "BL1", owner: Owner = CPO, **more: Any) -> dict[str, Any]:
    """A booking location (2.3.0) with one calendar."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "location_id": "LOC1",
        "booking_terms": terms(),
        "calendars": [calendar()],
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def terms(**more: Any) -> dict[str, Any]:
    """Booking terms (2.3.0)."""
    return {
        "supported_access_methods": ["OPEN", "TOKEN"],
        "change_until_minutes": 30,
        "cancel_until_minutes": 60,
        **more,
    }


def calendar(uid: str = "CAL1", **more: Any) -> dict[str, Any]:
    """A calendar (2.3.0) of one day with a break at noon."""
    slots = [slot("2030-05-01T08:00:00Z", "2030-05-01T12:00:00Z")]
    slots.append(slot("2030-05-01T13:00:00Z", "2030-05-01T18:00:00Z"))
    return {
        "id": uid,
        "begin_from": "2030-05-01T00:00:00Z",
        "end_before": "2030-05-02T00:00:00Z",
        "available_timeslots": slots,
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def slot(start: str, end: str, **more: Any) -> dict[str, Any]:
    """A timeslot (2.3.0)."""
    return {"start_date_time": start, "end_date_time": end, **more}


def wish(
    uid: str = "REQ1", start: str = "09:00", end: str = "10:00", emsp: Owner = EMSP, **more: Any
) -> dict[str, Any]:
    """A request for a booking (2.3.0) on the day of the calendar."""
    return {
        "country_code": emsp.country_code,
        "party_id": emsp.party_id,
        "request_id": uid,
        "location_id": "LOC1",
        "booking_location_id": "BL1",
        "period": slot(f"2030-05-01T{start}:00Z", f"2030-05-01T{end}:00Z"),
        "authorization_reference": f"REF-{uid}",
        **more,
    }


def booking(uid: str = "B1", owner: Owner = CPO, **more: Any) -> dict[str, Any]:
    """A booking (2.3.0) that is reserved."""
    asked = wish()
    return {
        "id": uid,
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "request_id": asked["request_id"],
        "location_id": "LOC1",
        "period": asked["period"],
        "reservation_status": "RESERVED",
        "authorization_reference": asked["authorization_reference"],
        "booking_terms": terms(),
        "booking_requests": [
            {
                "request_status": "ACCEPTED",
                "booking_request": asked,
                "request_received": "2026-01-01T10:00:00Z",
            }
        ],
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def record(uid: str = "R1", owner: Owner = CPO, **more: Any) -> dict[str, Any]:
    """The record of an invoice (2.3.0) about one CDR."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "invoice_id": "INV-2026-01",
        "cdrs": ["CDR1"],
        "last_updated": "2026-02-01T10:00:00Z",
        **more,
    }


def booking_of_1_0(uid: str = "B1", owner: Owner = CPO, **more: Any) -> dict[str, Any]:
    """A booking as Bookings 1.0 has it (2.3.0); the newest edition has other fields."""
    period = {"start_from": "2026-03-01T10:00:00Z", "end_before": "2026-03-01T11:00:00Z"}
    asked = {"request_id": "R1", "location_id": "LOC1", "period": period}
    asked |= {"authorization_reference": "REF1", "country_code": "DE", "party_id": "MSP"}
    terms = {"supported_access_methods": ["OPEN"], "RFID_auth_required": True}
    return {
        **asked,
        "id": uid,
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "evse_uid": "E1",
        "reservation_status": "RESERVED",
        "booking_terms": {**terms, "change_until_minutes": 5, "cancel_until_minutes": 5},
        "access_methods": [{"location_access": "OPEN"}],
        "booking_requests": [
            {
                "request_status": "ACCEPTED",
                "request_received": "2026-03-01T09:00:00Z",
                "booking_request": asked,
            }
        ],
        "last_updated": "2026-03-01T09:00:00Z",
        **more,
    }

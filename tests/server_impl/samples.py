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

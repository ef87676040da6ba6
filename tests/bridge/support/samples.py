"""Objects as parties send them."""

from typing import Any

import msgspec

from ocpi_bridge.versions import class_in
from ocpi_runtime import codec

UPDATED = "2024-06-29T20:39:09Z"
COORDINATES: dict[str, Any] = {"latitude": "52.089444", "longitude": "5.110278"}
OPERATOR: dict[str, Any] = {"name": "TheNewMotion", "website": "https://thenewmotion.example"}


CONNECTOR_2_3_0: dict[str, Any] = {
    "id": "1",
    "standard": "IEC_62196_T2_COMBO",
    "format": "CABLE",
    "power_type": "DC",
    "max_voltage": 920,
    "max_amperage": 500,
    "max_electric_power": 300000,
    "tariff_ids": ["DAY", "NIGHT"],
    "capabilities": ["ISO_15118_20_PLUG_AND_CHARGE"],
    "last_updated": UPDATED,
}


EVSE_2_3_0: dict[str, Any] = {
    "uid": "3256",
    "evse_id": "NL*TNM*E3256",
    "status": "AVAILABLE",
    "capabilities": ["START_SESSION_CONNECTOR_REQUIRED", "RFID_READER", "UNLOCK_CAPABLE"],
    "connectors": [CONNECTOR_2_3_0],
    "floor_level": "-1",
    "parking_restrictions": ["EMPLOYEES", "CUSTOMERS"],
    "parking": [{"parking_id": "P1", "evse_position": "LEFT"}],
    "last_updated": UPDATED,
}


LOCATION_2_3_0: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "TNM",
    "id": "LOC1",
    "publish": True,
    "name": "Utrecht Centraal",
    "address": "Stationsplein 1, on the northern side of the hall, behind the bicycles",
    "city": "Utrecht",
    "postal_code": "3511ED",
    "state": "UT",
    "country": "NLD",
    "coordinates": {"latitude": "52.0894447", "longitude": "5.1102780"},
    "parking_type": "PARKING_GARAGE",
    "evses": [EVSE_2_3_0],
    "parking_places": [
        {
            "id": "P1",
            "vehicle_types": ["PERSONAL_VEHICLE"],
            "restricted_to_type": False,
            "reservation_required": False,
        }
    ],
    "operator": OPERATOR,
    "facilities": ["TRAM_STOP", "TRAIN_STATION"],
    "time_zone": "Europe/Amsterdam",
    "opening_times": {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 1, "period_begin": "06:00", "period_end": "22:00"}],
    },
    "energy_mix": {
        "is_green_energy": True,
        "energy_sources": [{"source": "WIND", "percentage": 100}],
        "environ_impact": [{"category": "CARBON_DIOXIDE", "amount": 372}],
    },
    "help_phone": "+31 30 1234567",
    "last_updated": UPDATED,
}


LOCATION_2_1_1: dict[str, Any] = {
    "id": "LOC1",
    "type": "ON_STREET",
    "name": "Gent Zuid",
    "address": "F.Rooseveltlaan 3A",
    "city": "Gent",
    "postal_code": "9000",
    "country": "BEL",
    "coordinates": {"latitude": "51.047590", "longitude": "3.729945"},
    "evses": [
        {
            "uid": "3256",
            "evse_id": "BE*BEC*E041503001",
            "status": "AVAILABLE",
            "capabilities": ["RESERVABLE"],
            "connectors": [
                {
                    "id": "1",
                    "standard": "IEC_62196_T2",
                    "format": "CABLE",
                    "power_type": "AC_3_PHASE",
                    "voltage": 220,
                    "amperage": 16,
                    "tariff_id": "11",
                    "last_updated": UPDATED,
                }
            ],
            "last_updated": UPDATED,
        }
    ],
    "operator": OPERATOR,
    "opening_times": {
        "regular_hours": [{"weekday": 1, "period_begin": "06:00", "period_end": "22:00"}]
    },
    "energy_mix": {
        "is_green_energy": False,
        "environ_impact": [{"source": "NUCLEAR_WASTE", "amount": 0.00074}],
    },
    "last_updated": UPDATED,
}


TOKEN_2_1_1: dict[str, Any] = {
    "uid": "012345678",
    "type": "RFID",
    "auth_id": "DE8ACC12E46L89",
    "issuer": "ABC",
    "valid": True,
    "whitelist": "ALLOWED",
    "language": "de",
    "last_updated": UPDATED,
}


TOKEN_2_3_0: dict[str, Any] = {
    "country_code": "DE",
    "party_id": "ABC",
    "uid": "012345678",
    "type": "APP_USER",
    "contract_id": "DE8ACC12E46L89",
    "visual_number": "DF000-2001-8999",
    "issuer": "ABC",
    "group_id": "FAMILY",
    "valid": True,
    "whitelist": "ALLOWED",
    "language": "de",
    "energy_contract": {"supplier_name": "Green"},
    "last_updated": UPDATED,
}


SESSION_2_3_0: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "TNM",
    "id": "101",
    "start_date_time": "2024-06-29T18:00:00Z",
    "end_date_time": "2024-06-29T20:00:00Z",
    "kwh": 41.12,
    "cdr_token": {
        "country_code": "DE",
        "party_id": "ABC",
        "uid": "012345678",
        "type": "RFID",
        "contract_id": "DE8ACC12E46L89",
    },
    "auth_method": "COMMAND",
    "authorization_reference": "REF1",
    "location_id": "LOC1",
    "evse_uid": "3256",
    "connector_id": "1",
    "currency": "EUR",
    "charging_periods": [
        {
            "start_date_time": "2024-06-29T18:00:00Z",
            "dimensions": [
                {"type": "STATE_OF_CHARGE", "volume": 12},
                {"type": "ENERGY", "volume": 41.12},
            ],
            "tariff_id": "DAY",
        },
        {
            "start_date_time": "2024-06-29T19:00:00Z",
            "dimensions": [{"type": "POWER", "volume": 11}],
        },
        {
            "start_date_time": "2024-06-29T19:30:00Z",
            "dimensions": [{"type": "PARKING_TIME", "volume": 0.5}],
        },
    ],
    "total_cost": {"before_taxes": 10.00, "taxes": [{"name": "VAT", "amount": 2.10}]},
    "status": "COMPLETED",
    "last_updated": UPDATED,
}


TARIFF_2_3_0: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "TNM",
    "id": "DAY",
    "currency": "EUR",
    "type": "REGULAR",
    "max_price": {"before_taxes": 40, "after_taxes": 48.4},
    "elements": [
        {
            "price_components": [
                {"type": "ENERGY", "price": 0.605, "vat": 21, "step_size": 1},
                {"type": "FLAT", "price": 1, "step_size": 1},
            ]
        },
        {
            "price_components": [{"type": "TIME", "price": 5, "step_size": 60}],
            "restrictions": {"reservation": "RESERVATION"},
        },
        {
            "price_components": [{"type": "FLAT", "price": 3, "step_size": 1}],
            "restrictions": {"booking": "BOOKING"},
        },
    ],
    "tax_included": "YES",
    "last_updated": UPDATED,
}


def read(document: Any, version: str, kind: str) -> Any:
    """Read a sample; it has to be valid."""
    return codec.check(msgspec.json.encode(document), class_in(version, kind))

"""CDRs of two versions."""

from typing import Any

from tests.bridge.support.samples import COORDINATES, SESSION_2_3_0, UPDATED

CDR_2_2_1: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "TNM",
    "id": "CDR1",
    "start_date_time": "2024-06-29T18:00:00Z",
    "end_date_time": "2024-06-29T20:00:00Z",
    "session_id": "101",
    "cdr_token": SESSION_2_3_0["cdr_token"],
    "auth_method": "WHITELIST",
    "cdr_location": {
        "id": "LOC1",
        "address": "Stationsplein 1",
        "city": "Utrecht",
        "state": "UT",
        "country": "NLD",
        "coordinates": COORDINATES,
        "evse_uid": "3256",
        "evse_id": "NL*TNM*E3256",
        "connector_id": "1",
        "connector_standard": "IEC_62196_T2",
        "connector_format": "SOCKET",
        "connector_power_type": "AC_3_PHASE",
    },
    "currency": "EUR",
    "charging_periods": [
        {
            "start_date_time": "2024-06-29T18:00:00Z",
            "dimensions": [{"type": "ENERGY", "volume": 20}],
        }
    ],
    "signed_data": {
        "encoding_method": "OCMF",
        "signed_values": [{"nature": "End", "plain_data": "x" * 600, "signed_data": "y" * 600}],
    },
    "total_cost": {"excl_vat": 10, "incl_vat": 12.1},
    "total_energy": 20,
    "total_energy_cost": {"excl_vat": 10},
    "total_time": 2,
    "total_parking_time": 0.5,
    "last_updated": UPDATED,
}


CDR_2_0: dict[str, Any] = {
    "id": "12345",
    "start_date_time": "2015-06-29T21:39:09+02:00",
    "stop_date_time": "2015-06-29T23:37:32+02:00",
    "auth_id": "DE8ACC12E46L89",
    "auth_method": "WHITELIST",
    "location": {
        "id": "LOC1",
        "type": "ON_STREET",
        "address": "F.Rooseveltlaan 3A",
        "city": "Gent",
        "postal_code": "9000",
        "country": "BEL",
        "coordinates": {"latitude": "51.04759", "longitude": "3.72994"},
        "evses": [
            {
                "uid": "3256",
                "evse_id": "BE-BEC-E041503003",
                "status": "AVAILABLE",
                "connectors": [
                    {
                        "id": "1",
                        "status": "AVAILABLE",
                        "standard": "IEC_62196_T2",
                        "format": "SOCKET",
                        "power_type": "AC_1_PHASE",
                        "voltage": 230,
                        "amperage": 64,
                    }
                ],
            }
        ],
    },
    "currency": "EUR",
    "charging_periods": [
        {
            "start_date_time": "2015-06-29T21:39:09+02:00",
            "dimensions": [
                {"type": "TIME", "volume": "1.973"},
                {"type": "FLAT", "volume": "1"},
            ],
        }
    ],
    "total_cost": "4.00",
    "total_usage": [
        {"type": "ENERGY", "volume": "15.342"},
        {"type": "TIME", "volume": "1.973"},
        {"type": "MAX_CURRENT", "volume": "30"},
    ],
}

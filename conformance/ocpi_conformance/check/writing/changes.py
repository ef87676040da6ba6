"""What checks change in objects: fields to be there at first, and how they are patched."""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["ADDED", "CLEARED", "PATCHED"]

Data = dict[str, Any]
_TEXT: Final = [{"language": "en", "text": "Checked"}]

ADDED: Final[Mapping[str, Data]] = {
    "Location": {"name": "Checked", "facilities": ["HOTEL", "CAFE"]},
    "EVSE": {"floor_level": "1", "capabilities": ["RESERVABLE", "CREDIT_CARD_PAYABLE"]},
    "Connector": {"terms_and_conditions": "https://example.com/terms"},
    "Session": {"meter_id": "METER1", "kwh": 10.75},
    "Tariff": {"tariff_alt_text": _TEXT, "tariff_alt_url": "https://example.com/tariff"},
    "Token": {"visual_number": "CHK-1", "language": "en"},
}
"""By class: optional fields that an object has at first; those that a version lacks are left out.
"""

PATCHED: Final[Mapping[str, Data]] = {
    "Location": {
        "name": "Patched",
        "facilities": ["MUSEUM"],
        "coordinates": {"latitude": "52.100001", "longitude": "5.100001"},
    },
    "EVSE": {"status": "BLOCKED", "floor_level": "2", "capabilities": ["RESERVABLE"]},
    "Connector": {"max_amperage": 16, "amperage": 16},
    "Session": {"kwh": 12.25, "meter_id": "METER2"},
    "Tariff": {"currency": "SEK", "tariff_alt_text": [{"language": "de", "text": "Neu"}]},
    "Token": {"issuer": "Patched", "visual_number": "CHK-2"},
    "Booking": {"reservation_status": "RESERVED"},
    "BookingLocation": {"tariff_ids": ["CHK-TARIFF"]},
}
"""By class: what a PATCH changes."""

CLEARED: Final[Mapping[str, str]] = {
    "Location": "name",
    "EVSE": "floor_level",
    "Connector": "terms_and_conditions",
    "Session": "meter_id",
    "Tariff": "tariff_alt_url",
    "Token": "visual_number",
}
"""By class: an optional field that a PATCH removes by null."""

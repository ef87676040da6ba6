"""A valid location of our own, and one object with a fault for each rule of dialects."""

import json
from copy import deepcopy
from typing import Any, Final, NamedTuple

from ocpi_runtime.types import UNSET

LOCATION: Final[dict[str, Any]] = {
    "country_code": "NL",
    "party_id": "CPO",
    "id": "LOC1",
    "publish": True,
    "name": "Town square",
    "address": "Square 1",
    "city": "Utrecht",
    "country": "NLD",
    "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
    "evses": [
        {
            "uid": "E1",
            "evse_id": "NL*CPO*E1",
            "status": "AVAILABLE",
            "capabilities": ["RESERVABLE"],
            "connectors": [
                {
                    "id": "1",
                    "standard": "IEC_62196_T2",
                    "format": "SOCKET",
                    "power_type": "AC_3_PHASE",
                    "max_voltage": 230,
                    "max_amperage": 32,
                    "max_electric_power": 22000,
                    "last_updated": "2026-01-01T10:00:00Z",
                }
            ],
            "last_updated": "2026-01-01T10:00:00Z",
        }
    ],
    "opening_times": {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 1, "period_begin": "08:00", "period_end": "18:00"}],
    },
    "time_zone": "Europe/Amsterdam",
    "last_updated": "2026-01-01T11:00:00Z",
}
EVSE = "/evses/0"
CONNECTOR = f"{EVSE}/connectors/0"
_EVSE_WITHOUT_UID = {name: each for name, each in LOCATION["evses"][0].items() if name != "uid"}
_REFERENCE = f"{EVSE}/physical_reference"
HOURS = "/opening_times/regular_hours/0"


class Case(NamedTuple):
    """A location with one fault.

    Attributes:
        rule: The rule that repairs it.
        at: A JSON pointer to the field.
        sent: What was sent; UNSET for nothing.
        after: What is read; UNSET for nothing.
        to: Where it is read, if elsewhere.
    """

    rule: str
    at: str
    sent: Any
    after: Any
    to: str = ""


CASES: Final = [
    Case("field-spelling", "/timeZone", "Europe/Paris", "Europe/Paris", "/time_zone"),
    Case("field-version", f"{CONNECTOR}/voltage", 400, 400, f"{CONNECTOR}/max_voltage"),
    Case("empty-optional", f"{EVSE}/parking_restrictions", "", UNSET),
    Case("empty-optional", "/operator", [], UNSET),
    Case("null-in-list", "/facilities", ["HOTEL", None], ["HOTEL"]),
    Case("single-item", "/facilities", "HOTEL", ["HOTEL"]),
    Case("list-of-one", "/operator", [{"name": "A"}], {"name": "A"}),
    Case("keyed-items", "/directions", {"1": {"language": "en", "text": "Left"}},
         [{"language": "en", "text": "Left"}]),
    *(Case("placeholder", "/parking_type", each, UNSET) for each in ("N/A", "null", "-")),
    Case("placeholder", f"{CONNECTOR}/max_electric_power", "n/a", UNSET),
    Case("field-version", "/uid", "LOC1", "LOC1", "/id"),
    Case("field-version", "/location_id", "LOC1", "LOC1", "/id"),
    Case("field-version", f"{CONNECTOR}/connector_type", "CHADEMO", "CHADEMO",
         f"{CONNECTOR}/standard"),
    Case("field-version", f"{HOURS}/day", 3, 3, f"{HOURS}/weekday"),
    Case("wrapped", "/operator", {"business_details": {"name": "A"}}, {"name": "A"}),
    Case("wrapped", "/evses", {"evse": LOCATION["evses"]}, LOCATION["evses"]),
    Case("json-text", "/evses", json.dumps(LOCATION["evses"]), LOCATION["evses"]),
    Case("json-text", "/coordinates", '{"latitude": "52.08952", "longitude": "5.10963"}',
         {"latitude": "52.08952", "longitude": "5.10963"}),
    Case("stored-value", "/id", {"$oid": "507f1f77bcf86cd799439011"}, "507f1f77bcf86cd799439011"),
    *(
        Case("stored-value", "/last_updated", sent, "2026-01-01T10:00:00Z")
        for sent in (
            {"$date": "2026-01-01T10:00:00Z"},
            {"$date": {"$numberLong": "1767261600000"}},
            {"_seconds": 1767261600, "_nanoseconds": 0},
        )
    ),
    Case("stored-value", "/last_updated", [2026, 1, 1, 10, 0], "2026-01-01T10:00:00"),
    Case("keyed-items", "/evses", {"E7": _EVSE_WITHOUT_UID}, [{**_EVSE_WITHOUT_UID, "uid": "E7"}]),
    Case("keyed-items", HOURS.rpartition("/")[0],
         {"2": {"period_begin": "08:00", "period_end": "18:00"}},
         [{"weekday": 2, "period_begin": "08:00", "period_end": "18:00"}]),
    Case("listed-text", "/facilities", "HOTEL, CAFE", ["HOTEL", "CAFE"]),
    Case("flags", "/facilities", {"HOTEL": True, "CAFE": False}, ["HOTEL"]),
    Case("texts-by-language", "/directions", {"EN": "Left", "nl": "Links"},
         [{"language": "en", "text": "Left"}, {"language": "nl", "text": "Links"}]),
    Case("list-opening-times", "/opening_times",
         [{"weekday": 1, "period_begin": "08:00", "period_end": "18:00"}],
         LOCATION["opening_times"]),
    Case("text-image", "/images", ["https://example.com/a.png"],
         [{"url": "https://example.com/a.png", "type": "png", "category": "OTHER"}]),
    Case("object-text", "/name", {"language": "en", "text": "Town square"}, "Town square"),
    Case("object-text", "/name", {"en": "Town square"}, "Town square"),
    Case("coordinates-pair", "/coordinates", "52.08952, 5.10963",
         {"latitude": "52.08952", "longitude": "5.10963"}),
    Case("coordinates-pair", "/coordinates", [5.10963, 52.08952],
         {"latitude": "52.08952", "longitude": "5.10963"}),
    Case("number-unit", f"{CONNECTOR}/max_amperage", "3x32 A", 32),
    Case("number-unit", f"{CONNECTOR}/max_voltage", "400 VAC", 400),
    Case("number-text", f"{CONNECTOR}/max_electric_power", "2.2e4", 22000),
    Case("boolean-text", "/publish", "Y", after=True),
    Case("time-of-day", f"{HOURS}/period_begin", 8, "08:00"),
    Case("time-of-day", f"{HOURS}/period_end", "6 pm", "18:00"),
    Case("language-code", "/directions", [{"language": "English", "text": "Left"}],
         [{"language": "en", "text": "Left"}]),
    Case("enum-name", f"{CONNECTOR}/standard", "CCS Combo 2 Plug", "IEC_62196_T2_COMBO"),
    Case("enum-likely", f"{EVSE}/status", "SuspendedEV", "CHARGING"),
    Case("timestamp-date", "/last_updated", "20260101", "2026-01-01T00:00:00Z"),
    Case("timestamp-form", "/last_updated", "2026-01-01T10:00:00:123Z", "2026-01-01T10:00:00.123Z"),
    Case("text-name", "/operator", "Example", {"name": "Example"}),
    Case("text-opening-times", "/opening_times", "24/7", {"twentyfourseven": True}),
    Case("number-unit", f"{CONNECTOR}/max_voltage", "230 V", 230),
    Case("number-unit", f"{CONNECTOR}/max_electric_power", "22,5 kW", 22500),
    Case("number-text", f"{CONNECTOR}/max_voltage", "230", 230),
    Case("text-number", "/id", 12, "12"),
    Case("integer-point", f"{CONNECTOR}/max_amperage", 32.0, 32),
    Case("integer-fraction", f"{CONNECTOR}/max_amperage", 31.6, 32),
    Case("boolean-text", "/publish", "true", after=True),
    Case("weekday", f"{HOURS}/weekday", 0, 7),
    Case("weekday", f"{HOURS}/weekday", "Tuesday", 2),
    Case("timestamp-epoch", "/last_updated", 1767261600, "2026-01-01T10:00:00Z"),
    Case("timestamp-epoch", "/last_updated", "1767261600123", "2026-01-01T10:00:00.123Z"),
    Case("timestamp-epoch", "/last_updated", 1767261600000000, "2026-01-01T10:00:00Z"),
    *(
        Case("timestamp-form", "/last_updated", sent, "2026-01-01T09:00:00Z")
        for sent in (
            "20260101T090000Z",
            "2026/1/1 9:00:00Z",
            "Thu, 01 Jan 2026 09:00:00 GMT",
            "2026-01-01 09:00:00 +0000 UTC",
            "2026-01-01T10:00:00+01:00[Europe/Berlin]",
            "/Date(1767258000000)/",
            "2026-W01-4T09:00:00Z",
            "Thu Jan 01 2026 10:00:00 GMT+0100 (Central European Standard Time)",
            "Thu Jan  1 09:00:00 2026",
        )
    ),
    Case("timestamp-form", "/last_updated", "2025-12-31T24:00:00Z", "2026-01-01T00:00:00Z"),
    Case("timestamp-form", "/last_updated", "2026-01-01T09:00:60Z", "2026-01-01T09:00:59Z"),
    Case("timestamp-form", "/last_updated", "/Date(1767258000000+0100)/", "2026-01-01T09:00:00Z"),
    Case("timestamp-form", "/last_updated", "20260101T100000+0100", "2026-01-01T09:00:00Z"),
    Case("timestamp-offset", "/last_updated", "2026-01-01T10:00:00 CET", "2026-01-01T09:00:00Z"),
    Case("null-in-list", "/directions", [{"language": "en", "text": "Left"}, {}],
         [{"language": "en", "text": "Left"}]),
    Case("timestamp-separator", "/last_updated", "2026-01-01 10:00:00", "2026-01-01T10:00:00"),
    Case("timestamp-seconds", "/last_updated", "2026-01-01T10:00Z", "2026-01-01T10:00:00Z"),
    Case("timestamp-offset", "/last_updated", "2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00Z"),
    Case("timestamp-offset", "/last_updated", "2026-01-01T10:00:00 UTC", "2026-01-01T10:00:00Z"),
    Case(
        "timestamp-length",
        "/last_updated",
        "2026-01-01T10:00:00.123456789Z",
        "2026-01-01T10:00:00.123Z",
    ),
    Case("timestamp-date", "/last_updated", "2026-01-01", "2026-01-01T00:00:00Z"),
    Case("blanks", f"{EVSE}/floor_level", " 12  ", "12"),
    Case("control-characters", "/name", "Town\r\nsquare", "Town square"),
    Case("non-ascii", "/id", "Łódź\u20131", "Lodz-1"),
    Case("text-length", _REFERENCE, "Bay 12, level minus two", "Bay 12, level mi"),
    Case("id-length", f"{EVSE}/uid", "x" * 40, "x" * 27 + "~bd913ff6"),
    Case("time-of-day", f"{HOURS}/period_begin", "8:00:00", "08:00"),
    Case("time-of-day", f"{HOURS}/period_end", "6.30 p.m.", "18:30"),
    Case("time-of-day", f"{HOURS}/period_end", "0030", "00:30"),
    Case("image-type", "/images", [
        {"url": "https://example.com/a", "category": "OTHER", "type": "image/png"}
    ], [{"url": "https://example.com/a", "category": "OTHER", "type": "png"}]),
    Case("time-of-day", f"{HOURS}/period_end", "24:00", "23:59"),
    Case("enum-spelling", f"{EVSE}/status", "Out of order", "OUTOFORDER"),
    Case("enum-name", f"{CONNECTOR}/standard", "Type2", "IEC_62196_T2"),
    Case("enum-likely", f"{CONNECTOR}/standard", "CCS", "IEC_62196_T2_COMBO"),
    Case("enum-unknown", f"{EVSE}/status", "MELTED", "UNKNOWN"),
    Case("enum-unknown", "/facilities", ["HOTEL", "LAUNDRY"], ["HOTEL"]),
    Case("country-code", "/country", "nl", "NLD"),
    Case("country-code", "/country_code", "NLD", "NL"),
    Case("country-code", "/country", "Netherlands", "NLD"),
    Case("country-code", "/country", "Deutschland", "DEU"),
    Case("country-code", "/country", 276, "DEU"),
    Case("party-code", "/party_id", "NL*ABC", "ABC"),
    Case("party-code", "/country_code", "BE-ABC", "BE"),
    Case("language-code", "/directions", [{"language": "en-GB", "text": "Left"}],
         [{"language": "en", "text": "Left"}]),
    Case("coordinate-decimals", "/coordinates/latitude", "52.08952012345678", "52.0895201"),
    Case("coordinate-decimals", "/coordinates/latitude", "52.1", "52.10000"),
    Case("coordinate-decimals", "/coordinates/latitude", "52,0895° S", "-52.08950"),
    Case("coordinate-decimals", "/coordinates/latitude", "5.208952e1", "52.08952"),
    Case("missing-default", "/city", UNSET, "Delft"),
    Case("missing-owner", "/party_id", UNSET, "ABC"),
    Case("missing-publish", "/publish", UNSET, after=True),
    Case("missing-last-updated", f"{EVSE}/last_updated", UNSET, "2026-01-01T11:00:00Z"),
    Case("missing-last-updated", "/last_updated", UNSET, "2026-01-01T10:00:00Z"),
    Case("missing-last-updated", "/last_updated", "some day", "2026-01-01T10:00:00Z"),
    Case("missing-evse-uid", f"{EVSE}/uid", None, "NL*CPO*E1"),
    Case("missing-time-zone", "/time_zone", UNSET, "Europe/Amsterdam"),
    Case("missing-country", "/country", UNSET, "NLD"),
    Case("missing-country", "/country", "Narnia", "NLD"),
    Case("missing-opening-hours", "/opening_times/twentyfourseven", UNSET, after=False),
    Case("missing-enum", f"{EVSE}/status", UNSET, "UNKNOWN"),
    Case("missing-text", "/address", None, "#NA"),
    Case("missing-connector-id", f"{CONNECTOR}/id", UNSET, "1"),
    Case("missing-connector-format", f"{CONNECTOR}/format", None, "SOCKET"),
    Case("missing-connector-power", f"{CONNECTOR}/max_amperage", UNSET, 32),
    Case("missing-connector-power", f"{CONNECTOR}/max_voltage", UNSET, 230),
    Case("missing-power-type", f"{CONNECTOR}/power_type", UNSET, "AC_3_PHASE"),
    Case("missing-power-type", f"{CONNECTOR}/power_type", "AC", "AC_3_PHASE"),
    Case("missing-image-type", "/images",
         [{"url": "https://example.com/a.PNG", "category": "OTHER"}],
         [{"url": "https://example.com/a.PNG", "category": "OTHER", "type": "png"}]),
    Case("missing-coordinates", "/coordinates",
         {"type": "Point", "coordinates": [5.10963, 52.08952]},
         {"type": "Point", "coordinates": [5.10963, 52.08952],
          "latitude": "52.08952", "longitude": "5.10963"}),
    Case("optional-left-out", "/parking_type", "SWAMP", UNSET),
    Case("item-left-out", "/images", [{"category": "OTHER", "type": "png"}], []),
]  # fmt: skip


def faulty(case: Case) -> dict[str, Any]:
    """Return the location of a case."""
    value = deepcopy(LOCATION)
    *path, name = case.at.split("/")[1:]
    holder: Any = value
    for step in path:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    if case.sent is UNSET:
        del holder[name]
    else:
        holder[name] = case.sent
    if case.to:
        del holder[case.to.rpartition("/")[2]]
    return value


def at(value: Any, pointer: str) -> Any:
    """Return what a pointer leads to, UNSET where there is nothing."""
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value.get(step, UNSET)
    return value

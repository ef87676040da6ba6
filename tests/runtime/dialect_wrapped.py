"""Faults of values that are wrapped in something else, or written as another kind of value."""

from typing import Final

from tests.runtime.dialect_samples import CONNECTOR, EVSE, HOURS, LOCATION, Case

__all__ = ["WRAPPED"]

WRAPPED: Final = [
    Case("value-object", f"{EVSE}/status", {"name": "Available"}, "AVAILABLE"),
    Case("value-object", "/id", {"value": "LOC1"}, "LOC1"),
    Case("value-object", "/country", {"alpha2": "NL", "alpha3": "NLD"}, "NLD"),
    Case("value-object", f"{CONNECTOR}/max_voltage", {"value": 230}, 230),
    Case("value-object", f"{CONNECTOR}/max_electric_power", {"value": "22,5", "unit": "kW"}, 22500),
    Case("value-object", f"{CONNECTOR}/tariff_ids", [{"id": "T1"}, {"tariff_id": "T2"}],
         ["T1", "T2"]),
    Case("value-object", "/last_updated",
         {"date": "2026-01-01 10:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
         "2026-01-01T10:00:00Z"),
    Case("address-parts", "/address", {"street": "Square", "house_number": 1}, "Square 1"),
    Case("address-parts", "/address", ["Square 1", "Rear"], "Square 1, Rear"),
    Case("nested-list", "/facilities", [["HOTEL"], ["CAFE", "MALL"]], ["HOTEL", "CAFE", "MALL"]),
    Case("list-of-one", "/evses", [[LOCATION["evses"]]], LOCATION["evses"]),
    Case("hours-text", "/opening_times", "Mo-Tu 08:00-12:00,13:00-18:00; Sun 9:00-12:00", {
        "twentyfourseven": False, "regular_hours": [
            {"weekday": day, "period_begin": begin, "period_end": end}
            for day, begin, end in (
                (1, "08:00", "12:00"), (1, "13:00", "18:00"), (2, "08:00", "12:00"),
                (2, "13:00", "18:00"), (7, "09:00", "12:00"),
            )
        ]}),
    Case("hours-text", "/opening_times",
         {"monday": {"open": "08:00", "close": "18:00"}, "Friday": ["08:00-12:00"], "sunday": None},
         {"twentyfourseven": False, "regular_hours": [
             {"weekday": 1, "period_begin": "08:00", "period_end": "18:00"},
             {"weekday": 5, "period_begin": "08:00", "period_end": "12:00"},
         ]}),
    Case("hours-text", HOURS.rpartition("/")[0],
         [{"weekday": [6, 7], "period_begin": "08:00", "period_end": "18:00"}],
         [{"weekday": day, "period_begin": "08:00", "period_end": "18:00"} for day in (6, 7)]),
    *(
        Case("wrapped", "/evses", sent, LOCATION["evses"])
        for sent in (
            {"items": LOCATION["evses"]},
            {"$id": "1", "$values": LOCATION["evses"]},
            {"results": LOCATION["evses"], "count": 1},
            {"edges": [{"node": each} for each in LOCATION["evses"]]},
            {"_embedded": {"evses": LOCATION["evses"]}},
            {"items": {"evse": LOCATION["evses"]}},
        )
    ),
    Case("wrapped", "/coordinates", [[{"value": LOCATION["coordinates"]}]],
         LOCATION["coordinates"]),
    Case("list-of-one", f"{EVSE}/status", [["AVAILABLE"]], "AVAILABLE"),
    Case("listed-text", "/facilities", ["HOTEL,CAFE"], ["HOTEL", "CAFE"]),
    Case("listed-text", "/facilities", "HOTEL CAFE", ["HOTEL", "CAFE"]),
    Case("keyed-items", "/facilities", {"0": "HOTEL", "1": "CAFE"}, ["HOTEL", "CAFE"]),
    Case("texts-by-language", "/directions", [{"en": "Left"}],
         [{"language": "en", "text": "Left"}]),
    Case("object-text", "/name", [
        {"language": "nl", "text": "Plein"}, {"language": "en", "text": "Square"},
    ], "Square"),
    Case("enum-spelling", f"{EVSE}/status", "Status.Available", "AVAILABLE"),
    Case("enum-name", f"{CONNECTOR}/power_type", "3-phase AC", "AC_3_PHASE"),
    Case("coordinate-decimals", "/coordinates/latitude", "52°5'22.3\"N", "52.0895278"),
    Case("coordinate-decimals", "/coordinates/latitude", "N52.08952", "52.08952"),
    Case("coordinates-pair", "/coordinates", "POINT(5.10963 52.08952)",
         {"latitude": "52.08952", "longitude": "5.10963"}),
    Case("timestamp-form", "/last_updated", "13.01.2026 09:00", "2026-01-13T09:00:00"),
    Case("timestamp-form", "/last_updated", 20260113090000, "2026-01-13T09:00:00"),
    *(
        Case("timestamp-form", "/last_updated", sent, "2026-01-13T09:00:00Z")
        for sent in (
            "Jan 13, 2026 9:00:00 AM", "1/13/2026, 9:00 AM",
            '"2026-01-13T09:00:00Z"', "2026-1-13T9:0:0Z", "2026-01-13T09.00.00Z",
            "2026-01-13T09:00:00Z+00:00",
        )
    ),
]  # fmt: skip

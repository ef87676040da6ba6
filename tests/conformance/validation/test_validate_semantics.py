"""What obeys the schema and still cannot be right is a warning."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.validation import Validation, validate_stream
from ocpi_runtime.codec import encode
from ocpi_runtime.testing import Factory
from tests.conformance.validation.test_validate import location

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def warnings(*objects: Any, name: str | None = None) -> list[tuple[str, str]]:
    stream = io.BytesIO(json.dumps(objects).encode())
    report = validate_stream(stream, name=name, version="2.2.1", now=NOW)
    return [(each.rule, each.field) for part in report.parts for each in part.warnings]


def connector(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "last_updated": EARLY,
    }
    return {**plain, **changes}


def evse(uid: str = "E1", *connectors: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {"uid": uid, "status": "AVAILABLE", "last_updated": EARLY}
    return {**plain, "connectors": [*connectors] or [connector()], **changes}


def place(latitude: str, longitude: str) -> dict[str, str]:
    return {"latitude": latitude, "longitude": longitude}


def test_a_good_location_has_no_warning() -> None:
    good = connector(max_electric_power=22000)
    assert warnings(location(evses=[evse("E1", good), evse("E2")])) == []


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"coordinates": place("0.000000", "0.000000")}, "coordinates-zero", "coordinates"),
        ({"coordinates": place("4.895168", "52.370216")}, "coordinates-swapped", "coordinates"),
        ({"coordinates": place("48.137154", "11.576124")}, "coordinates-country", "coordinates"),
        ({"time_zone": "Germany"}, "time-zone", "time_zone"),
        ({"country": "XYZ"}, "country", "country"),
        ({"country": "NL"}, "country", "country"),
        ({"evses": [evse("E1"), evse("e1")]}, "evse-uid-twice", "evses[].uid"),
        ({"country_code": "XX"}, "country-code", "country_code"),
        ({"last_updated": "2027-01-01T00:00:00Z"}, "last-updated-future", "last_updated"),
        (
            {"evses": [evse(last_updated=LATE)]},
            "last-updated-older",
            "last_updated",
        ),
        (
            {"last_updated": LATE, "evses": [evse("E1", connector(last_updated=LATE))]},
            "last-updated-older",
            "evses[].last_updated",
        ),
        (
            {"evses": [evse(coordinates=place("48.137154", "11.576124"))]},
            "coordinates-country",
            "evses[].coordinates",
        ),
        (
            {"evses": [evse("E1", connector(max_electric_power=50000))]},
            "connector-power",
            "evses[].connectors[].max_electric_power",
        ),
        (
            {"evses": [evse("E1", connector(max_electric_power=22))]},
            "connector-power",
            "evses[].connectors[].max_electric_power",
        ),
        (
            {"evses": [evse("E1", connector(max_voltage=400))]},
            "connector-voltage",
            "evses[].connectors[].max_voltage",
        ),
        (
            {"evses": [evse("E1", connector(max_amperage=0))]},
            "connector-power",
            "evses[].connectors[].max_amperage",
        ),
    ],
)
def test_a_location_is_checked(changes: dict[str, Any], rule: str, field: str) -> None:
    assert (rule, field) in warnings(location(**changes))


def test_overseas_parts_belong_to_their_country() -> None:
    guadeloupe = location(country="FRA", coordinates=place("16.241100", "-61.533100"))
    hawaii = location("B", country="USA", coordinates=place("21.306944", "-157.858333"))
    assert warnings(guadeloupe, hawaii) == []


def test_ids_that_come_twice_are_found_without_case() -> None:
    found = warnings(
        location("A", evses=[evse("e1")]), location("a"), location("B", evses=[evse("E1")])
    )
    assert sorted(found) == [("evse-uid-twice", "evses[].uid"), ("id-twice", "id")]
    other = location("A", party_id="OTH", evses=[evse("E1")])
    assert warnings(location("A", evses=[evse("E1")]), other) == []


def made(name: str, **changes: Any) -> dict[str, Any]:
    plain = json.loads(encode(Factory(1, full=True).make(v2_2_1.binding.model(name))))
    return {**plain, **changes}


@pytest.mark.parametrize(
    ("name", "changes", "rule"),
    [
        ("Tariff", {"currency": "EUX"}, "currency"),
        ("Session", {"currency": "XXZ"}, "currency"),
        ("CDR", {"end_date_time": "2020-01-01T00:00:00Z"}, "period"),
        ("Session", {"end_date_time": "2020-01-01T00:00:00Z"}, "period"),
        ("Token", {"country_code": "ZZ"}, "country-code"),
        ("Token", {"last_updated": "2030-01-01T00:00:00Z"}, "last-updated-future"),
    ],
)
def test_other_classes_are_checked(name: str, changes: dict[str, Any], rule: str) -> None:
    assert rule in {found for found, _ in warnings(made(name, **changes), name=name)}


@pytest.mark.parametrize(
    ("vat", "expected"), [(0.21, True), (21, False), (0, False), (None, False)]
)
def test_vat_is_a_percentage(vat: float | None, expected: bool) -> None:  # noqa: FBT001
    component = {"type": "ENERGY", "price": 0.25, "step_size": 1, "vat": vat}
    tariff = made("Tariff", elements=[{"price_components": [component]}])
    assert ("vat" in {rule for rule, _ in warnings(tariff, name="Tariff")}) is expected


def test_tariffs_that_are_referred_to_must_come_where_tariffs_come() -> None:
    objects = [
        location(f"L{n}", evses=[evse(f"E{n}", connector(tariff_ids=["T1", "T2"]))]) for n in "12"
    ]
    assert warnings(*objects) == []
    validation = Validation(now=NOW)
    validation.read(io.BytesIO(json.dumps(objects).encode()), "locations")
    validation.read(io.BytesIO(json.dumps([made("Tariff", id="t1")]).encode()), "tariffs")
    locations, _ = validation.report().parts
    [found] = [each for each in locations.warnings if each.rule == "tariff-reference"]
    assert (found.count, found.example.value) == (2, "T2")
    assert found.example.pointer == "/0/evses/0/connectors/0/tariff_ids/1"


def test_a_warning_does_not_make_an_object_invalid() -> None:
    objects = [location(country="NL", evses=[evse("E1"), evse("E1")])]
    report = validate_stream(io.BytesIO(json.dumps(objects).encode()), now=NOW)
    assert (report.ok, {each.rule for each in report.parts[0].warnings}) == (
        True,
        {"country", "evse-uid-twice"},
    )


ODD = [10**400, -(10**400), 1e308, "", "NaN", [], {}, [1], {"a": 1}, True, None, "9" * 500]


@pytest.mark.parametrize("name", ["Location", "Tariff", "CDR", "Session", "Token", "Credentials"])
def test_no_value_breaks_a_check(name: str) -> None:
    whole = made(name)
    for field in whole:
        for value in ODD:
            warnings({**whole, field: value}, name=name)
    for value in ODD:
        plug = dict.fromkeys(connector(), value)
        odd = location(evses=[evse("E", plug), dict.fromkeys(evse(), value)])
        warnings({**odd, "coordinates": {"latitude": value, "longitude": value}}, name="Location")


def test_not_available_is_a_warning() -> None:
    assert ("not-available", "name") in warnings(location(name="#NA"))

"""Each rule of dialects, with a small object that has the fault it repairs."""

import json
from copy import deepcopy
from typing import Any

import pytest

from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import RULES, Dialect
from tests.runtime.dialect_samples import CASES, LOCATION, Case, at, faulty
from tests.runtime.dialect_wrapped import WRAPPED

ALL_CASES = [*CASES, *WRAPPED]


def _lenient_for(case: Case) -> Dialect:
    defaults = {"city": "Delft"} if case.rule == "missing-default" else {}
    return Dialect(level="lenient", country_code="NL", party_id="ABC", defaults=defaults)


@pytest.mark.parametrize(
    "case", ALL_CASES, ids=lambda case: f"{case.rule} {case.at} {case.sent}"[:60]
)
def test_a_rule_repairs_its_fault(case: Case) -> None:
    sent = faulty(case)
    before = deepcopy(sent)

    reading = _lenient_for(case).read(sent, Location)

    assert reading.verdict == "repaired", reading.remaining
    assert at(reading.value, case.to or case.at) == case.after
    assert case.rule in {each.rule for each in reading.repairs}
    assert reading.faults
    assert not reading.remaining
    assert sent == before


@pytest.mark.parametrize(
    "case", ALL_CASES, ids=lambda case: f"{case.rule} {case.at} {case.sent}"[:60]
)
def test_a_rule_that_is_off_repairs_nothing(case: Case) -> None:
    dialect = _lenient_for(case)
    off = Dialect(
        level="lenient",
        rules={case.rule: False},
        country_code="NL",
        party_id="ABC",
        defaults=dialect.defaults,
    )

    assert case.rule not in {each.rule for each in off.read(faulty(case), Location).repairs}


def test_every_rule_has_a_case() -> None:
    elsewhere = {
        "bom",
        "duplicate-uid",
        "encoding",
        "lone-surrogate",
        "no-number",
        "trailing-comma",
    }
    of_money = {"currency-code", "date-form", "number-currency", "price-form"}

    assert {case.rule for case in ALL_CASES} | elsewhere | of_money == {each.id for each in RULES}


def test_a_byte_order_mark_is_taken_away() -> None:
    text = b"\xef\xbb\xbf" + json.dumps(LOCATION).encode()

    assert Dialect.standard.read(text, Location).repairs[0].rule == "bom"
    assert Dialect.standard.read(text, Location).verdict == "repaired"
    assert Dialect.strict.read(text, Location).verdict == "unreadable"


def test_text_in_windows_1252_is_read() -> None:
    text = json.dumps(LOCATION | {"name": "Königstraße"}, ensure_ascii=False).encode("cp1252")

    reading = Dialect.lenient.read(text, Location)

    assert (reading.verdict, reading.value["name"]) == ("repaired", "Königstraße")
    assert reading.repairs[0].rule == "encoding"
    assert Dialect.standard.read(text, Location).verdict == "unreadable"


@pytest.mark.parametrize(
    "fields",
    [
        {"last_updated": "2026-01-01T10:00:00[Europe/Berlin]"},
        {"last_updated": "01/02/2026 10:00:00"},
        {"last_updated": "2026-01-01T10:00:00+02:00[Europe/Berlin]x"},
        {"country_code": "ABCD"},
        {"coordinates": [37.1, 37.4], "country": "TUR"},
        {"coordinates": "52.1, 5.1", "country": "DEU"},
        {"coordinates": "nan, 5.1"},
        {"coordinates": ["sNaN", 5.1]},
    ],
    ids=str,
)
def test_what_may_mean_two_things_is_not_repaired_as_one_of_them(fields: dict[str, Any]) -> None:
    name = next(iter(fields))
    for dialect in (Dialect.standard, Dialect.lenient):
        reading = dialect.read(LOCATION | fields, Location)
        assert reading.verdict == "partial" or reading.value[name] == "2026-01-01T10:00:00Z"
        assert {each.rule for each in reading.repairs} <= {"missing-last-updated"}


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_other_encodings_is_read(name: str) -> None:
    text = json.dumps(LOCATION | {"name": "Königstraße"}, ensure_ascii=False).encode(name)

    reading = Dialect.lenient.read(text, Location)

    assert (reading.verdict, reading.value["name"]) == ("repaired", "Königstraße")
    assert reading.repairs[0].rule == ("bom" if name == "utf-8-sig" else "encoding")
    assert Dialect.strict.read(text, Location).verdict == "unreadable"


@pytest.mark.parametrize(
    ("before", "after", "rule", "shown"),
    [
        (b'"publish": true', b'"publish": true, "x": [NaN, -Infinity]', "no-number", "NaN"),
        (b'"id": "1"', b'"id": "1", "max_electric_power": undefined', "no-number", "undefined"),
        (b'"publish": true', b'"facilities": ["HOTEL" , ], "publish": true', "trailing-comma", ","),
        (b'"id"', rb'"x": "\\ud83d \ud83d\ude00 \ud83d", "id"', "lone-surrogate", r"\ud83d"),
        (b'"id"', rb'"x\uDE00\uDE00": "", "id"', "lone-surrogate", r"\uDE00"),
    ],
    ids=["nan", "undefined", "comma", "first half", "second half"],
)
def test_what_is_no_json_is_read_and_reported_with_its_byte(
    before: bytes, after: bytes, rule: str, shown: str
) -> None:
    sent = json.dumps(LOCATION | {"name": 'NaN ,] \\" ,}'}).encode()
    text = sent.replace(before, after, 1)
    assert text != sent

    reading = Dialect.lenient.read(text, Location)

    assert (reading.verdict, reading.value["name"]) == ("repaired", 'NaN ,] \\" ,}')
    assert reading.repairs[0].rule == rule
    place = int(reading.repairs[0].before.removeprefix(f"{shown} at byte "))
    assert text[place:].startswith(shown.encode())
    assert Dialect.standard.read(text, Location).verdict == "unreadable"


@pytest.mark.parametrize("text", [b'"' + b'\\"' * 200_000, b"," * 400_000, b", " * 200_000])
def test_what_never_becomes_json_takes_no_time_that_grows_with_its_square(text: bytes) -> None:
    assert Dialect.lenient.read(text, Location).verdict == "unreadable"


@pytest.mark.parametrize("wrap", [
    lambda each: {"location": each},
    lambda each: {"data": each, "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"},
    lambda each: {"data": [each]},
    json.dumps,
])  # fmt: skip
def test_an_object_is_taken_out_of_what_is_around_it(wrap: Any) -> None:
    reading = Dialect.standard.read(encode(wrap(LOCATION)), Location)

    assert (reading.verdict, reading.value) == ("repaired", LOCATION)


def test_of_several_connectors_one_that_cannot_be_repaired_is_left_out() -> None:
    value = deepcopy(LOCATION)
    good = value["evses"][0]["connectors"][0]
    value["evses"][0]["connectors"] = [{**good, "standard": "MAGIC"}, {**good, "id": "2"}]

    reading = Dialect.lenient.read(value, Location)

    assert [each["id"] for each in reading.value["evses"][0]["connectors"]] == ["2"]
    assert [each.rule for each in reading.repairs] == ["item-left-out"]


def test_opening_times_of_unknown_fields_are_not_taken_as_always_open() -> None:
    reading = Dialect.lenient.read(LOCATION | {"opening_times": {"hours": "8-12"}}, Location)

    assert "opening_times" not in reading.value


def test_of_two_evses_with_one_uid_the_newer_is_kept() -> None:
    old, new = LOCATION["evses"][0], {**LOCATION["evses"][0], "uid": "e1", "status": "CHARGING"}
    new["last_updated"] = "2026-01-01T10:30:00Z"
    value: dict[str, Any] = {**LOCATION, "evses": [old, new]}

    reading = Dialect.lenient.read(value, Location)

    assert [each["status"] for each in reading.value["evses"]] == ["CHARGING"]
    assert [(each.rule, each.pointer) for each in reading.repairs] == [
        ("duplicate-uid", "/evses/0")
    ]
    assert reading.repairs[0].before == old
    assert Dialect.standard.read(value, Location).verdict == "valid"


def test_an_evse_without_connectors_is_left_out_of_its_location() -> None:
    value = deepcopy(LOCATION)
    value["evses"].append({**value["evses"][0], "uid": "E2", "connectors": []})

    reading = Dialect.lenient.read(value, Location)

    assert [each["uid"] for each in reading.value["evses"]] == ["E1"]
    assert [(each.rule, each.pointer) for each in reading.repairs] == [
        ("item-left-out", "/evses/1")
    ]
    assert Dialect.standard.read(value, Location).verdict == "partial"

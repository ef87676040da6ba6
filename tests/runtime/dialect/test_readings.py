"""What reading an object by a dialect comes to: valid, repaired, partial or unreadable."""

import json
from copy import deepcopy
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_bindings.v2_2_1.models import Location, LocationPatch, Session, Tariff
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.dialect import LEVELS, RULES, Dialect
from ocpi_runtime.testing._factories import Factory
from ocpi_runtime.types import UNSET
from tests.runtime.dialect_samples import CASES, LOCATION, faulty

BINDINGS = [v2_0.binding, v2_1_1.binding, v2_2.binding, v2_2_1.binding, v2_3_0.binding]
CLASSES = ("Location", "Session", "CDR", "Tariff", "Token", "Credentials", "StartSession")
TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)


@given(
    name=TEXTS,
    facilities=st.lists(st.sampled_from(["HOTEL", "WIFI", "CAFE"])) | st.none(),
    decimals=st.integers(5, 7),
    fraction=st.sampled_from(["", ".1", ".123"]),
)
@settings(max_examples=40, deadline=None)
def test_a_valid_object_passes_unchanged_through_every_level(
    name: str, facilities: list[str] | None, decimals: int, fraction: str
) -> None:
    value = deepcopy(LOCATION)
    value |= {
        "name": name,
        "facilities": facilities,
        "last_updated": f"2026-01-01T10:00:00{fraction}Z",
    }
    value["coordinates"]["latitude"] = f"{52.1234567:.{decimals}f}"
    text = json.dumps(value).encode()

    for level in LEVELS:
        reading = Dialect(level=level, country_code="DE", party_id="XYZ").read(text, Location)
        assert (reading.verdict, reading.repairs, reading.text) == ("valid", (), text)
        assert reading.object == decode(text, Location)
        assert not reading.faults


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda each: each.version)
def test_valid_objects_of_all_classes_stay_as_they_are(binding: Any) -> None:
    classes = [binding.model(name) for name in CLASSES if name in vars(models_of(binding))]

    for kind in classes:
        text = encode(Factory(seed=3, full=True).make(kind))
        reading = Dialect.lenient.read(text, kind)
        assert (reading.verdict, reading.text) == ("valid", text), kind


def models_of(binding: Any) -> Any:
    return import_module(f"{binding.package}.models")


def vars_of(found: Any, *names: str) -> list[Any]:
    return [getattr(found, name) for name in names]


def test_strict_repairs_nothing_and_lists_what_is_wrong() -> None:
    for case in CASES:
        reading = Dialect.strict.read(faulty(case), Location)
        assert reading.verdict in {"valid", "partial"}
        assert reading.repairs == ()
        assert reading.faults == reading.remaining


def test_a_partial_object_has_unset_for_what_is_missing_and_text_for_unknown_values() -> None:
    value = deepcopy(LOCATION)
    value["evses"][0]["status"] = "MELTED"
    del value["city"]
    value["publish"] = 17

    reading = Dialect.strict.read(value, Location)

    assert reading.verdict == "partial"
    assert reading.object is not None
    assert vars_of(reading.object, "city", "publish") == [UNSET, UNSET]
    assert reading.object.evses[0].status == "MELTED"  # type: ignore[index]
    assert reading.object.address == "Square 1"
    assert {each.pointer for each in reading.remaining} == {"/city", "/publish", "/evses/0/status"}


@pytest.mark.parametrize("text", [b"", b"{", b"17", b"[]", b"\xff", b'{"unknown": 1}', b'"a"'])
def test_what_has_nothing_of_the_class_is_unreadable(text: bytes) -> None:
    reading = Dialect.lenient.read(text, Location)

    assert (reading.verdict, reading.object) == ("unreadable", None)
    assert reading.faults


def test_a_repaired_object_keeps_exact_numbers_and_unknown_fields() -> None:
    session = encode(Factory(seed=1).make(Session))
    value = json.loads(session) | {"kwh": "12.30000000000000000001", "own": {"a": 0.1}}

    reading = Dialect.standard.read(json.dumps(value).encode(), Session)

    assert reading.object is not None
    assert reading.object.kwh == Decimal("12.30000000000000000001")
    assert reading.value["own"] == {"a": 0.1}


def test_a_patch_gets_no_fields_that_it_does_not_carry() -> None:
    reading = Dialect.lenient.read(
        {"name": "A\nB", "last_updated": "2026-01-01T00:00:00Z"}, LocationPatch
    )

    assert reading.value == {"name": "A B", "last_updated": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("fault", [{"city": None}, {"parking_type": "SWAMP"}, {"operator": []}])
def test_nothing_is_left_out_of_a_patch(fault: dict[str, Any]) -> None:
    sent = {"last_updated": "2026-01-01T00:00:00Z", **fault}

    reading = Dialect.lenient.read(sent, LocationPatch)

    assert (reading.verdict, reading.value) == ("partial", sent)


def test_nothing_that_decides_about_money_is_left_out() -> None:
    tariff = json.loads(encode(Factory(seed=1).make(Tariff)))
    tariff["elements"].append({"price_components": [{"type": "SINGING", "price": 1}]})

    reading = Dialect.lenient.read(tariff, Tariff)

    assert reading.verdict == "partial"
    assert len(reading.value["elements"]) == len(tariff["elements"])


def test_a_dialect_refuses_unknown_levels_and_rules() -> None:
    with pytest.raises(ValueError, match="did you mean 'standard'"):
        Dialect(level="standard_")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="did you mean 'enum-spelling'"):
        Dialect(rules={"enum_spelling": True})


def test_levels_build_on_each_other() -> None:
    assert not Dialect.strict.active
    assert Dialect.standard.active < Dialect.lenient.active == {each.id for each in RULES}


@pytest.mark.parametrize("dialect", [Dialect.standard, Dialect.lenient])
def test_an_object_with_thousands_of_faults_is_not_repaired(dialect: Dialect) -> None:
    broken = LOCATION | {"facilities": ["hotel"] * 6000}
    reading = dialect.read(broken, Location)
    assert (reading.verdict, reading.repairs) == ("partial", ())
    assert "more than 5000 faults" in reading.remaining[-1].message

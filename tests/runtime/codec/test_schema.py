"""What breaks the rules of a class, and how that is reported."""

import json
from typing import Any, ClassVar

import pytest

from ocpi_runtime import codec, types
from ocpi_runtime.errors import InvalidParameters, MalformedRequest, Violation
from ocpi_runtime.types import SchemaSet
from tests.runtime.wire_samples import PLACE, PlainTime, Plug, Site, SitePatch

GOOD: dict[str, Any] = json.loads(PLACE)


def changed(**fields: Any) -> bytes:
    return json.dumps(GOOD | fields).encode()


def faults_in(data: Any, kind: Any = Site) -> dict[str, tuple[str, str]]:
    found = codec.violations(data, kind)
    return {each.pointer: (each.code, each.message) for each in found}


def plug(**fields: Any) -> list[dict[str, Any]]:
    return [GOOD["plugs"][0] | fields]


def test_a_right_document_has_no_faults() -> None:
    assert codec.violations(PLACE, Site) == []
    assert codec.violations(b"[%b,%b]" % (PLACE, PLACE), list[Site]) == []
    assert codec.check(PLACE, Site) == codec.decode(PLACE, Site)


def test_a_model_is_judged_as_it_would_be_sent() -> None:
    place = codec.decode(PLACE, Site)
    assert codec.violations(place, Site) == []
    place.name = "x" * 21
    expected = {"/name": ("maxLength", "is 21 characters long, at most 20 are allowed")}
    assert faults_in(place) == expected
    assert faults_in([place], list[Site]) == {"/0/name": expected["/name"]}


@pytest.mark.parametrize(
    ("data", "pointer", "code", "message"),
    [
        (changed(id="x" * 37), "/id", "maxLength", "is 37 characters long, at most 36 are allowed"),
        (changed(id=None), "/id", "type", "is null, but must be a string"),
        (changed(id=True), "/id", "type", "is true, but must be a string"),
        (
            changed(id="Zü"),
            "/id",
            "pattern",
            r"has the character '\xfc', which is not allowed here",
        ),
        (changed(id="a\n"), "/id", "pattern", r"has the character '\n', which is not allowed here"),
        (
            changed(name="a\x7f"),
            "/name",
            "pattern",
            r"has the character '\x7f', which is not allowed here",
        ),
        (
            changed(latitude="47.36667\n"),
            "/latitude",
            "pattern",
            r"does not match ^-?\d{1,2}\.\d{5,7}$",
        ),
        (
            changed(latitude="४७.36667"),
            "/latitude",
            "pattern",
            r"does not match ^-?\d{1,2}\.\d{5,7}$",
        ),
        (
            changed(latitude=47.36667),
            "/latitude",
            "type",
            "is a number, but must be a string or null",
        ),
        (changed(plugs=[]), "/plugs", "minItems", "has 0 items, at least 1 must be there"),
        (changed(plugs={}), "/plugs", "type", "is an object, but must be a list"),
        (changed(plugs=plug(volts=0)), "/plugs/0/volts", "minimum", "is 0, at least 1 is needed"),
        (
            changed(plugs=plug(volts=1.0)),
            "/plugs/0/volts",
            "type",
            "has a decimal point, but must be an integer",
        ),
        (
            changed(plugs=plug(volts="1")),
            "/plugs/0/volts",
            "type",
            "is a string, but must be an integer",
        ),
        (
            changed(plugs=plug(status="Gone")),
            "/plugs/0/status",
            "enum",
            "is 'Gone', but must be one of AVAILABLE, CHARGING",
        ),
        (
            changed(plugs=plug(status=7)),
            "/plugs/0/status",
            "enum",
            "is a number, but must be one of AVAILABLE, CHARGING",
        ),
        (changed(price={}), "/price/excl_vat", "required", "is missing, but required"),
        (
            changed(price={"excl_vat": None}),
            "/price/excl_vat",
            "type",
            "is null, but must be a number",
        ),
        (
            changed(price={"excl_vat": "1"}),
            "/price/excl_vat",
            "type",
            "is a string, but must be a number",
        ),
        (changed(open="true"), "/open", "type", "is a string, but must be true or false or null"),
        (changed(tags=["ok", None]), "/tags/1", "type", "is null, but must be a string"),
        (b"[]", "", "type", "is a list, but must be an object"),
        (b"null", "", "type", "is null, but must be an object"),
    ],
)
def test_each_rule_is_reported_in_words(data: bytes, pointer: str, code: str, message: str) -> None:
    assert faults_in(data)[pointer] == (code, message)
    with pytest.raises(InvalidParameters) as caught:
        codec.check(data, Site)
    assert caught.value.violations == tuple(codec.violations(data, Site))


def test_wrong_enumeration_values_are_cut() -> None:
    for length in (59, 60, 5000):
        found = faults_in(changed(plugs=plug(status="x" * length)))
        shown = found["/plugs/0/status"][1].partition(", but must")[0]
        assert shown == f"is '{'x' * 59}…"
    found = faults_in(changed(plugs=plug(status="x" * 58)))
    assert found["/plugs/0/status"][1].startswith(f"is '{'x' * 58}', but must be one of")


def test_what_no_model_can_hold_is_a_fault_too() -> None:
    found = faults_in(changed(last_updated="0000-01-01T00:00:00Z"))
    assert found["/last_updated"][0] == "type"
    with pytest.raises(ValueError, match="year"):
        codec.parse_timestamp("0000-01-01T00:00:00Z")


def test_all_faults_are_found() -> None:
    data = changed(id="x" * 40, plugs=plug(volts="1", id="toolong"), tags=["x" * 9])
    assert set(faults_in(data)) == {"/id", "/plugs/0/volts", "/plugs/0/id", "/tags/0"}


def test_the_number_of_faults_is_bounded() -> None:
    assert len(codec.violations(changed(tags=[None] * 5000), Site)) == 100
    assert len(codec.violations(changed(tags=["#NA"] * 5000), Site)) == 100


def test_optional_fields_take_null() -> None:
    fields = ("latitude", "tags", "module", "price", "open", "closings")
    place = codec.check(changed(**dict.fromkeys(fields)), Site)
    assert all(getattr(place, name) is None for name in fields)
    assert codec.check(changed(plugs=plug(status=None)), Site).plugs[0].status is None


def test_a_patch_may_clear_what_the_class_does_not_require() -> None:
    assert (
        codec.violations(b'{"last_updated":"2024-06-29T12:00:00Z","price":null}', SitePatch) == []
    )
    found = faults_in(b'{"name":null,"plugs":null,"price":{}}', SitePatch)
    assert {pointer: code for pointer, (code, _) in found.items()} == {
        "/last_updated": "required",
        "/name": "type",
        "/plugs": "type",
        "/price/excl_vat": "required",
    }


def test_unknown_fields_and_values_of_open_enumerations_are_right() -> None:
    assert codec.violations(changed(module="x-own", extra={"deep": [1]}), Site) == []


def test_not_available_is_valid_in_text_and_reported() -> None:
    found = codec.violations(changed(name="#NA", latitude="#NA", plugs=plug(id="#NA")), Site)
    message = "is #NA: the value is not available"
    assert found == [
        Violation(pointer, "not-available", message, severity="warning")
        for pointer in ("/name", "/latitude", "/plugs/0/id")
    ]
    assert codec.check(changed(latitude="#NA"), Site).latitude == "#NA"


def test_not_available_is_no_status_no_timestamp_and_no_number() -> None:
    data = changed(plugs=plug(status="#NA", volts="#NA"), last_updated="#NA")
    errors = {each.pointer for each in codec.violations(data, Site) if each.severity == "error"}
    assert errors == {"/plugs/0/status", "/plugs/0/volts", "/last_updated"}
    first = json.dumps({"latitude": "#NA"} | GOOD | {"latitude": "#NA", "id": 7}).encode()
    assert {each.pointer: each.severity for each in codec.violations(first, Site)} == {
        "/id": "error", "/latitude": "warning",
    }  # fmt: skip


def test_pointers_are_escaped() -> None:
    class Odd(types.Model, kw_only=True):
        OCPI_SCHEMAS: ClassVar[SchemaSet] = _Only(
            Odd={"type": "object", "properties": {"a/b~c": {"type": "integer"}}}
        )

    assert list(faults_in(b'{"a/b~c": ""}', Odd)) == ["/a~1b~0c"]


class _Only(SchemaSet):
    def __init__(self, **schemas: Any) -> None:
        super().__init__("only")
        self._schemas = schemas

    def load(self) -> dict[str, Any]:
        return {"components": {"schemas": self._schemas}}


LIMITS: list[tuple[dict[str, Any], Any, str]] = [
    ({"type": "integer", "maximum": 7}, 8, "is 8, at most 7 is allowed"),
    ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 1, "must be above 1"),
    ({"type": "integer", "maximum": 1, "exclusiveMaximum": True}, 1, "must be below 1"),
    ({"type": "integer", "multipleOf": 5}, 7, "must be a multiple of 5"),
    ({"type": "string", "minLength": 2}, "a", "at least 2 are needed"),
    ({"type": "array", "items": {}, "maxItems": 1}, [1, 2], "at most 1 are allowed"),
    ({"type": "array", "items": {}, "uniqueItems": True}, [1, 1], "has the same item twice"),
    ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, [], "matches none of the schemas"),
    (
        {"type": "object", "anyOf": [{"required": ["b"]}, {"required": ["c"]}]},
        {"d": 1},
        "must have at least one of b, c",
    ),
]


@pytest.mark.parametrize(("schema", "value", "message"), LIMITS)
def test_rules_that_versions_may_come_to_use(
    schema: dict[str, Any], value: Any, message: str
) -> None:
    class Limited(types.Model, kw_only=True):
        OCPI_SCHEMAS: ClassVar[SchemaSet] = _Only(
            Limited={"type": "object", "properties": {"a": schema}}
        )

    assert message in faults_in(json.dumps({"a": value}).encode(), Limited)["/a"][1]
    assert codec.violations(b'{"a": null}', Limited) == []


def test_types_without_schema_are_judged_by_what_they_can_hold() -> None:
    assert codec.violations(b'{"at":"2024-06-29T12:00:00"}', PlainTime) == []
    assert faults_in(b'{"at":"soon"}', PlainTime)["/at"][0] == "type"


def test_a_class_whose_schema_is_missing_is_an_error_of_ours() -> None:
    class Lost(types.Model, kw_only=True):
        OCPI_SCHEMAS: ClassVar[SchemaSet] = _Only()

    with pytest.raises(LookupError, match="Lost"):
        codec.check(b"{}", Lost)


def test_text_that_is_no_json_cannot_be_judged() -> None:
    with pytest.raises(MalformedRequest):
        codec.violations(b"{", Plug)

"""Objects of partners validated: every form of input, the guess, the causes, the counts."""

import gzip
import io
import json
import zipfile
from typing import Any

import pytest

from ocpi_bindings import v2_1_1, v2_2_1, v2_3_0
from ocpi_conformance.validation import ObjectReport, Report, Validation, WrongName, validate_stream
from ocpi_runtime.codec import encode
from ocpi_runtime.testing import Factory


def location(uid: str = "LOC1", **changes: Any) -> dict[str, Any]:
    """Return a valid location of 2.2.1 without anything to warn of."""
    plain = {
        "country_code": "NL",
        "party_id": "EXA",
        "id": uid,
        "publish": True,
        "address": "Main Street 1",
        "city": "Amsterdam",
        "country": "NLD",
        "coordinates": {"latitude": "52.370216", "longitude": "4.895168"},
        "time_zone": "Europe/Amsterdam",
        "last_updated": "2026-01-01T00:00:00Z",
    }
    return {**plain, **changes}


def validate(data: Any, **options: Any) -> Report:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return validate_stream(io.BytesIO(text), **options)


LOCATIONS = [location("LOC1"), location("LOC2")]
TEXT = json.dumps(LOCATIONS).encode()


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (TEXT, "/1/city"),
        (b"\xef\xbb\xbf" + TEXT, "/1/city"),
        (TEXT.decode().encode("utf-16"), "/1/city"),
        (gzip.compress(TEXT), "/1/city"),
        (packed(readme=b"words", feed=TEXT.replace(b"Amsterdam", b"Utrecht")), ""),
        (b'{"status_code": 1000, "data": ' + TEXT + b"}", "/data/1/city"),
        (b'{"count": 2, "my/list": ' + TEXT + b"}", "/my~1list/1/city"),
        (b'{"result": {"locations": ' + TEXT + b"}}", "/result/locations/1/city"),
        (b"\n".join(json.dumps(each).encode() for each in LOCATIONS), "/city"),
        (b"".join(json.dumps(each, indent=1).encode() for each in LOCATIONS), "/city"),
        (b",".join(json.dumps(each).encode() for each in LOCATIONS), "/city"),
        (b'[{"status_code": 1000, "data": ' + TEXT + b"}]", "/0/data/1/city"),
        (b"[" + TEXT + b"]", "/0/1/city"),
        (b'{"data":' + TEXT[:-1].replace(b", {", b']}{"data":[{') + b"]}", "/data/0/city"),
    ],
    ids=[
        "list", "bom", "utf-16", "gzip", "zip", "envelope", "name", "names", "lines",
        "concatenated", "commas", "list of pages", "list of lists", "pages",
    ],
)  # fmt: skip
def test_every_form_of_input_is_read(data: bytes, pointer: str) -> None:
    assert validate(data).as_data()["counts"]["valid"] == 2
    if b'"Amsterdam"' in data:
        before, _, behind = data.rpartition(b'"Amsterdam"')
        report = validate(before + b'"\xc3\x93  ' + b"x" * 60 + b'"' + behind)
        assert report.parts[0].causes[0].example.pointer == pointer


def test_an_envelope_may_hold_one_object() -> None:
    report = validate({"status_code": 1000, "data": location()})
    assert (report.parts[0].name, report.objects, report.ok) == ("Location", 1, True)


def test_a_list_larger_than_one_value_may_be_is_read() -> None:
    padding = "x" * 60_000
    objects = [location(f"L{number}", note=padding) for number in range(150)]
    text = json.dumps({"meta": {"count": 150}, "data": objects, "status_code": 1000}).encode()
    assert len(text) > 8 * 1024 * 1024
    report = validate(gzip.compress(text, 1))
    assert report.verdicts == {"valid": 150, "repairable": 0, "partial": 0, "unreadable": 0}
    assert report.parts[0].pointer == "/data"


@pytest.mark.parametrize(
    ("version", "name"),
    [
        (each, name)
        for each in (v2_1_1, v2_2_1, v2_3_0)
        for name in ("Location", "Session", "CDR", "Tariff", "Token", "Credentials", "EVSE")
    ],
)
def test_version_and_class_are_guessed(version: Any, name: str) -> None:
    made = Factory(1, full=True).batch(version.binding.model(name), 3)
    report = validate([json.loads(encode(each)) for each in made])
    part = report.parts[0]
    assert part.name == name
    allowed = {version.binding.version}
    if f"nothing distinguishes it from {version.binding.version}" in part.reason or (
        version.binding.version in part.reason.partition("nothing distinguishes")[2]
    ):
        allowed.add(str(part.version))
    assert part.version in allowed
    assert report.verdicts["valid"] == 3


def test_the_guess_is_reported_with_its_reason() -> None:
    old = {"type": "ON_STREET", "postal_code": "1012 AB"}
    plain = {name: each for name, each in location(**old).items()
             if name not in {"country_code", "party_id", "publish"}}  # fmt: skip
    part = validate([plain]).parts[0]
    assert (part.version, part.name) == ("2.1.1", "Location")
    assert "Location by its fields" in part.reason
    assert "not 2.2.1" in part.reason
    assert "publish" in part.reason


def test_what_is_given_is_not_guessed() -> None:
    part = validate(LOCATIONS, version="2.3.0", name="location").parts[0]
    assert (part.version, part.name) == ("2.3.0", "Location")
    for wrong in ({"version": "2.4"}, {"name": "Nowhere"}, {"version": "2.1.1", "name": "Booking"}):
        with pytest.raises(WrongName):
            validate(LOCATIONS, **wrong)


def test_objects_are_counted_by_what_can_be_read() -> None:
    objects = [
        location("A"),
        location("B", last_updated="2026-01-01 00:00:00"),
        {name: each for name, each in location("C").items() if name != "party_id"},
        5,
    ]
    data = validate(objects).as_data()
    assert data["counts"] == {
        "objects": 4,
        "valid": 1,
        "repairable": 1,
        "partial": 1,
        "unreadable": 1,
    }
    assert (data["version"], data["class"]) == ("2.2.1", "Location")
    assert data["repairs"]


def test_causes_are_grouped_by_rule_and_field() -> None:
    long = [location(f"L{number}", city="x" * 60) for number in range(3)]
    report = validate([*long, location("OK")])
    [cause] = [each.as_data() for each in report.parts[0].causes]
    assert (cause["rule"], cause["field"]) == ("maxLength", "city")
    assert (cause["count"], cause["share"]) == (3, 0.75)
    assert cause["example"]["pointer"] == "/0/city"
    assert cause["example"]["value"] == "x" * 60
    assert "mod_locations, Location" in cause["specification"]["section"]
    assert cause["specification"]["text"].startswith("string(45), required.")
    assert cause["repairs"] == ["text-length"]


def test_an_error_of_a_party_is_reported() -> None:
    for data in ({"data": None}, {}):
        report = validate({"status_code": 2001, "status_message": "no such page", **data})
        assert (report.objects, report.ok) == (0, False)
        assert "status_code 2001 no such page" in report.problems[0].message


@pytest.mark.parametrize("data", [{}, {"greeting": "hello"}, 5, None, [1, "two"]])
def test_what_is_no_object_of_ocpi_has_no_class(data: Any) -> None:
    part = validate(data).parts[0]
    assert (part.name, part.version, part.verdicts["unreadable"]) == (None, None, part.objects)
    assert "use --class" in part.reason


def test_a_number_out_of_range_points_at_the_object() -> None:
    text = json.dumps(location(city=5)).replace(": 5", ": 1e999").encode()
    [cause] = validate(text, name="Location").parts[0].causes
    assert (cause.field, cause.example.pointer) == ("(the object)", "")


def test_tokens_are_not_shown() -> None:
    secret = "s" * 80
    data = {"token": secret, "url": "https://example.com/ocpi", "roles": []}
    assert secret not in json.dumps(validate([data], name="Credentials").as_data())


def test_each_object_is_reported_while_it_is_read() -> None:
    seen: list[ObjectReport] = []
    validate([location("A"), location("B", city="x" * 60)], on_object=seen.append)
    assert [each.data["verdict"] for each in seen] == ["valid", "repairable"]
    assert seen[1].data["faults"][0]["pointer"] == "/city"
    assert seen[1].data["repairs"][0]["rule"] == "text-length"


def test_a_pipe_is_read() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert validate_stream(Pipe(gzip.compress(TEXT))).objects == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (bytes(range(128, 256)), "not JSON"),
        (b"hello", "not JSON"),
        (gzip.compress(TEXT)[:-30], "damaged or cut off"),
        (packed(readme=b"words"), "contains no JSON"),
        (TEXT[:-9], "ends within"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_a_problem(data: bytes, words: str) -> None:
    report = validate(data)
    assert words in report.problems[0].message
    assert not report.ok


def test_what_comes_before_a_break_is_counted() -> None:
    text = json.dumps({"status_code": 1000, "data": LOCATIONS}).encode()
    for broken in (text[:-9], text.replace(b'"LOC2"', b"LOC2"), gzip.compress(text[:-2])):
        report = validate(broken)
        assert (report.verdicts["valid"] >= 1, len(report.problems)) == (True, 1)
    assert validate(json.dumps(location(evses=[{"uid": "E1"}])).encode()[:-2]).objects == 0


def test_several_inputs_are_one_report() -> None:
    validation = Validation()
    validation.read(io.BytesIO(TEXT), "locations.json")
    token = json.loads(encode(Factory(1).make(v2_2_1.binding.model("Token"))))
    validation.read(io.BytesIO(json.dumps([token]).encode()), "tokens.json")
    data = validation.report().as_data()
    assert data["counts"]["objects"] == 3
    assert (data["class"], [each["class"] for each in data["parts"]]) == (
        None,
        ["Location", "Token"],
    )

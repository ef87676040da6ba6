"""JSON text to models and back."""

import json
import traceback
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ocpi_bindings.v2_2_1.models import GeoLocation
from ocpi_runtime import codec
from ocpi_runtime._codec.decode import check_steps
from ocpi_runtime._codec.steps import run
from ocpi_runtime._validation.bounds import Bounds
from ocpi_runtime.errors import InvalidParameters, MalformedRequest
from ocpi_runtime.types import UNSET, Raw
from tests.runtime.wire_samples import PLACE, Module, PlainTime, Plug, Price, Site, Status

NOON = datetime(2024, 6, 29, 12, tzinfo=UTC)


def plug(**fields: Any) -> Plug:
    values: dict[str, Any] = {"id": "1", "volts": 230, "last_updated": NOON}
    return Plug(**values | fields)


def faults_of(data: bytes, kind: Any) -> dict[str, str]:
    with pytest.raises(InvalidParameters) as caught:
        codec.decode(data, kind)
    return {each.pointer: each.code for each in caught.value.violations}


def test_absent_null_and_value_are_three_things() -> None:
    place = codec.decode(PLACE, Site)
    assert (place.open, place.closings, place.tags) == (None, UNSET, [])
    again = json.loads(codec.encode(place))
    assert again["open"] is None
    assert "closings" not in again
    assert again["tags"] == []


def test_numbers_keep_their_digits_and_stay_numbers() -> None:
    text = codec.encode(codec.decode(PLACE, Site))
    assert b'"price":{"excl_vat":0.10,"incl_vat":12345678901234567.89}' in text


def test_unknown_value_of_an_open_enumeration_survives() -> None:
    place = codec.decode(PLACE, Site)
    assert isinstance(place.module, Module)
    assert not place.module.is_known
    assert b'"module":"parking"' in codec.encode(place)
    assert [each.value for each in Module] == ["locations"]


def test_decoding_what_was_encoded_returns_the_same() -> None:
    place = codec.decode(PLACE, Site)
    assert codec.decode(codec.encode(place), Site) == place
    assert codec.decode(codec.encode([place, place]), list[Site]) == [place, place]


@pytest.mark.parametrize("separator", ["T", "t", " ", "\\u0054"])
@pytest.mark.parametrize("fraction", ["", ".5", ".125"])
def test_text_without_zone_is_utc(separator: str, fraction: str) -> None:
    text = f'"2024-06-29{separator}20:39:09{fraction}"'.encode()
    expected = datetime(2024, 6, 29, 20, 39, 9, int(float(f"0{fraction}") * 1e6), tzinfo=UTC)
    document = b'{"at": %b, "times": [%b, %b]}' % (text, text[:-1] + b'Z"', text)
    found = codec.decode(document, PlainTime)
    if separator == "T":
        assert codec.check(document, PlainTime) == found
    assert [found.at, *(found.times or [])] == [expected] * 3
    assert found.at.utcoffset() == timedelta(0)
    with_zone = codec.decode(b'{"id":"1","volts":1,"last_updated":%b}' % text, Plug)
    assert with_zone.last_updated == expected


def test_text_that_looks_like_a_timestamp_stays_text() -> None:
    name = "2024-06-29T20:39:09"
    document = PLACE.replace(b"Z\\u00fcrich", name.encode()).replace(b'.25Z"', b'"')
    place = codec.decode(document, Site)
    assert place.name == name
    place.last_updated = NOON + timedelta(microseconds=120_000)
    place.name = "2024-06-29T20:39:09.123456Z"
    assert codec.decode(codec.encode(place), Site) == place


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NOON, "2024-06-29T12:00:00Z"),
        (NOON + timedelta(microseconds=999), "2024-06-29T12:00:00.0009Z"),
        (NOON + timedelta(milliseconds=120), "2024-06-29T12:00:00.120Z"),
        (NOON + timedelta(microseconds=123_456), "2024-06-29T12:00:00.1234Z"),
        (NOON + timedelta(microseconds=99), "2024-06-29T12:00:00Z"),
        (NOON.astimezone(timezone(timedelta(hours=-5))), "2024-06-29T12:00:00Z"),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=45))), "2024-06-29T12:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_timestamps_leave_in_utc_with_at_most_25_characters(instant: datetime, text: str) -> None:
    for document in (plug(last_updated=instant), [plug(last_updated=instant)], {"at": instant}):
        assert f'"{text}"'.encode() in codec.encode(document)
    assert codec.format_timestamp(instant) == text
    assert len(text) <= 25


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_sent(value: str) -> None:
    with pytest.raises(ValueError, match=r"\$\.excl_vat: .* cannot be represented in JSON"):
        codec.encode(Price(excl_vat=Decimal(value)))
    with pytest.raises(ValueError, match=r"\$\[1\]\.excl_vat"):
        codec.encode([Price(excl_vat=Decimal(1)), Price(excl_vat=Decimal(value))])


def test_infinite_floats_are_not_sent() -> None:
    with pytest.raises(ValueError, match=r"\$\.a\[0\]"):
        codec.encode({"a": [float("inf")]})


def test_naive_datetimes_are_not_sent() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match=r"\$\.last_updated: .* use an aware one"):
        codec.encode(plug(last_updated=naive))
    with pytest.raises(ValueError, match="cannot be represented in UTC"):
        codec.format_timestamp(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))


def test_words_that_look_like_no_number_may_be_sent() -> None:
    place = codec.decode(PLACE, Site)
    place.name = "NaN Infinity"
    assert codec.decode(codec.encode(place), Site) == place


def test_builtins_mixed_lists_and_raw_json_can_be_written() -> None:
    assert codec.encode({"a": [Decimal("1.50"), NOON, None, True], "b": Status.CHARGING}) == (
        b'{"a":[1.50,"2024-06-29T12:00:00Z",null,true],"b":"CHARGING"}'
    )
    assert codec.encode([plug(), Price(excl_vat=Decimal(1))]).endswith(b',{"excl_vat":1}]')
    assert codec.encode([]) == b"[]"
    assert codec.encode(Raw(b'{"a": 1.0}')) == b'{"a": 1.0}'
    assert codec.encode([Raw(b"1.0"), Raw(b" 2")]) == b"[1.0, 2]"
    assert codec.encode(None) == b"null"


@pytest.mark.parametrize("value", ['"1.5"', '"NaN"', '"Infinity"', '"1"', '" 1"', '""'])
@pytest.mark.parametrize("name", ["excl_vat", "\\u0065xcl_vat"])
def test_quoted_numbers_are_refused(value: str, name: str) -> None:
    document = f'{{"{name}" : {value}}}'.encode()
    assert faults_of(document, Price) == {"/excl_vat": "type"}
    assert faults_of(b"[" + document + b"]", list[Price]) == {"/0/excl_vat": "type"}


def test_quoted_numbers_in_a_list_are_refused() -> None:
    document = b'{"at": "2024-06-29T20:39:09Z", "amounts": [1, 2.50, "3"]}'
    assert faults_of(document, PlainTime) == {"/amounts/2": "type"}
    found = codec.decode(document.replace(b'"3"', b"3"), PlainTime)
    assert found.amounts == [Decimal(1), Decimal("2.50"), Decimal(3)]


def test_numbers_of_any_spelling_are_read_exactly() -> None:
    document = b'{"excl_vat": 1E+3, "incl_vat": -0.1000000000000000055511151231257827}'
    price = codec.decode(document, Price)
    assert price.excl_vat == 1000
    assert price.incl_vat == Decimal("-0.1000000000000000055511151231257827")
    assert codec.decode(codec.encode(price), Price) == price


def test_all_faults_are_reported_at_once() -> None:
    document = PLACE.replace(b'"CHARGING"', b'"GONE"').replace(b'"name"', b'"title"')
    assert faults_of(document, Site) == {"/name": "required", "/plugs/0/status": "enum"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b'{"id": "1", "volts": 23',
        PLACE[:-3],
        PLACE + b"x",
        b"\xff",
        PLACE.replace(b'"kept"', b'"\xe9"'),
        PLACE.replace(b"0.10", b"NaN"),
        PLACE.replace(b"0.10", b"-Infinity"),
        PLACE.replace(b"0.10", b"0.1.0"),
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_malformed(data: bytes) -> None:
    for read in (codec.decode, codec.check):
        with pytest.raises((MalformedRequest, InvalidParameters)) as caught:
            read(data, Site)
        if not data.startswith(b"[["):
            assert caught.type is MalformedRequest
    if not data.startswith(b"[["):
        with pytest.raises(MalformedRequest):
            codec.parse(data)


def test_of_duplicate_keys_the_last_counts() -> None:
    document = b'{"id":"a","id":"b","volts":2,"volts":1,"last_updated":"2024-06-29T12:00:00Z"}'
    assert codec.check(document, Plug) == plug(id="b", volts=1)
    assert codec.parse(document)["id"] == "b"
    wrong_first = document.replace(b'"volts":2', b'"volts":"x"')
    assert codec.decode(wrong_first, Plug) == plug(id="b", volts=1)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (b'{"id":"b","volts":"x","volts":1,"last_updated":"2024-06-29T12:00:00Z"}', "/volts"),
        (b'{"id":5,"\\u0069d":"b","volts":1,"last_updated":"2024-06-29T12:00:00"}', "/id"),
        (b'{"id":"\\"","volts":{"a":1},"volts":1,"last_updated":"2024-06-29T12:00:00"}', "/volts"),
        (
            b'{"id":"b","volts":1,"last_updated":7,"last_updated":"2024-06-29T12:00:00Z"}',
            "/last_updated",
        ),
    ],
)
def test_of_duplicate_keys_the_first_is_of_the_right_type(document: bytes, pointer: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        codec.check(document, Plug)
    assert [(each.pointer, each.code) for each in caught.value.violations] == [
        (pointer, "duplicate")
    ]
    assert codec.violations(document, Plug) == [*caught.value.violations]
    with pytest.raises(InvalidParameters):
        run(check_steps(document, Plug, Bounds()))
    with pytest.raises(InvalidParameters):
        codec.check(document[:-1] + b',"x":"' + b"x" * 100_000 + b'"}', Plug)


def test_equal_types_twice_beside_a_time_without_zone() -> None:
    document = b'{"id":"a","id":"b","volts":2,"volts":1,"last_updated":"2024-06-29T12:00:00"}'
    assert codec.check(document, Plug) == plug(id="b", volts=1)


def test_a_value_too_large_for_any_number_is_a_fault() -> None:
    with pytest.raises(InvalidParameters):
        codec.parse(b'{"a": 1e999}')
    with pytest.raises(InvalidParameters):
        codec.parse(b'{"a": ' + b"9" * 5000 + b"}")


def test_a_broken_item_does_not_lose_the_others() -> None:
    good = codec.encode(plug())
    items, broken = codec.decode_list(b"[" + good + b', {"id": 7}, ' + good + b", null]", Plug)
    assert [item.value for item in items] == [plug(), plug()]
    assert [item.raw for item in items] == [good, good]
    assert [(each.index, each.raw) for each in broken] == [(1, b'{"id": 7}'), (3, b"null")]
    assert {each.pointer for each in broken[0].violations} == {"/id", "/volts", "/last_updated"}


def test_a_list_without_faults_yields_items_with_their_text() -> None:
    good = PLACE.replace(b'.25Z"', b'.25"')
    items, broken = codec.decode_list(b"[%b]" % good, Site)
    assert not broken
    assert items[0].raw == good
    assert items[0].value == codec.decode(PLACE, Site)
    assert codec.decode_list(b" [] ", Site) == ([], [])


def test_a_list_that_is_none() -> None:
    with pytest.raises(InvalidParameters):
        codec.decode_list(b'{"a": 1}', Site)
    for data in (b"[1", b"", b'["\xff"]', b"[" * 100_000):
        with pytest.raises((MalformedRequest, InvalidParameters)):
            codec.decode_list(data, Site)


def test_traceback_of_a_refusal_points_at_the_faults() -> None:
    with pytest.raises(InvalidParameters) as caught:
        codec.check(b'{"latitude":"abc"}', GeoLocation)
    text = "".join(traceback.format_exception(caught.value))
    assert "/latitude: " in text
    assert "/longitude: " in text

"""What holds for every document, right or wrong."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters, MalformedRequest
from tests.runtime.wire_samples import PLACE, Site

ABSENT = object()
INSTANTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - the zone is in the text
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
CI = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=5)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).filter(lambda n: n.adjusted() < 300)


def written(document: Any) -> bytes:
    """Write JSON in which ``<<1.50>>`` stands for a number of that spelling."""
    return re.sub(r'"<<([^<>]*)>>"', r"\1", json.dumps(document)).encode()


@st.composite
def timestamps(draw: st.DrawFn) -> str:
    instant = draw(INSTANTS)
    fraction = draw(st.sampled_from(["", ".5", ".25", ".125", ".1234"]))
    return f"{instant.isoformat()[:19]}{fraction}{draw(st.sampled_from(['', 'Z']))}"


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just(ABSENT) | st.none() | values


def present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not ABSENT}


NUMBERS_SENT = NUMBERS.map(lambda number: f"<<{number}>>")
PLUGS = st.fixed_dictionaries(
    {
        "id": CI,
        "volts": st.integers(min_value=1, max_value=10**30),
        "last_updated": timestamps(),
        "status": optional(st.sampled_from(["AVAILABLE", "CHARGING"])),
    }
).map(present)
PLACES = st.fixed_dictionaries(
    {
        "id": CI,
        "name": TEXT | st.sampled_from(["NaN", "2024-06-29T20:39:09", 'T10:00:00+"', '{"[\\']),
        "plugs": st.lists(PLUGS, min_size=1, max_size=2),
        "last_updated": timestamps(),
        "tags": optional(st.lists(CI, max_size=2)),
        "module": optional(TEXT),
        "price": optional(
            st.fixed_dictionaries(
                {"excl_vat": NUMBERS_SENT, "incl_vat": optional(NUMBERS_SENT)}
            ).map(present)
        ),
        "open": optional(st.booleans()),
        "closings": optional(st.lists(timestamps(), max_size=2)),
    }
).map(present)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["#NA", "1.5", "2024-06-29T20:39:09", "2024-02-30T20:39:09Z"])
)
FIELDS = st.sampled_from([*Site.__struct_fields__, "excl_vat", "volts", "status"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS | st.text(), inner),
    max_leaves=12,
)


def comparable(node: Any, name: str = "") -> Any:
    """Return JSON with instants and exact numbers instead of their spelling."""
    if isinstance(node, dict):
        return {key: comparable(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [comparable(value, name) for value in node]
    if isinstance(node, str) and name in {"last_updated", "closings"}:
        return datetime.fromisoformat(node.removesuffix("Z")).replace(tzinfo=UTC)
    return node


@given(PLACES)
def test_a_right_document_survives_decoding_and_encoding(document: dict[str, Any]) -> None:
    text = written(document)
    place = codec.check(text, Site)
    again = codec.encode(place)
    assert comparable(json.loads(again, parse_float=Decimal)) == comparable(
        json.loads(text, parse_float=Decimal)
    )
    assert codec.violations(again, Site) == []
    assert codec.decode(again, Site) == place
    assert codec.encode(codec.decode(again, Site)) == again


@given(st.lists(PLACES, max_size=3))
def test_lists_are_read_and_written_like_their_items(documents: list[dict[str, Any]]) -> None:
    text = written(documents)
    places = codec.check(text, list[Site])
    assert codec.encode(places) == b"[" + b",".join(map(codec.encode, places)) + b"]"
    items, broken = codec.decode_list(text, Site)
    assert [item.value for item in items] == places
    assert [codec.decode(item.raw, Site) for item in items] == places
    assert broken == []


@given(PLACES, FIELDS, JSON)
def test_check_refuses_exactly_what_violations_lists(
    document: dict[str, Any], name: str, value: Any
) -> None:
    text = written(document | {name: value})
    errors = [each for each in codec.violations(text, Site) if each.severity == "error"]
    if errors:
        with pytest.raises(InvalidParameters) as caught:
            codec.check(text, Site)
        assert list(caught.value.violations) == errors
    else:
        assert codec.check(text, Site) == codec.decode(text, Site)


@given(JSON)
def test_any_json_is_refused_in_our_own_words(document: Any) -> None:
    text = json.dumps(document).encode()
    for kind in (Site, list[Site]):
        try:
            codec.check(text, kind)
        except InvalidParameters as fault:
            for each in fault.violations:
                assert each.pointer == "" or each.pointer.startswith("/")
                assert "\n" not in each.message


@given(st.data())
def test_damaged_text_never_breaks_anything(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PLACE)))
    end = data.draw(st.integers(start, min(len(PLACE), start + 8)))
    text = PLACE[:start] + data.draw(st.binary(max_size=6)) + PLACE[end:]
    for read in (codec.check, codec.decode):
        try:
            place = read(text, Site)
        except (InvalidParameters, MalformedRequest):
            continue
        assert place.last_updated.tzinfo is not None
        assert codec.decode(codec.encode(place), Site) == place


@given(st.datetimes(timezones=st.timezones()))
def test_written_timestamps_are_short_and_exact_to_a_tenth_of_a_millisecond(
    instant: datetime,
) -> None:
    try:
        text = codec.format_timestamp(instant)
    except ValueError:
        assert instant.year in {1, 9999}
        return
    assert len(text) <= 25
    assert 0 <= (instant - codec.parse_timestamp(text)).total_seconds() < 0.0001

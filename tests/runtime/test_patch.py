"""Merging a PATCH into a stored object."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime import patch
from ocpi_runtime.errors import InvalidParameters, MalformedRequest
from ocpi_runtime.types import Raw

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=6)


def merged(raw: dict[str, Any], body: dict[str, Any], *append: str) -> Any:
    text = patch.merge(json.dumps(raw).encode(), json.dumps(body).encode(), append=append)
    return json.loads(text)


@given(OBJECTS, OBJECTS)
def test_fields_are_replaced_and_null_removes(raw: dict[str, Any], body: dict[str, Any]) -> None:
    expected = {
        name: value for name, value in (raw | body).items() if body.get(name, 0) is not None
    }
    found = merged(raw, body)
    assert found == expected
    assert list(found) == [name for name in (raw | body) if name in expected]


@given(OBJECTS)
def test_an_empty_patch_changes_nothing_and_repeating_neither(raw: dict[str, Any]) -> None:
    assert merged(raw, {}) == raw
    assert merged(raw, raw) == merged(merged(raw, raw), raw)


def test_spelling_and_unknown_fields_are_kept() -> None:
    stored = b'{ "kwh": 1.000, "x": {"deep": [1.0, 2e3]},"name": "Z\\u00fcrich", "a":[ 1 , 2 ] }'
    found = patch.merge(stored, b'{"name": "B\\u00e2le", "new": 0.10}')
    assert isinstance(found, Raw)
    kept = (b"1.000", b'{"deep": [1.0, 2e3]}', b"[ 1 , 2 ]", b'"B\\u00e2le"', b"0.10")
    assert all(found.count(text) == 1 for text in kept)
    assert list(json.loads(found)) == ["kwh", "x", "name", "a", "new"]


def test_arrays_and_objects_are_replaced_as_a_whole() -> None:
    raw = {"a": [1, 2], "o": {"x": 1, "y": 2}}
    assert merged(raw, {"a": [3], "o": {"x": 5}}) == {"a": [3], "o": {"x": 5}}
    assert merged(raw, {"a": []})["a"] == []


@pytest.mark.parametrize(
    ("stored", "sent", "result"),
    [
        ({"p": [1.5]}, {"p": [2.5, 3]}, {"p": [1.5, 2.5, 3]}),
        ({"p": [1]}, {"p": []}, {"p": [1]}),
        ({"p": [1]}, {"p": None}, {"p": [1]}),
        ({"p": [1]}, {}, {"p": [1]}),
        ({"p": None}, {"p": [1]}, {"p": [1]}),
        ({}, {"p": [1]}, {"p": [1]}),
        ({}, {"p": []}, {}),
    ],
)
def test_appended_fields_grow(stored: Any, sent: Any, result: Any) -> None:
    assert merged(stored, sent, "p") == result


def test_appending_keeps_the_spelling_of_both() -> None:
    found = patch.merge(b'{"p":[ 1.0 ,{"v": 2.50}]}', b'{"p": [3.00]}', append=["p"])
    assert found == b'{"p":[1.0,{"v": 2.50},3.00]}'


@pytest.mark.parametrize(("stored", "sent"), [("{}", '{"p": 1}'), ('{"p": {}}', '{"p": [1]}')])
def test_only_lists_can_grow(stored: str, sent: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        patch.merge(stored.encode(), sent.encode(), append=["p"])
    assert [each.pointer for each in caught.value.violations] == ["/p"]


def test_of_duplicate_keys_the_last_counts() -> None:
    assert patch.merge(b'{"a":1,"a":2}', b'{"b":1,"b":2}') == b'{"a":2,"b":2}'
    assert patch.merge(b'{"a":1}', b'{"\\u0061":2}') == b'{"a":2}'


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"a"'])
def test_only_objects_are_merged(body: bytes) -> None:
    with pytest.raises(InvalidParameters):
        patch.merge(b"{}", body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a":}', b'{"\xff":1}', b"{}x", b'{"a":' + b"[" * 99_999]
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest):
        patch.merge(b"{}", body)

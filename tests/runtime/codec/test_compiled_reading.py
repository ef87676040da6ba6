"""Text that is read in a single pass is valid, and the model is that of the other reader."""

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from typing import Any, Final

import pytest

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_runtime._codec.compiled_reading import is_surely_valid, read_compiled
from ocpi_runtime.codec import check, decode, encode, validate, violations
from ocpi_runtime.errors import InvalidParameters, OcpiError
from ocpi_runtime.testing._factories import Factory
from ocpi_runtime.types import Model
from tests.runtime.dialect_faults import faults

_BINDINGS: Final = (v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0)
_EVERY: Final = 5
_NO_MOMENTS: Final = (
    "2026-02-30T10:00:00Z", "2026-01-01t10:00:00Z", "2026-01-01 10:00:00Z", "2026-01-01T10:00:00z",
    "2026-01-01T10:00:00+0000", "2026-01-01T10:00:00+00:00", "0000-01-01T10:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T10:00:60Z", "2026-01-01T10:00:00.1234567Z", "TZ",
    "2026-01-01T10:00:00.12345Z", "2026-01-01T10:00:00.Z", "+2026-01-01T10:00:00Z",
    "2026-01-01T10:00Z", "20260101T100000Z", "2026-01-01T10:00:00.5-05:00", "2026-01-01t10:00:00z",
    "2026-01-01 10:00:00+0200",
)  # fmt: skip


def _kinds(version: Any) -> list[type[Model]]:
    models = vars(import_module(f"{version.__name__}.models")).values()
    return [
        each
        for each in models
        if isinstance(each, type) and issubclass(each, Model) and hasattr(each, "OCPI_SCHEMAS")
        if each.__name__ in each.OCPI_SCHEMAS.load()["components"]["schemas"]
    ]


def _moments(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _moments(each, (*path, step))
    elif isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        yield path


@pytest.mark.parametrize("version", _BINDINGS, ids=lambda each: each.__name__.rpartition(".")[2])
def test_what_is_read_in_one_pass_is_valid(version: Any) -> None:
    taken = 0
    for kind in _kinds(version):
        for fault in [*faults(kind)][::_EVERY]:
            text = encode(fault.sent)
            found = read_compiled(text, kind)
            assert is_surely_valid(text, kind) is (found is not None), fault
            if found is not None:
                taken += 1
                assert not violations(text, kind), fault
                assert found[0] == decode(text, kind), fault
    assert taken


@pytest.mark.parametrize("version", _BINDINGS, ids=lambda each: each.__name__.rpartition(".")[2])
def test_no_other_timestamps_are_taken_than_those_of_the_schema(version: Any) -> None:
    tried = 0
    for kind in _kinds(version):
        whole = json.loads(encode(Factory(seed=3, full=True).make(kind)))
        for path in _moments(whole):
            for text in _NO_MOMENTS:
                value = deepcopy(whole)
                holder = value
                for step in path[:-1]:
                    holder = holder[step]
                holder[path[-1]] = text
                tried += 1
                assert read_compiled(encode(value), kind) is None, (kind, path, text)
                assert not is_surely_valid(encode(value), kind), (kind, path, text)
    assert tried


def test_lists_are_read_in_one_pass_where_all_of_their_objects_are_valid() -> None:
    kind: Any = import_module("ocpi_bindings.v2_2_1.models").Location
    factory = Factory(seed=3, full=True)
    good = [factory.make(kind), factory.make(kind)]
    found = read_compiled(encode(good), list[kind])
    assert found is not None
    assert is_surely_valid(encode(good), list[kind])
    assert found[0] == good
    good[1].time_zone = "x" * 300
    assert read_compiled(encode(good), list[kind]) is None
    assert not is_surely_valid(encode(good), list[kind])
    with pytest.raises(InvalidParameters) as caught:
        check(encode(good), list[kind])
    assert [each.pointer for each in caught.value.violations] == ["/1/time_zone"]


@pytest.mark.parametrize("kind", ["Location", "Session", "CDR", "Tariff", "Token", "Credentials"])
def test_valid_objects_of_the_newest_versions_are_read_in_one_pass(kind: str) -> None:
    for version in (v2_2, v2_2_1, v2_3_0):
        cls = getattr(import_module(f"{version.__name__}.models"), kind)
        text = encode(Factory(seed=3, full=True).make(cls))
        assert read_compiled(text, cls) is not None, version
        assert is_surely_valid(text, cls), version


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unknown", 1),
        ("name", "Größe"),
        ("name", "a\x7fb"),
        ("name", 'quoted "name"'),
    ],
)
def test_what_could_be_read_in_two_ways_is_left_to_the_other_reader(name: str, value: Any) -> None:
    kind = import_module("ocpi_bindings.v2_2_1.models").Location
    plain = json.loads(encode(Factory(seed=3, full=True).make(kind)))
    text = json.dumps({**plain, name: value}, ensure_ascii=False).encode()
    assert read_compiled(text, kind) is None
    assert not is_surely_valid(text, kind)


@pytest.mark.parametrize("number", ["1e400", "1e-400", "1e99999999999999999999", "-0.0", "1E+2"])
def test_texts_with_unusual_numbers_are_valid_without_a_model_if_they_are_with_one(
    number: str,
) -> None:
    kind = import_module("ocpi_bindings.v2_2_1.models").Price
    text = f'{{"excl_vat":{number}}}'.encode()
    assert is_surely_valid(text, kind) is (read_compiled(text, kind) is not None)


def test_to_validate_raises_what_to_check_raises() -> None:
    kind = import_module("ocpi_bindings.v2_2_1.models").Price
    validate(b'{"excl_vat":1.5,"unknown":1}', kind)
    for text in (b"{", b"[]", b'{"excl_vat":"x"}'):
        with pytest.raises(OcpiError) as expected:
            check(text, kind)
        with pytest.raises(type(expected.value)) as raised:
            validate(text, kind)
        assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(
    ("time", "taken"),
    [("00:00", True), ("23:59", True), ("24:00", False), ("7:00", False), ("07:60", False),
     ("07:00 ", False), ("", False)],
)  # fmt: skip
def test_times_of_day_are_taken_as_the_pattern_has_them(time: str, *, taken: bool) -> None:
    kind = import_module("ocpi_bindings.v2_2_1.models").RegularHours
    text = encode(kind(weekday=1, period_begin=time, period_end="23:59"))
    assert (read_compiled(text, kind) is not None) is taken
    assert (not violations(text, kind)) is taken

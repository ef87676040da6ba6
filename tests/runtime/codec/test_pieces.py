"""Long texts are parsed piece by piece, with the result and the errors of one piece."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ocpi_bindings.v2_2_1.models import Session
from ocpi_runtime import codec
from ocpi_runtime._codec._pieces import exact_steps, plain_steps
from ocpi_runtime._codec.decode import decode_steps
from ocpi_runtime._codec.steps import Steps, run
from ocpi_runtime._codec.unreadable import read_exact, read_plain
from ocpi_runtime.errors import InvalidParameters, OcpiError
from ocpi_runtime.testing._factories import Factory

ITEM = {"a": [1, 1.50, None, True, "é"], "b": {"c": "x" * 300}}
LONG: dict[str, Any] = {
    "list": [ITEM] * 500,
    "fields": {f"k{number}": ITEM for number in range(500)},
    "numbers": list(range(40_000)),
    "text": "y" * 200_000,
    "deep": [[[[ITEM] * 300]], {"x": {"y": [ITEM] * 300}}],
}
TEXTS = {
    **{name: json.dumps(value).encode() for name, value in LONG.items()},
    "whole": json.dumps(LONG, indent=1).encode(),
    "spaces": b" \n" * 50_000 + b"[1 ,2]" + b"\t" * 50_000,
    "same key": b'{"a":1,' + b'"a":[2.5,3],' * 20_000 + b'"b":0}',
    "deep one": b"[" * 30 + json.dumps(LONG["list"]).encode() + b"]" * 30,
    "short": b"[1]",
}
WRONG = {
    "not JSON": TEXTS["whole"][:-1],
    "no UTF-8": TEXTS["list"].replace(b"xxx", b"\xff\xff\xff", 1),
    "escape": TEXTS["list"].replace(b"xxx", b"\\qx", 1),
    "late escape": TEXTS["list"][:-400] + TEXTS["list"][-400:].replace(b"xxx", b"\\qx", 1),
    "levels": b"[" * 100_000 + b"]" * 100_000,
    "number": TEXTS["list"].replace(b"1.5", b"1e99999999999999999999"),
}
READERS = [(plain_steps, read_plain), (exact_steps, read_exact)]


def steps_of(steps: Steps[Any]) -> int:
    return sum(1 for _ in steps)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(("steps", "read"), READERS)
def test_the_result_is_that_of_one_piece(
    text: bytes, steps: Callable[[bytes], Steps[Any]], read: Callable[[bytes], Any]
) -> None:
    assert run(steps(text)) == read(text)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(("steps", "read"), READERS)
def test_so_is_the_error(
    text: bytes, steps: Callable[[bytes], Steps[Any]], read: Callable[[bytes], Any]
) -> None:
    expected, found = error_of(read, text), error_of(lambda data: run(steps(data)), text)
    assert type(found) is type(expected)
    if expected is not None and found is not None:
        assert found.violations == expected.violations
        assert abs(place_in(found) - place_in(expected)) <= 1


def error_of(read: Callable[[bytes], Any], text: bytes) -> OcpiError | None:
    try:
        read(text)
    except OcpiError as error:
        return error
    return None


def place_in(error: OcpiError) -> int:
    found = re.search(r"byte (\d+)", error.message)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("name", ["list", "fields", "numbers", "deep", "deep one"])
def test_long_texts_have_a_step_for_each_64_kilobytes(name: str) -> None:
    assert steps_of(plain_steps(TEXTS[name])) >= len(TEXTS[name]) // (64 * 1024)


def test_timestamps_without_zone_are_repaired_in_steps() -> None:
    period = {
        "start_date_time": "2026-01-01T00:00:00",
        "dimensions": [{"type": "ENERGY", "volume": 1}],
    }
    plain = json.loads(codec.encode(Factory().make(Session)))
    plain["charging_periods"] = [period] * 3000
    text = json.dumps(plain).encode()
    steps = decode_steps(text, Session)
    assert steps_of(steps) > 3000 // 100
    session = run(decode_steps(text, Session))
    assert session == codec.decode(text, Session)
    assert codec.encode(session).count(b'"2026-01-01T00:00:00Z"') == 3000


def test_reading_ends_where_an_object_has_too_many_fields() -> None:
    many = {f"k{number}": 1 for number in range(90_000)}
    text = json.dumps({"a": [0, {"b/c": many}], "d": "x" * 70_000}).encode()
    with pytest.raises(InvalidParameters) as caught:
        run(plain_steps(text, fields=89_999))
    assert [one.pointer for one in caught.value.violations] == ["/a/1/b~1c"]
    assert run(plain_steps(text, fields=90_000)) == json.loads(text)


def test_objects_of_many_fields_are_not_read_to_their_end() -> None:
    text = b"{" + b",".join(b'"k%d": 1' % number for number in range(20_000))
    with pytest.raises(InvalidParameters):  # and not that it is cut off
        run(plain_steps(text, fields=10_000))

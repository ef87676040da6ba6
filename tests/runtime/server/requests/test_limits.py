"""Limits on counts: refused with the place and the limit, before anything costs time."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from bench.samples import location
from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime import codec
from ocpi_runtime._codec.decode import check_steps
from ocpi_runtime._codec.steps import run, run_paced
from ocpi_runtime._validation.bounds import Bounds
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.server._requests import parameters
from tests.runtime.server.conftest import Served

PATH = "/ocpi/2.2.1/receiver/locations/NL/TNM/LOC1"


def document(**fields: Any) -> bytes:
    return json.dumps(json.loads(codec.encode(location())) | fields).encode()


def put(served: Served, content: bytes) -> Any:
    answer = served.put(PATH, content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 201}
    return answer.json()


@pytest.mark.parametrize(
    ("fields", "pointer", "limit"),
    [
        ({"x": [[]] * 130_000}, "", "at most 125000 are allowed in one body"),
        ({"x": {"a/b": [{}] * 10_001}}, "/x/a~1b", "at most 10000 are allowed in one array"),
        (
            {"x": dict.fromkeys(map(str, range(10_001)))},
            "/x",
            "at most 10000 are allowed in one object",
        ),
        ({"evses": [{}] * 10_001}, "/evses", "at most 10000 are allowed in one array"),
        ({"x": [[[[]] * 5000] * 4] * 2 + [[[[]] * 99] * 99]}, None, "ok"),
    ],
)
def test_counts(served: Served, fields: dict[str, Any], pointer: str | None, limit: str) -> None:
    answer = put(served, document(**fields))
    if pointer is None:
        assert answer["status_code"] == 1000
        return
    assert answer["status_code"] == 2001
    assert [each["pointer"] for each in answer["violations"]] == [pointer]
    assert answer["violations"][0]["message"].endswith(limit)


def test_many_levels_of_unknown_fields_are_refused_in_a_large_body(served: Served) -> None:
    deep: Any = []
    for _ in range(40):
        deep = [deep, "x" * 1000]
    answer = put(served, document(x=deep))
    assert answer["status_code"] == 2001
    assert "at most 32 levels" in answer["violations"][0]["message"]


def test_bounds_of_ones_own() -> None:
    text = document()
    with pytest.raises(InvalidParameters) as few:
        run(check_steps(text, Location, Bounds(values=20)))
    assert few.value.violations[0].code == "values"
    with pytest.raises(InvalidParameters) as long:
        run(check_steps(document(x=[0] * 31), Location, Bounds(items=30)))
    assert (long.value.violations[0].code, long.value.violations[0].pointer) == ("items", "/x")
    assert run(check_steps(text, Location, Bounds())) == codec.check(text, Location)


def test_a_large_body_leaves_turns_to_others() -> None:
    evses = json.loads(codec.encode(location()))["evses"]
    text = document(evses=evses * (1000 // len(evses)), x=[[{}] * 4000] * 10)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> Location:
        others_running = asyncio.create_task(others())
        await asyncio.sleep(0)
        value = await run_paced(check_steps(text, Location, Bounds()))
        others_running.cancel()
        return value

    assert asyncio.run(both()).evses
    assert turns > 2


def test_an_open_string_is_read_in_linear_time() -> None:
    # What is not linear does not end within the time that a test has.
    codec.check_depth(b'"' + b'\\"' * 500_000)
    codec.check_depth(b'"' + b'\\"' * 500_000 + b"\\")
    codec.check_depth(b'"[",' * 200_000)


def test_a_query_has_a_number_of_parameters(served: Served) -> None:
    answer = served.get("/ocpi/2.2.1/sender/locations?" + "&".join(["a=1"] * 101))
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
    assert "more than 100 parameters" in answer.json()["status_message"]


def test_a_body_in_many_pieces_is_one_body(served: Served) -> None:
    text = document()
    answer = served.request(
        "PUT",
        PATH,
        content=(text[n : n + 7] for n in range(0, len(text), 7)),
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["status_code"] == 1000
    assert served.receiver.stored["LOC1"].raw == text


@pytest.mark.parametrize(
    "query",
    [
        "limit=50&offset=100&cursor=150.200.7",
        "date_from=2026-01-01T00:00:00Z&limit=",
        "limit=1&limit=2",
        "limit=1&&offset=2&",
        "limit",
        "a=b=c&limit=5",
        "name=a+b%20c",
        "&".join(f"f{number}=1" for number in range(100)),
    ],
)
def test_plain_queries_are_read_as_all_others(query: str) -> None:
    fields = dict(parse_qsl(query, keep_blank_values=True))
    assert parameters._fields(query.encode()) == fields

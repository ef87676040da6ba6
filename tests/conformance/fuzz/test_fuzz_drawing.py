"""Requests that the fuzzer draws: valid ones are valid, wrong ones are wrong in one place."""

import random
from functools import cache
from typing import Any

import pytest

from ocpi_bindings import v2_1_1, v2_2_1, v2_3_0
from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.bundles.reading import read
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz._memory import written
from ocpi_conformance.fuzz._smaller import smaller
from ocpi_conformance.fuzz.drawing import Draws, Pools, Requests

URL = "http://127.0.0.1:1/ocpi"
Write = tuple[Any, str, str, str]

WRITES: list[Write] = [
    (binding, module, interface, operation)
    for binding in (v2_1_1.binding, v2_2_1.binding, v2_3_0.binding)
    for module, interface, operation in (
        ("tokens", "receiver", "put_token"),
        ("locations", "receiver", "put_location"),
        ("locations", "receiver", "patch_location"),
        ("cdrs", "receiver", "post_cdr"),
        ("commands", "receiver", "post_start_session"),
    )
]


@cache
def pools() -> Pools:
    return Pools(seed=1)


def drawn(which: Write, count: int) -> tuple[Operation, list[RequestParts]]:
    binding, module, interface, name = which
    bundle = binding.bundle(module, interface)
    operation = describe(bundle).operations[name]
    cases = Requests(bundle, pools()).cases(operation, count, random.Random(3))  # noqa: S311 - no secret
    return operation, list(cases)


@pytest.mark.parametrize("which", WRITES, ids=lambda one: f"{one[0].version} {one[3]}")
def test_requests_are_valid_or_wrong_in_what_was_changed(which: Write) -> None:
    operation, cases = drawn(which, 120)
    readings = [read(operation, URL, written(operation, URL, one, {})) for one in cases]
    faults = [[why for why in one.faults if not why.startswith("query")] for one in readings]
    assert [bool(one) for one in faults] == [not one.sound for one in cases]
    valid = [one for one in readings if one.valid]
    assert 40 <= len(valid) <= 100
    wrong = [one for one in cases if not one.sound]
    assert all(len(one.broken_body) + len(one.broken_path) <= 1 for one in wrong)
    assert len({name for one in wrong for name in one.broken_body}) >= 3


def test_drawing_again_returns_the_same() -> None:
    first, again = drawn(WRITES[1], 50)[1], drawn(WRITES[1], 50)[1]
    assert [(one.path, one.query, one.body) for one in first] == [
        (one.path, one.query, one.body) for one in again
    ]


def test_valid_bodies_hold_urls_and_texts_that_nobody_refuses() -> None:
    bundle = v2_2_1.binding.bundle("commands", "receiver")
    operation = describe(bundle).operations["post_start_session"]
    requests = Requests(bundle, pools())
    for number in range(30):
        draws = Draws(random.Random(number))  # noqa: S311 - no secret
        body = requests.valid(operation, draws).body
        assert body["response_url"].startswith(("http://", "https://"))
        assert "" not in body.values()


def test_a_body_is_made_as_small_as_it_can_be() -> None:
    value = {"a": 1, "b": {"c": [{"d": 1, "e": 2}, {"f": 3}], "g": 4}, "h": 5}

    def shows(one: dict[str, Any]) -> bool:
        items = one.get("b", {}).get("c", [])
        return bool(items) and "e" in items[0]

    assert smaller(value, shows) == {"b": {"c": [{"e": 2}]}}

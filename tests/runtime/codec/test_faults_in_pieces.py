"""Faults are searched for piece by piece and are those that the validator finds at once."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from bench.samples import cdr, location
from ocpi_bindings.v2_1_1 import models as old
from ocpi_bindings.v2_2_1.models import CDR, Credentials, Location
from ocpi_runtime import codec
from ocpi_runtime._codec.steps import run
from ocpi_runtime._validation.schema import compiled
from ocpi_runtime._validation.validate import fault_steps, faults
from ocpi_runtime.types import Model, SchemaSet
from tests.support.counting import counted_calls

WRONG: list[Any] = [None, 5, "", "é", [], {}, [{}], {"x": 1}, True, "x" * 300, 1.5, [[]]]
HOURS = {"opening_times": {"exceptional_openings": [{}]}, "charging_when_closed": 3}


def bases() -> list[tuple[type[Model], Any]]:
    place = json.loads(codec.encode(location()))
    bill = json.loads(codec.encode(cdr()))
    return [(Location, place), (CDR, bill), (old.Location, {**place, **HOURS})]


def containers(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield node
        for each in node.values() if isinstance(node, dict) else node:
            yield from containers(each)


def broken(document: Any, chance: random.Random) -> Any:
    """Change a few places of a document."""
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        place = chance.choice([each for each in containers(document) if each])
        step = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if chance.random() < 0.3:
            del place[step]
        else:
            place[step] = copy.deepcopy(chance.choice(WRONG))
    return document


@pytest.mark.parametrize("seed", range(300))
def test_the_search_finds_what_the_validator_finds_in_the_same_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - to repeat it, not to keep a secret
    kind, document = chance.choice(bases())
    document = broken(document, chance)
    whole = compiled(kind.OCPI_SCHEMAS, kind.__name__, many=False).iter_errors(document)
    names = [
        (each.kind.name, getattr(each.kind, "property", None), each.instance_path) for each in whole
    ][:100]
    found = [(each.code, each.pointer) for each in faults(document, kind)]
    pointers = ["".join(f"/{s}" for s in [*p, *([n] if n else [])]) for _, n, p in names]
    assert found == [(name, at) for (name, _, _), at in zip(names, pointers, strict=True)]


@pytest.mark.parametrize("field", ["evses", "images", "facilities", "directions"])
def test_a_list_of_broken_items_costs_no_more_than_a_hundred_faults(field: str) -> None:
    document = json.loads(codec.encode(location()))
    document[field] = [{}] * 100_000
    with counted_calls() as calls:
        found = faults(document, Location)
    assert len(found) == 100
    assert calls.count < 50_000  # half a call for each item


def test_the_search_pauses_between_the_items_of_a_list() -> None:
    roles = {"token": "a", "url": "https://a.example/", "roles": [{}] * 5000}
    pauses = sum(1 for _ in fault_steps(roles, Credentials))
    assert 20 < pauses < 300


def test_placeholders_that_are_let_through_do_not_make_the_search_endless() -> None:
    connector = {"tariff_ids": ["#NA" * 100]}
    evse = {"uid": "1", "evse_id": "#NA", "status": "AVAILABLE", "connectors": [connector]}
    document = json.loads(codec.encode(location())) | {"evses": [evse] * 5000}
    assert 0 < len(run(fault_steps(document, Location))) <= 100


def test_a_thousand_placeholders_are_let_through() -> None:
    evse: dict[str, Any] = {
        "uid": "1",
        "status": "AVAILABLE",
        "last_updated": "2024-06-29T12:00:00Z",
    }
    evse |= {"coordinates": {"latitude": "#NA", "longitude": "4.89522"}}
    evse |= {"connectors": json.loads(codec.encode(location()))["evses"][0]["connectors"]}
    document = json.loads(codec.encode(location())) | {"evses": [evse] * 1002}
    found = run(fault_steps(document, Location))
    assert [each.pointer for each in found] == ["/evses/1000/coordinates/latitude"]


class _Text(SchemaSet):
    def load(self) -> Any:
        return {"components": {"schemas": {"Text": TEXT}}}


TEXT = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^[a-z]*$"}}}


class Text(Model, kw_only=True):
    OCPI_SCHEMAS: ClassVar[SchemaSet] = _Text("text")


def test_a_fault_at_the_end_of_a_long_string_is_found() -> None:
    assert faults({"a": "x" * 30_000}, Text) == []
    assert [each.code for each in faults({"a": "x" * 30_000 + "!"}, Text)] == ["pattern"]


def test_a_long_string_is_not_copied_for_its_fault() -> None:
    document = json.loads(codec.encode(location())) | {"id": "a" * 1_000_000}
    assert [each.message for each in faults(document, Location)] == [
        "is 1000000 characters long, at most 36 are allowed"
    ]

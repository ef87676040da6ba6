"""Hand-written vectors of the documents, ``openapi/<version>/<module>/vectors.yaml``."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ocpi_conformance.vectors._answers import error_answer, good_answer
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import ClientOutcome, Expected, Step, Vector, WrongPart
from ocpi_conformance.vectors._requests import good_request, request_of, steps_before, success_of
from ocpi_conformance.vectors._state import held_for
from ocpi_conformance.vectors._world import AT_FIRST, CHANGED
from ocpi_runtime.binding import Binding

__all__ = ["written_vectors"]

Operations = Mapping[tuple[str, str], list[VectorOperation]]
Written = Mapping[str, Any]

_FILE: Final = "vectors.json"


def written_vectors(binding: Binding[Any, Any], every: Operations) -> Iterator[Vector]:
    """Make the hand-written vectors of a version.

    Args:
        binding: The version.
        every: All operations of the version, by module and interface.
    """
    source = files(binding.package) / "documents" / _FILE
    if not source.is_file():
        return
    for module, entries in json.loads(source.read_bytes()).items():
        for key, entry in entries.items():
            interface, name, tail = key.split(".")
            operation = next(one for one in every[module, interface] if one.id == name)
            yield _vector(operation, tail, entry, every)


def _vector(operation: VectorOperation, tail: str, entry: Written, every: Operations) -> Vector:
    name = f"{operation.name}/{tail}"
    operation = operation.marked(name)
    before, bind = steps_before(operation, every)
    before += [_step(operation, step, AT_FIRST, every) for step in entry.get("before", ())]
    holds, chosen = held_for(operation)
    stated = entry.get("request", {}).get("path", {})
    good = entry["kind"] == "good"
    allowed = entry.get("expected")
    expected = _expected(allowed) if allowed else success_of(operation, is_new=not before)
    make = good_answer if good else error_answer
    return Vector(
        id=name,
        title=entry["title"],
        operation=operation.id,
        kind="good" if good else "malformed_request",
        tests=["server"],
        request=_request(operation, entry.get("request", {}), CHANGED),
        answer=make(operation, expected[0]),
        holds=holds,
        bind={key: text for key, text in (bind | chosen).items() if key not in stated},
        before=before,
        expected=expected,
        wrong=UNSET if good else _wrong(tail, entry),
        outcome=ClientOutcome("accepted", "") if good else UNSET,
        after=[_step(operation, step, CHANGED, every) for step in entry.get("after", ())],
    )


def _wrong(tail: str, entry: Written) -> WrongPart:
    return WrongPart(
        tail.replace("_", "-"),
        entry["title"],
        entry["section"],
        pointer=entry.get("pointer", UNSET),
        parameter=entry.get("parameter", UNSET),
    )


def _expected(listed: Any) -> list[Expected]:
    return msgspec.convert(listed, list[Expected])


def _step(operation: VectorOperation, entry: Written, stamp: str, every: Operations) -> Step:
    """Make a step with another operation of the interface, for the same object."""
    called = next(one for one in every[operation.key] if one.id == entry["operation"])
    called = called.marked_like(operation)
    listed = entry.get("expected")
    return Step(
        *called.key,
        called.id,
        _request(called, entry, stamp),
        _expected(listed) if listed else success_of(called, is_new=True),
        entry.get("data", {}),
        entry.get("absent", []),
    )


def _request(operation: VectorOperation, entry: Written, stamp: str) -> Any:
    """Change the good request of an operation."""
    good = good_request(operation, stamp=entry.get("stamp", stamp))
    body = entry.get("body", good.body)
    if body is not UNSET:
        body = _changed(body, entry)
    return request_of(
        operation,
        parameters=good.parameters | entry.get("path", {}),
        query=good.query | entry.get("query", {}),
        headers=good.headers | entry.get("headers", {}),
        body=body,
    )


def _changed(body: Any, entry: Written) -> Any:
    """Merge fields into a body, at its top and below; leave fields out, or make them null."""
    merged = _merged(body, entry.get("merge", {}))
    nulls = dict.fromkeys(pointer[1:] for pointer in entry.get("nulls", ()))
    gone = {pointer[1:] for pointer in entry.get("without", ())}
    return {name: part for name, part in {**merged, **nulls}.items() if name not in gone}


def _merged(value: Any, change: Any) -> Any:
    if not isinstance(change, dict):
        return change
    found = dict(value) if isinstance(value, dict) else {}
    return found | {name: _merged(found.get(name), part) for name, part in change.items()}

"""The files with vectors: put together from all their parts, and written."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from ocpi_conformance.vectors._answers import error_answer, good_answer
from ocpi_conformance.vectors._answers_wrong import malformed_answers
from ocpi_conformance.vectors._bundles import VectorOperation, operations_of
from ocpi_conformance.vectors._format import (
    FORMAT,
    ClientOutcome,
    Index,
    IndexedFile,
    Vector,
    VectorFile,
    schema_of_files,
)
from ocpi_conformance.vectors._malformed import malformed_requests
from ocpi_conformance.vectors._requests import good_request, steps_before, success_of
from ocpi_conformance.vectors._state import held_for, state_of
from ocpi_conformance.vectors._world import PEER, SUBJECT
from ocpi_conformance.vectors._written import written_vectors
from ocpi_runtime.binding import Binding

__all__ = ["vector_files", "write_vectors"]

Operations = Mapping[tuple[str, str], list[VectorOperation]]

SCHEMA_FILE: Final = "vectors.schema.json"
INDEX_FILE: Final = "index.json"


def vector_files(binding: Binding[Any, Any], modules: Sequence[str] = ()) -> Iterator[VectorFile]:
    """Make the vectors of a version, interface by interface.

    Args:
        binding: The version.
        modules: The modules; all if none is named.
    """
    every = {key: operations_of(binding, key) for key in binding.interfaces}
    written = [*written_vectors(binding, every)]
    for key, operations in every.items():
        if modules and key[0] not in modules:
            continue
        yield VectorFile(
            FORMAT,
            binding.version,
            *key,
            operations[0].openapi_file,
            PEER,
            SUBJECT,
            state_of(binding, operations),
            [one for operation in operations for one in _vectors(operation, every, written)],
        )


def _vectors(
    operation: VectorOperation, every: Operations, written: Sequence[Vector]
) -> Iterator[Vector]:
    good = _good(operation, every, full=True)
    yield good
    least = _good(operation, every, full=False)
    if least.request != good.request:
        yield least
    yield from _malformed(operation)
    yield from (one for one in written if one.id.startswith(f"{operation.name}/"))
    for wrong in malformed_answers(operation, good.answer):
        yield Vector(
            id=f"{operation.name}/answer/{wrong.name}",
            title=f"{operation.id}: {wrong.wrong.what}",
            operation=operation.id,
            kind="malformed_answer",
            tests=["client"],
            request=least.request,
            answer=wrong.answer,
            wrong=wrong.wrong,
            outcome=wrong.outcome,
        )


def _good(operation: VectorOperation, every: Operations, *, full: bool) -> Vector:
    tail, with_what = ("good", "all") if full else ("good/required", "only the required")
    name = f"{operation.name}/{tail}"
    operation = operation.marked(name)
    before, bind = steps_before(operation, every)
    holds, chosen = held_for(operation)
    expected = success_of(operation, is_new=True)
    return Vector(
        id=name,
        title=f"{operation.raw['summary']}, with {with_what} fields and parameters",
        operation=operation.id,
        kind="good",
        tests=["server", "client"],
        request=good_request(operation, full=full),
        answer=good_answer(operation, expected[0]),
        holds=holds,
        bind=bind | chosen,
        before=before,
        expected=expected,
        outcome=ClientOutcome("accepted", ""),
    )


def _malformed(operation: VectorOperation) -> Iterator[Vector]:
    for one in malformed_requests(operation):
        yield Vector(
            id=f"{operation.name}/{one.name}",
            title=f"{operation.id}: {one.wrong.what}",
            operation=operation.id,
            kind="malformed_request",
            tests=["server"],
            request=one.request,
            answer=error_answer(operation, one.expected[0]),
            expected=[*one.expected],
            wrong=one.wrong,
        )


def write_vectors(
    folder: Path, bindings: Sequence[Binding[Any, Any]], modules: Sequence[str] = ()
) -> Index:
    """Write the vectors of some versions, their OpenAPI documents, the schema and the index.

    Args:
        folder: Where to write; it is made.
        bindings: The versions.
        modules: The modules; all if none is named.
    """
    index = Index(FORMAT, SCHEMA_FILE, [])
    for binding in bindings:
        for made in vector_files(binding, modules):
            key = (made.module, made.interface)
            name = f"{binding.version}/{binding.interfaces[key].document}"
            _write(folder / name, made)
            _write_text(folder / made.openapi, binding.document(*key))
            entry = (name, binding.version, *key, made.openapi, len(made.vectors))
            index.files.append(IndexedFile(*entry))
    _write(folder / SCHEMA_FILE, schema_of_files())
    _write(folder / INDEX_FILE, index)
    return index


def _write(path: Path, content: Any) -> None:
    _write_text(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def _write_text(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)

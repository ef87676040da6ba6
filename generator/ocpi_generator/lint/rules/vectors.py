"""Hand-written vectors: they name what there is, and what is called good is valid."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Problem
from ocpi_generator.bundle.versions import VersionBundle
from ocpi_generator.documents import DocumentPosition, Operation, Version, WrittenVector

__all__ = ["vector_problems"]

_WHY_NAMES: Final = "A vector of what the version does not have is never run."
_WHY_GOOD: Final = "A request that must succeed has to be valid itself."
_WHY_EXPECTED: Final = "Only the vector states how a request is refused that its schema allows."
_SHORT: Final = 200


def vector_problems(version: Version, bundle: VersionBundle) -> Iterator[Problem]:
    """Check the vectors of the folder of the version itself."""
    for vector in version.own.vectors.values():
        operations = _operations(version, vector)
        if operations is None or vector.operation not in operations:
            yield _unknown(version, vector, operations)
            continue
        if vector.kind == "malformed" and "expected" not in vector.body:
            what = "`expected` of a malformed request is missing"
            how = "List the allowed answers, the right one first."
            yield vector.place.problem("vector-expected", what, why=_WHY_EXPECTED, how=how)
        for place, operation, part, is_good in _requests(vector):
            if operation not in operations:
                what = unknown("operation", operation, sorted(operations))
                yield place.at("operation").problem(
                    "vector-operation", what, why=_WHY_NAMES, how="Name an operation that is there."
                )
                continue
            yield from _paths(place, operations[operation], part)
            if is_good:
                yield from _bodies(place, operations[operation], part, bundle)


def _operations(version: Version, vector: WrittenVector) -> dict[str, Operation] | None:
    found = version.operations.get((vector.module, vector.interface))
    return None if found is None else {one.id: one for one in found}


def _unknown(
    version: Version, vector: WrittenVector, operations: Mapping[str, Operation] | None
) -> Problem:
    if operations is not None:
        what = unknown("operation", vector.operation, sorted(operations))
    else:
        names = [".".join(key) for key in version.operations]
        what = unknown("interface", f"{vector.module}.{vector.interface}", sorted(names))
    how = "Write the key as interface.operation_id.name, below a module of the version."
    return vector.place.problem("vector-operation", what, why=_WHY_NAMES, how=how)


def _requests(
    vector: WrittenVector,
) -> Iterator[tuple[DocumentPosition, str, Mapping[str, Any], bool]]:
    """Yield each request of a vector: its place, operation, parts, and whether it must succeed."""
    body, place = vector.body, vector.place
    yield place.at("request"), vector.operation, body.get("request", {}), vector.kind == "good"
    for name in ("before", "after"):
        for index, step in enumerate(body.get(name, ())):
            where = place.at(name, index)
            yield where, step["operation"], step, "expected" not in step


def _paths(
    place: DocumentPosition, operation: Operation, part: Mapping[str, Any]
) -> Iterator[Problem]:
    for name in part.get("path", {}):
        if f"{{{name}}}" not in operation.path:
            what = f"{name} is not a parameter of the path {operation.path} of {operation.id}"
            how = "Name a parameter of the path, or move it to `query`."
            yield place.at("path", name).problem("vector-path", what, why=_WHY_NAMES, how=how)


def _bodies(
    place: DocumentPosition, operation: Operation, part: Mapping[str, Any], bundle: VersionBundle
) -> Iterator[Problem]:
    document = bundle.documents[f"{operation.module}.{operation.interface}"]
    bundled = document["paths"][operation.path][operation.method]
    content = bundled.get("requestBody", {}).get("content", {}).get("application/json", {})
    for name in ("body", "merge"):
        if name not in part:
            continue
        if "schema" not in content:
            what, how = f"{operation.id} has no body", "Remove it."
            yield place.at(name).problem("vector-body", what, why=_WHY_GOOD, how=how)
            continue
        root = {**content["schema"], "components": document["components"]}
        for error in Draft4Validator(root).iter_errors(part[name]):
            if name == "merge" and error.validator in {"required", "anyOf"}:
                continue  # what is not merged is that of the good request
            where = place.at(name, *error.absolute_path)
            what = f"the body of a good {operation.id} is invalid: {error.message[:_SHORT]}"
            how = "Correct the body, or call the vector malformed."
            yield where.problem("vector-body", what, why=_WHY_GOOD, how=how)

"""Operations: names, parameters, bodies, pages."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import Operation, Version, class_at
from ocpi_generator.lint._walk import own_operations
from ocpi_generator.lint.rules.classes import external_docs_problems

__all__ = ["operation_problems"]

_ID: Final = re.compile(r"(get|put|post|patch|delete)(_[a-z][a-z0-9]*)+")
_ARGUMENT: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MARKS: Final = frozenset({"x-ocpi-paged", "x-ocpi-result-of", "x-ocpi-extension"})
_WHY_ID: Final = "It becomes the name of a method, the same in every version."


def operation_problems(version: Version) -> Iterator[Problem]:
    """Check every operation of the folder, and that ids are unique in their module."""
    for operation in own_operations(version):
        yield from external_docs_problems(version, operation.place, operation.body)
        for rule in _RULES:
            yield from rule(operation)
        yield from _patch(operation, version)
    yield from _parameter_types(version)
    yield from _unique(version)


def _id(operation: Operation) -> Iterator[Problem]:
    stated = operation.body.get("operationId")
    how = f"Write {operation.method}_ and the object, such as {operation.method}_location."
    if stated is None:
        what = "operationId of the operation is missing"
        yield operation.place.problem("operation-id", what, why=_WHY_ID, how=how)
        return
    match = _ID.fullmatch(stated)
    if match is None or match.group(1) != operation.method:
        what = f"`{stated}` is not {operation.method}_object"
        where = operation.place.at("operationId")
        yield where.problem("operation-id", what, why=_WHY_ID, how=how)


def _unique(version: Version) -> Iterator[Problem]:
    own = list(own_operations(version))
    every = [operation for operations in version.operations.values() for operation in operations]
    taken: dict[tuple[str, str], Operation] = {}
    # What the version wrote itself comes last, because it is what can be renamed.
    for operation in sorted(every, key=lambda each: each in own):
        other = taken.setdefault((operation.module, operation.id), operation)
        if other is not operation:
            what = f"{operation.id} is an operation of {operation.module} {other.interface} too"
            why = "Within a module an operationId names one operation."
            how = "Rename it; what a receiver returns of its stored objects is get_stored_..."
            place = operation.place.at("operationId")
            yield place.problem("operation-id-unique", what, why=why, how=how)


def _summary(operation: Operation) -> Iterator[Problem]:
    if not str(operation.body.get("summary", "")).strip():
        what = f"the summary of {operation.id} is missing"
        how = "State in a few words of your own what it does."
        why = "It becomes the docstring of the method."
        yield operation.place.problem("summary", what, why=why, how=how)


def _marks(operation: Operation) -> Iterator[Problem]:
    for key in operation.body:
        if key.startswith("x-") and key not in _MARKS:
            what = f"the bundler knows no mark `{key}`"
            how = f"Use one of {', '.join(sorted(_MARKS))}."
            why = "A misspelt mark has no effect."
            yield operation.place.at(key).problem("mark", what, why=why, how=how)


def _parameters(operation: Operation) -> Iterator[Problem]:
    in_path = set(re.findall(r"\{([^{}]*)\}", operation.path))
    stated = set()
    for index, parameter in enumerate(operation.body.get("parameters", ())):
        name, place = parameter["name"], operation.place_of("parameters", index)
        if parameter["in"] == "path":
            stated.add(name)
        if parameter["in"] in {"path", "query"} and not _ARGUMENT.fullmatch(name):
            what, how = f"`{name}` is not a snake_case name", "Rename it."
            why = "It becomes an argument in Python."
            yield place.at("name").problem("parameter-name", what, why=why, how=how)
        if parameter["in"] == "path" and name not in in_path:
            what, how = f"{{{name}}} is missing in the path", "Add it to the path, or remove this."
            why = "A parameter of the path needs its place there."
            yield place.problem("path-parameter", what, why=why, how=how)
    for name in sorted(in_path - stated):
        what, how = f"{{{name}}} of the path is not described", "Describe it under parameters."
        why = "Every part of a path that varies has a type and a length."
        yield operation.place.problem("path-parameter", what, why=why, how=how)


def _parameter_types(version: Version) -> Iterator[Problem]:
    """Find parameters that are more than one value."""
    for operation in own_operations(version):
        for index, parameter in enumerate(operation.body.get("parameters", ())):
            schema = parameter.get("schema", {})
            key, _ = class_at(schema, operation.module)
            found = version.schemas.get(key) if key and "$ref" in schema else None
            kind = found.body.get("type") if found else schema.get("type")
            if kind in {"array", "object", "boolean", "number"} and parameter["in"] != "header":
                what, how = (
                    f"a parameter is {kind}",
                    "Make it a string, an integer or a class of it.",
                )
                why = "Parameters in URLs are read and written as one text or one whole number."
                place = operation.place_of("parameters", index, "schema")
                yield place.problem("parameter-type", what, why=why, how=how)


def _success(operation: Operation) -> Iterator[Problem]:
    if not {"200", "201"} & set(operation.body["responses"]):
        what, how = "the answer for success is missing", 'Write "200" or "201".'
        why = "Every operation needs an answer for success."
        place = operation.place.at("responses")
        yield place.problem("response", what, why=why, how=how)


def _paged(operation: Operation) -> Iterator[Problem]:
    mark = operation.body.get("x-ocpi-paged")
    if mark is None:
        return
    place = operation.place.at("x-ocpi-paged")
    why = "Only lists come in pages."
    if mark is not True:
        yield place.problem("paged", "the mark is not `true`", why=why, how="Write true.")
    content = operation.body["responses"].get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if operation.method != "get" or schema.get("type") != "array":
        what = "the operation is marked as paged but does not return a list"
        how = "Remove the mark, or make the data an array."
        yield place.problem("paged", what, why=why, how=how)


def _paging_unmarked(operation: Operation) -> Iterator[Problem]:
    names = {one["name"] for one in operation.body.get("parameters", ())}
    if {"offset", "limit"} <= names and "x-ocpi-paged" not in operation.body:
        what = "offset and limit are described here"
        why = "Paging is the same everywhere and merged in by the bundler."
        how = "Remove them and write x-ocpi-paged: true."
        yield operation.place.at("parameters").problem("paged", what, why=why, how=how)


def _patch(operation: Operation, version: Version) -> Iterator[Problem]:
    if operation.method != "patch":
        return
    body = operation.body.get("requestBody")
    schema = body["content"]["application/json"]["schema"] if body else None
    key, listed = class_at(schema, operation.module)
    known = version.schemas.get(key) if key else None
    if key is None or listed or (known and known.body.get("type") != "object"):
        what = "the body of a PATCH is not a class"
        why = "The class of partial objects is derived from the class that is patched."
        how = "Write $ref to the class itself."
        place = operation.place.at("requestBody") if body else operation.place
        yield place.problem("patch-body", what, why=why, how=how)


_RULES: Final[tuple[Callable[[Operation], Iterator[Problem]], ...]] = (
    _id,
    _summary,
    _marks,
    _parameters,
    _success,
    _paged,
    _paging_unmarked,
)

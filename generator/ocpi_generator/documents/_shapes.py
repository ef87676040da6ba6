"""Whether source documents are OpenAPI, as far as a document without its common parts can be.

Everything after this may rely on the shapes that OpenAPI 3.0 prescribes, and on the narrower ones
of our documents: parameters, bodies and answers are written out, and every one has a schema.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import (  # type: ignore[import-untyped]  # ships no types
    ValidationError,
)
from openapi_spec_validator.schemas import openapi_v30_schema_validator, schema_v30

from ocpi_generator._problems import Problem
from ocpi_generator.documents.references import subschemas
from ocpi_generator.documents.yaml.positions import Document, DocumentPosition, Pointer

__all__ = ["METHODS", "component_errors", "interface_shape", "openapi_errors", "schemas_shape"]

METHODS: Final = ("get", "put", "post", "patch", "delete")
"""The HTTP methods of OCPI, in the order in which bundles show them."""

_WHY: Final = "A document that is not OpenAPI 3.0 cannot be bundled."
_WHY_NARROW: Final = "One way to write a thing keeps documents readable and layers comparable."
_HEAD: Final = {"openapi": "3.0.3", "info": {"title": "-", "version": "-"}, "paths": {}}
_SHORT: Final = 200
_JSON: Final = "application/json"
_ROOT_KEYS: Final = frozenset({"openapi", "info", "x-ocpi", "externalDocs", "paths"})
_OPERATION_KEYS: Final = frozenset(
    {
        "operationId",
        "summary",
        "description",
        "externalDocs",
        "parameters",
        "requestBody",
        "responses",
    }
)
_MERGED: Final = "Remove it; the bundler writes it, or it has no meaning in OCPI."
_WRITE_OUT: Final = "Write it out here."


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(dict(schema_v30))


def openapi_errors(document: dict[str, Any]) -> list[tuple[Pointer, str]]:
    """Check a document against the schema of OpenAPI 3.0; return where and what."""
    # The validator of the library is the fastest that is installed; it words errors otherwise.
    if openapi_v30_schema_validator.is_valid(document):
        return []
    found = [_deepest(error) for error in _validator().iter_errors(document)]
    return [(tuple(error.absolute_path), error.message[:_SHORT]) for error in found]


def component_errors(components: dict[str, Any]) -> list[tuple[Pointer, str]]:
    """Check what is below ``components`` the same way; pointers begin with that word."""
    return openapi_errors(_HEAD | {"components": components})


def _deepest(error: ValidationError) -> ValidationError:
    """Follow the branch that was meant: a reference where there is `$ref`, else the object."""
    while error.validator in {"oneOf", "anyOf"} and error.context:
        reference = isinstance(error.instance, dict) and "$ref" in error.instance
        branches = [part for part in error.context if _is_reference(part) == reference]
        error = max(branches or error.context, key=lambda part: len(part.absolute_path))
    return error


def _is_reference(error: ValidationError) -> bool:
    branch = error.parent.validator_value[error.schema_path[0]]
    return "Reference" in str(branch)


def interface_shape(document: Document) -> list[Problem]:
    """Check ``sender.yaml`` and its like; what a head may leave to its parent is not missed."""
    errors = openapi_errors(_HEAD | document.data)
    return _problems(document, errors, 0) or list(_narrow(DocumentPosition(document)))


def schemas_shape(document: Document) -> list[Problem]:
    """Check ``schemas.yaml``: a mapping from class names to schemas."""
    errors = component_errors({"schemas": document.data})
    return _problems(document, errors, 2) or list(_classes(DocumentPosition(document)))


def _classes(place: DocumentPosition) -> Iterator[Problem]:
    # The schema of OpenAPI checks only what is under a name that it knows to be one.
    for name, body in place.document.data.items():
        if not isinstance(body, dict):
            what, how = f"`{name}` is not a class", "Give it a name and a schema."
            yield place.at(name).problem("shape", what, why=_WHY, how=how)
        else:
            yield from _lists(place.at(name), body)


def _lists(place: DocumentPosition, schema: dict[str, Any]) -> Iterator[Problem]:
    for pointer, inner in subschemas(schema):
        if inner.get("type") == "array" and "items" not in inner:
            what, how = "it is not said what the list holds", "Write `items:`."
            yield place.at(*pointer).problem("shape", what, why=_WHY, how=how)


def _problems(
    document: Document, errors: Iterable[tuple[Pointer, str]], skipped: int
) -> list[Problem]:
    return [
        DocumentPosition(document, pointer[skipped:]).problem(
            "openapi", message, why=_WHY, how="Write it as OpenAPI 3.0.3 says."
        )
        for pointer, message in errors
    ]


def _narrow(place: DocumentPosition) -> Iterator[Problem]:
    data = place.document.data
    yield from _strangers(place, data, _ROOT_KEYS)
    for path, item in data.get("paths", {}).items():
        where = place.at("paths", path)
        yield from _strangers(where, item, {*METHODS, "parameters"})
        yield from _parameters(where, item)
        for method in METHODS:
            if method in item:
                yield from _operation(where.at(method), item[method])


def _strangers(
    place: DocumentPosition, found: Iterable[str], allowed: Container[str]
) -> Iterator[Problem]:
    for key in found:
        if key not in allowed:
            what = f"`{key}` is not allowed here"
            yield place.at(key).problem("shape", what, why=_WHY_NARROW, how=_MERGED)


def _operation(place: DocumentPosition, operation: Mapping[str, Any]) -> Iterator[Problem]:
    plain = [key for key in operation if not key.startswith("x-")]
    yield from _strangers(place, plain, _OPERATION_KEYS)
    yield from _parameters(place, operation)
    if "requestBody" in operation:
        yield from _body(place.at("requestBody"), operation["requestBody"], needed=True)
    for status, response in operation["responses"].items():
        where = place.at("responses", status)
        if not re.fullmatch(r"[1-5][0-9]{2}", status):
            what, how = f"`{status}` is not an HTTP status", 'Write one, such as "200".'
            yield where.problem("shape", what, why=_WHY_NARROW, how=how)
            continue
        yield from _body(where, response, needed=False)
        if "$ref" not in response:
            for name, header in response.get("headers", {}).items():
                yield from _has_schema(where.at("headers", name), header)


def _parameters(place: DocumentPosition, owner: Mapping[str, Any]) -> Iterator[Problem]:
    for index, parameter in enumerate(owner.get("parameters", ())):
        yield from _has_schema(place.at("parameters", index), parameter)


def _has_schema(place: DocumentPosition, owner: Mapping[str, Any]) -> Iterator[Problem]:
    if "schema" not in owner or "$ref" in owner:
        what = "`schema` is missing, or is a reference"
        yield place.problem("shape", what, why=_WHY_NARROW, how=_WRITE_OUT)
    else:
        yield from _lists(place.at("schema"), owner["schema"])
    yield from _no_marks(place, owner)


def _no_marks(place: DocumentPosition, owner: Mapping[str, Any]) -> Iterator[Problem]:
    marks = [key for key in owner if key.startswith("x-")]
    yield from _strangers(place, marks, {"x-ocpi-extension"})


def _body(place: DocumentPosition, owner: Mapping[str, Any], *, needed: bool) -> Iterator[Problem]:
    if "$ref" in owner:
        what = "a reference stands for a body or an answer"
        yield place.problem("shape", what, why=_WHY_NARROW, how=_WRITE_OUT)
        return
    yield from _no_marks(place, owner)
    content = owner.get("content")
    if content is None and not needed:
        return
    if not content or list(content) != [_JSON]:
        what = f"the content is something else than {_JSON}"
        why = "OCPI sends nothing but JSON."
        yield place.at("content").problem("shape", what, why=why, how=f"Write {_JSON}.")
        return
    yield from _has_schema(place.at("content", _JSON), content[_JSON])

"""References between documents: ``schemas.yaml#/Class`` and ``../module/schemas.yaml#/Class``."""

import re
from collections.abc import Iterator
from typing import Any, Final

from ocpi_generator.documents.yaml.positions import Pointer

__all__ = [
    "SchemaKey",
    "class_at",
    "parse_reference",
    "part_class",
    "references",
    "subschemas",
]

SchemaKey = tuple[str, str]
"""Module and class."""

_FORM: Final = re.compile(r"(?:\.\./([a-z0-9_-]+)/)?schemas\.yaml#/([A-Za-z][A-Za-z0-9]*)")
_IN_PART: Final = re.compile(r"#/classes/([A-Za-z][A-Za-z0-9]*)")
_LISTS: Final = ("allOf", "oneOf", "anyOf")
_SINGLE: Final = ("items", "not", "additionalProperties")


def parse_reference(text: object, module: str) -> SchemaKey | None:
    """Read a reference that is in a document of a module; None when it has another form."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    return (match.group(1) or module, match.group(2)) if match else None


def part_class(text: object) -> str | None:
    """Read ``#/classes/Class``, by which a common part refers to a class of its own."""
    match = _IN_PART.fullmatch(text) if isinstance(text, str) else None
    return match.group(1) if match else None


def references(value: object, pointer: Pointer = ()) -> Iterator[tuple[Pointer, object]]:
    """Find every ``$ref`` below a value."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield (*pointer, "$ref"), value["$ref"]
        for key, item in value.items():
            yield from references(item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*pointer, index))


def subschemas(
    schema: dict[str, Any], pointer: Pointer = ()
) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Go through a schema and all schemas inside it, the outermost first."""
    yield pointer, schema
    for name, inner in schema.get("properties", {}).items():
        yield from subschemas(inner, (*pointer, "properties", name))
    for key in _SINGLE:
        if isinstance(schema.get(key), dict):
            yield from subschemas(schema[key], (*pointer, key))
    for key in _LISTS:
        for index, inner in enumerate(schema.get(key, ())):
            yield from subschemas(inner, (*pointer, key, index))


def class_at(schema: object, module: str) -> tuple[SchemaKey | None, bool]:
    """Return which class a schema is, and whether it is a list of it."""
    if not isinstance(schema, dict):
        return None, False
    if schema.get("type") == "array":
        return class_at(schema.get("items"), module)[0], True
    return parse_reference(schema.get("$ref"), module), False

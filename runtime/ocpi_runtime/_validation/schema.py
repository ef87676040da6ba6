"""Schemas of OpenAPI 3.0 as JSON Schema, compiled to validators.

Draft 4 is what OpenAPI 3.0 grew from: the words for limits are the same, and 1.0 is not an integer.
What differs is translated here:

- Nullability follows cardinality: a property that its class does not require also takes null,
  unless a derived PATCH class says in ``x-ocpi-not-null`` that it may not be cleared.
- A DateTime is checked against the calendar; its own pattern decides about an offset.
- Formats, open enumerations and descriptions hold nothing that could be checked.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import jsonschema_rs

from ocpi_runtime._codec.timestamps import TIMESTAMP_PATTERN, ZONED_PATTERN
from ocpi_runtime.types import SchemaSet

__all__ = [
    "Schema",
    "compile_schema",
    "compiled",
    "definition",
    "definitions",
    "translated",
    "validator",
]

_KEPT: Final = frozenset({
    "type", "enum", "required", "maxLength", "minLength", "pattern", "minItems", "maxItems",
    "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minProperties", "maxProperties",
})  # fmt: skip
_SPLICED = ("allOf", "anyOf", "oneOf")
_PREFIX = "#/components/schemas/"
_DEFINITIONS = "#/definitions/"
_OR_NULL = ":or-null"
_WITH_OFFSET = "2024-06-29T20:39:09+02:00"

Schema = dict[str, Any]


@cache
def compiled(schemas: SchemaSet, name: str, *, many: bool) -> jsonschema_rs.Draft4Validator:
    """Compile the validator of a class, or of a list of its objects.

    Patterns are run without backtracking, so that no text from outside can make them slow.

    Args:
        schemas: Where the class is described; read once.
        name: The name of the class.
        many: Whether a list is validated.

    Raises:
        LookupError: It has no schema of that name.
    """
    if name not in definitions(schemas):
        raise LookupError(f"Schema {name} not found in {schemas.package}.")
    root: Schema = {"$ref": f"#/definitions/{name}"}
    return validator({"type": "array", "items": root} if many else root, schemas)


def validator(schema: Schema, schemas: SchemaSet) -> jsonschema_rs.Draft4Validator:
    """Compile a translated schema of a version."""
    return compile_schema(schema, definitions(schemas))


def compile_schema(schema: Schema, known: dict[str, Schema]) -> jsonschema_rs.Draft4Validator:
    """Compile a translated schema together with those of the known definitions that it reaches."""
    used = {each: known[each] for each in _reachable(known, schema)}
    return jsonschema_rs.Draft4Validator(
        {**schema, "definitions": used},
        validate_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def definition(reference: Schema, schemas: SchemaSet) -> Schema:
    """Return the translated schema that a reference names."""
    return definitions(schemas)[reference["$ref"].removeprefix(_DEFINITIONS)]


@cache
def definitions(schemas: SchemaSet) -> dict[str, Schema]:
    """Return all translated schemas of a version; see :func:`translated`."""
    return translated(schemas.load())


def translated(document: dict[str, Any]) -> dict[str, Schema]:
    """Translate all schemas of a document; each is beside a twin that also takes null."""
    out: dict[str, Schema] = {}
    for name, schema in document["components"]["schemas"].items():
        out[name] = _translate(schema)
        out[name + _OR_NULL] = _or_null(out[name])
    return out


def _translate(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"$ref": f"#/definitions/{_target(schema)}"}
    out = {word: value for word, value in schema.items() if word in _KEPT and value != []}
    if schema.get("format") == "date-time":
        out["pattern"] = _moments(schema)
    if "enum" in out:
        out.pop("type", None)  # it would only add a second fault to the same value
    if "properties" in schema:
        out["properties"] = dict(_properties(schema))
    if "items" in schema:
        out["items"] = _translate(schema["items"])
    for word in _SPLICED:
        if word in schema:
            out[word] = [_translate(part) for part in schema[word]]
    return out


def _moments(schema: Schema) -> str:
    stated = schema.get("pattern")
    zoned = stated is not None and re.search(stated, _WITH_OFFSET) is not None
    return ZONED_PATTERN if zoned else TIMESTAMP_PATTERN


def _properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    never_null = {*schema.get("required", ()), *schema.get("x-ocpi-not-null", ())}
    for name, value in schema["properties"].items():
        if name in never_null:
            yield name, _translate(value)
        elif "$ref" in value:
            yield name, {"$ref": f"#/definitions/{_target(value)}{_OR_NULL}"}
        else:
            yield name, _or_null(_translate(value))


def _or_null(schema: Schema) -> Schema:
    """Allow null in a schema, in a way that keeps its errors at the place of the fault."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [{"type": "null"}, schema]} if schema else schema


def _target(reference: Schema) -> str:
    return str(reference["$ref"]).removeprefix(_PREFIX)


def _reachable(definitions: dict[str, Schema], schema: Schema) -> set[str]:
    found: set[str] = set()
    waiting = [*_references(schema)]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(_references(definitions[each]))
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix(_DEFINITIONS)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)

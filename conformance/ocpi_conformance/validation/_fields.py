"""Fields of objects compared with the schemas of a version."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocpi_conformance.validation.classes import schemas_of

__all__ = ["resolve", "unknown_fields"]

Schemas = Mapping[str, Any]


def resolve(schema: Mapping[str, Any], schemas: Schemas) -> tuple[str, Mapping[str, Any]]:
    """Follow references; return the last name and the schema."""
    name = ""
    while "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        schema = schemas[name]
    return name, schema


def unknown_fields(value: Any, version: str, name: str) -> Iterator[str]:
    """Yield the names of fields, at any depth, that a class does not have."""
    schemas = schemas_of(version)
    yield from _unknown(value, schemas[name], schemas)


def _unknown(value: Any, schema: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    _, schema = resolve(schema, schemas)
    if isinstance(value, list):
        for item in value:
            yield from _unknown(item, schema.get("items", {}), schemas)
    elif isinstance(value, dict) and "properties" in schema:
        for field, inner in value.items():
            if field not in schema["properties"]:
                yield field
            elif isinstance(inner, dict | list):
                yield from _unknown(inner, schema["properties"][field], schemas)

"""The specification of a field in short: type, cardinality, meaning, section."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ocpi_conformance.validation._fields import resolve
from ocpi_conformance.validation.classes import schemas_of

__all__ = ["FieldClause", "clause_of", "field_of"]

_INDEX: Final = re.compile(r"/[0-9]+(?=/|\Z)")
_FORMATS: Final = {"ci-string": "CiString", "date-time": "DateTime", "decimal": "number"}
_MOST_VALUES: Final = 60


@dataclass(frozen=True, slots=True)
class FieldClause:
    """The specification of a field.

    Attributes:
        text: Type, cardinality and meaning, in words of this project.
        section: The chapter and the class.
        url: Where it is.
    """

    text: str
    section: str
    url: str


def field_of(pointer: str) -> str:
    """Return the field at a pointer within an object, such as ``evses[].uid``."""
    return _INDEX.sub("[]", pointer).lstrip("/").replace("/", ".") or "(the object)"


@cache
def clause_of(version: str, name: str, field: str) -> FieldClause:
    """Return the specification of a field of a class in a version; empty without a class."""
    if not name:
        return FieldClause("", "", "")
    schemas = schemas_of(version)
    owner, schema, required = name, schemas[name], False
    steps = [] if field.startswith("(") else field.replace("[]", ".[]").split(".")
    last: Mapping[str, Any] = schema
    for step in steps:
        reference, inner = resolve(last, schemas)
        owner, schema = (reference or owner, inner) if "properties" in inner else (owner, schema)
        following = inner.get("items") if step == "[]" else inner.get("properties", {}).get(step)
        if following is None:
            break
        required = step in inner.get("required", ()) if step != "[]" else required
        last = following
    text = _described(last, schemas, required=required) if steps else str(schema["description"])
    return FieldClause(text, *_section(owner, schema, schemas))


def _described(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, required: bool) -> str:
    name, target = resolve(schema, schemas)
    presence = "required" if required else "optional"
    meaning = schema.get("description") or target.get("description", "")
    return f"{_type(name, target, schemas)}, {presence}. {meaning}".strip()


def _type(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        inner = schema.get("items", {})
        least = " of at least one" if schema.get("minItems") else ""
        return f"List{least} of {_type(*resolve(inner, schemas), schemas)}"
    values = [str(each) for each in schema.get("enum", ()) if each is not None]
    if values:
        shown = ", ".join(values)
        return f"{name} ({shown if len(shown) <= _MOST_VALUES else shown[:_MOST_VALUES] + '…'})"
    if "properties" in schema or name == "DateTime":
        return name
    kind = _FORMATS.get(schema.get("format", ""), schema.get("type", "object"))
    length = f"({schema['maxLength']})" if "maxLength" in schema else ""
    return f"{name or kind}{length}"


def _section(owner: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[str, str]:
    for each in (schema, schemas.get(owner, {})):
        url = each.get("externalDocs", {}).get("url", "")
        if url:
            chapter = url.partition("#")[0].rpartition("/")[2].partition(".")[0]
            return f"{chapter}, {owner}", url
    return owner, ""

"""Schemas of a class taken apart: validity of each part in one call, and what it is made of."""

import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, Final

from ocpi_runtime._codec.timestamps import TIMESTAMP_PATTERNS
from ocpi_runtime._validation.schema import Schema, definition, validator
from ocpi_runtime.types import SchemaSet

__all__ = ["Part", "root_part"]

_PREFIX: Final = "#/definitions/"
_DECIMALS: Final = re.compile(r"\\\.\[0-9\]\{(\d+)(?:,(\d+))?\}")


class Part:
    """The schema of a value, with the schemas of its fields or items.

    Args:
        schema: The schema, translated to JSON Schema; it may be a reference.
        schemas: Where its references lead.
        field: The name of the field that holds the value; empty for items and roots.
    """

    def __init__(self, schema: Schema, schemas: SchemaSet, field: str = "") -> None:
        self._schemas = schemas
        self._stated = schema
        self.field = field
        self.name = ""
        while "$ref" in schema:
            self.name = schema["$ref"].removeprefix(_PREFIX).partition(":")[0]
            schema = definition(schema, schemas)
        self.schema = schema
        self.required: frozenset[str] = frozenset(schema.get("required", ()))
        self._parts: dict[str, Part] = {}

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Return the function that validates a value and all of its parts."""
        return validator(self._stated, self._schemas).is_valid

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that a value may have in JSON, without null."""
        stated = self.schema.get("type", "string" if "enum" in self.schema else ())
        return frozenset([stated] if isinstance(stated, str) else stated) - {"null"}

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The values of a closed enumeration."""
        return tuple(each for each in self.schema.get("enum", ()) if each is not None)

    @property
    def is_patch(self) -> bool:
        """Whether it is a partial object, in which null is more than an absent field."""
        return self.name.endswith("Patch")

    @property
    def properties(self) -> dict[str, Schema]:
        """The schemas of all fields."""
        found: dict[str, Schema] = self.schema.get("properties", {})
        return found

    @property
    def max_length(self) -> int | None:
        """Maximum number of characters of a text."""
        limit: int | None = self.schema.get("maxLength")
        return limit

    @cached_property
    def is_moment(self) -> bool:
        """Whether a value is a DateTime."""
        return self.schema.get("pattern") in TIMESTAMP_PATTERNS

    @cached_property
    def decimals(self) -> tuple[int, int] | None:
        """The least and most decimals of a number that is written as text."""
        found = _DECIMALS.search(self.schema.get("pattern", ""))
        return (int(found[1]), int(found[2] or found[1])) if found else None

    def field_part(self, name: str) -> "Part | None":
        """Return the part of a field, or None for an unknown one."""
        if name not in self._parts:
            if name not in self.properties:
                return None
            self._parts[name] = Part(self.properties[name], self._schemas, name)
        return self._parts[name]

    @cached_property
    def items(self) -> "Part | None":
        """The part of the items of a list."""
        found = self.schema.get("items")
        return None if found is None else Part(found, self._schemas)


@cache
def root_part(schemas: SchemaSet, name: str) -> Part:
    """Return the part of a class."""
    return Part({"$ref": f"{_PREFIX}{name}"}, schemas)

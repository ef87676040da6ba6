"""Objects of any class, made from its schema: full, with as little as possible, with nulls."""

import json
from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]

TIMESTAMP = "2024-06-29T20:39:09Z"
NUMBER = "0.1234567890123456789"
"""More digits than a float has; stands as text until the object is written as JSON."""


class Samples:
    """Makes objects of the classes of a version.

    Args:
        schemas: The class schemas by name.
    """

    def __init__(self, schemas: Mapping[str, JsonObject]) -> None:
        self._schemas = schemas

    def variants(self, name: str) -> dict[str, str]:
        """Give JSON texts of a class that has fields."""
        required = set(self._schemas[name].get("required", ()))
        full = self._object(name, ())
        least = {key: value for key, value in full.items() if key in required}
        nulls = {key: None for key in self._schemas[name]["properties"] if key not in required}
        return {"full": _text(full), "least": _text(least), "nulls": _text(least | nulls)}

    def _object(self, name: str, above: tuple[str, ...]) -> JsonObject:
        schema = self._schemas[name]
        required = schema.get("required", ())
        return {
            key: self._value(one, (*above, name))
            for key, one in schema["properties"].items()
            if key in required or not self._circles(one, (*above, name))
        }

    def _circles(self, schema: JsonObject, above: tuple[str, ...]) -> bool:
        inner = schema.get("items", schema)
        return inner.get("$ref", "").rpartition("/")[2] in above

    def _value(self, schema: JsonObject, above: tuple[str, ...]) -> Any:
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2], above)
        if schema["type"] == "array":
            return [self._value(schema["items"], above)] * 2
        if schema.get("format") == "date-time":
            return TIMESTAMP
        return {"string": "text", "integer": 7, "boolean": True, "number": NUMBER}[schema["type"]]

    def _named(self, name: str, above: tuple[str, ...]) -> Any:
        schema = self._schemas[name]
        values = schema.get("enum") or schema.get("x-extensible-enum")
        if values:
            return values[-1]
        return (
            self._object(name, above) if schema["type"] == "object" else self._value(schema, above)
        )


def _text(value: JsonObject) -> str:
    return json.dumps(value).replace(f'"{NUMBER}"', NUMBER)

"""Objects of any class, made from its schema: full, with as little as possible, with nulls."""

import json
import re
from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]

TIMESTAMP = "2024-06-29T20:39:09Z"
NUMBER = "0.1234567890123456789"
"""More digits than a float has; kept as text until the object is written as JSON."""

_TEXTS = ("text", "12.345678", "12:34", "2026-01-31", "1.5")
"""Texts, coordinates, times of day, days, and numbers in quotes."""


class Samples:
    """Makes objects of the classes of a version.

    Args:
        schemas: The class schemas by name.
    """

    def __init__(self, schemas: Mapping[str, JsonObject]) -> None:
        self._schemas = schemas

    def variants(self, name: str) -> dict[str, str]:
        """Return JSON texts of a class that has fields."""
        required = set(self._schemas[name].get("required", ()))
        full = self._object(name, ())
        least = {key: value for key, value in full.items() if key in required}
        kept = required.union(self._schemas[name].get("x-ocpi-not-null", ()))
        nulls = {key: None for key in self._schemas[name]["properties"] if key not in kept}
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
        if schema["type"] == "string":
            return _string(schema)
        return {"integer": 7, "boolean": True, "number": NUMBER}[schema["type"]]

    def _named(self, name: str, above: tuple[str, ...]) -> Any:
        schema = self._schemas[name]
        values = schema.get("enum") or schema.get("x-extensible-enum")
        if values:
            return values[-1]
        return (
            self._object(name, above) if schema["type"] == "object" else self._value(schema, above)
        )


def _string(schema: JsonObject) -> str:
    """Choose a text that has the length and the form that the schema asks for."""
    fitting = (each[: schema.get("maxLength", len(each))] for each in _TEXTS)
    return next(each for each in fitting if re.search(schema.get("pattern", ""), each))


def _text(value: JsonObject) -> str:
    return json.dumps(value).replace(f'"{NUMBER}"', NUMBER)

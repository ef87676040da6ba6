"""Examples of the classes of a version, composed from values that are written once by name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ocpi_generator.documents import Part

__all__ = ["Examples"]

_IDENTITIES: Final = frozenset({"country_code", "id", "party_id", "uid"})
_PREFERRED: Final = "status"
_FRACTION: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Examples:
    """Composes examples.

    An example has the required properties of its class, those optional ones that have a value, and
    those that the common parts list as ``example-fields``.

    Args:
        schemas: The classes by name.
        parts: Common parts: values by class, by field, or by ``Class.field``, and further fields.
    """

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]], parts: Iterable[Part]) -> None:
        self._schemas = dict(schemas)
        self._values: dict[str, Any] = {}
        self._fields: dict[str, Any] = {}
        for part in parts:
            self._values |= part["examples"]
            self._fields |= part["example-fields"]
            self._schemas |= part["classes"]
        self._made: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._schemas

    def of_class(self, name: str) -> Any:
        """Return the example of a class."""
        if name not in self._made:
            self._made[name] = None  # a class that requires itself can have no example
            self._made[name] = self._class(name, self._schemas[name])
        return self._made[name]

    def of(self, schema: Mapping[str, Any], field: str = "", owner: str = "") -> Any:
        """Return an example of a schema.

        Args:
            schema: The schema.
            field: The property, parameter or header that it describes.
            owner: The class that the property belongs to.

        Returns:
            The example, or None where a value is needed that is not written down.
        """
        if "allOf" in schema:
            schema = schema["allOf"][0]
        if schema.get("type") == "array":
            return [self.of(schema["items"], field, owner)]
        stated = self._stated(schema, field, owner)
        if stated is not None:
            return stated
        if "$ref" in schema:
            return self.of_class(str(schema["$ref"]).rpartition("/")[2])
        return _fitted(schema, _made_up(schema, field))

    def envelope(self, schema: Mapping[str, Any], status: int, message: str = "") -> dict[str, Any]:
        """Return an example of an answer.

        Args:
            schema: The envelope.
            status: The OCPI status.
            message: The ``status_message``, if there is one.
        """
        fields = schema["properties"]
        found = {name: self.of(fields[name], name) for name in schema.get("required", ())}
        if fields.get("data", {}).keys() & {"$ref", "type"}:
            found["data"] = self.of(fields["data"], "data")
        if "status_code" in fields:
            found["status_code"] = status
        if message and "status_message" in fields:
            found["status_message"] = message
        return {name: found[name] for name in fields if name in found}

    def _class(self, name: str, schema: Mapping[str, Any]) -> Any:
        if "example" in schema:
            return schema["example"]
        if schema.get("type") != "object":
            return self._scalar(schema, name)
        fields = schema.get("properties", {})
        owner = schema.get("x-ocpi-patch-of", name)
        found = {
            field: self.of(fields[field], field, owner)
            for field in self._included(name, schema)
            if field in fields
        }
        return {field: found[field] for field in fields if field in found}

    def _included(self, name: str, schema: Mapping[str, Any]) -> Iterable[str]:
        fields, required = schema.get("properties", {}), list(schema.get("required", ()))
        if "x-ocpi-patch-of" in schema:
            return [*required, *self._changed(schema)]
        for choice in schema.get("anyOf", ())[:1]:
            required += choice.get("required", ())
        chosen = [one for one in fields if self._stated(fields[one], one, name) is not None]
        return [*required, *chosen, *self._fields.get(name, ())]

    def _changed(self, schema: Mapping[str, Any]) -> list[str]:
        """Choose the field that a PATCH of the example changes."""
        fields = schema.get("properties", {})
        plain = [
            name
            for name, one in fields.items()
            if name not in _IDENTITIES and self._flat(one).get("type") in _KINDS
        ]
        return [_PREFERRED] if _PREFERRED in plain else plain[:1]

    def _flat(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[str(schema["$ref"]).rpartition("/")[2]]
        return schema

    def _scalar(self, schema: Mapping[str, Any], name: str) -> Any:
        found = _fitted(schema, self._values.get(name))
        return _fitted(schema, _made_up(schema, name)) if found is None else found

    def _stated(self, schema: Mapping[str, Any], field: str, owner: str) -> Any:
        """Return the value that is written down for a field, or None."""
        found = _fitted(self._flat(schema), self._values.get(f"{owner}.{field}"))
        return _fitted(self._flat(schema), self._values.get(field)) if found is None else found


def _made_up(schema: Mapping[str, Any], field: str) -> Any:
    """Return a value for what nothing is written down for."""
    values = schema.get("enum") or schema.get("x-extensible-enum")
    if values:
        return values[0]
    kind = schema.get("type")
    if kind == "string":
        return field[: schema.get("maxLength", len(field))]
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}.get(str(kind))


def _fitted(schema: Mapping[str, Any], value: Any) -> Any:
    """Return a value as a scalar schema takes it, or None if it does not.

    Fractions come as text, since YAML has no decimals.
    """
    kind = schema.get("type")
    if isinstance(value, str) and kind == "number" and _FRACTION.fullmatch(value):
        value = float(value)
    return value if type(value) in _KINDS.get(str(kind), ()) and _is_within(schema, value) else None


def _is_within(schema: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value of the right type keeps the limits of a scalar schema."""
    values = schema.get("enum") or schema.get("x-extensible-enum")
    if values:
        return value in values
    if isinstance(value, str):
        fits = len(value) <= schema.get("maxLength", len(value))
        return fits and re.search(schema.get("pattern", ""), value) is not None
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


_KINDS: Final = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}

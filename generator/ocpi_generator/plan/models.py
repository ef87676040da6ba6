"""Which classes a version has and what a model tool receives of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpi_generator.plan._bounds import described
from ocpi_generator.plan._errors import PlanError
from ocpi_generator.plan._hints import hints_of
from ocpi_generator.plan.names import class_name, member
from ocpi_generator.plan.text import docstring
from ocpi_generator.plan.types import Import, PyType

__all__ = ["ClassPlan", "EnumPlan", "ModelsPlan", "Types", "plan_models", "reachable", "references"]

JsonObject = dict[str, Any]

_REF = "#/components/schemas/"
_OPEN_ENUM = "x-extensible-enum"
_MOMENT = "DateTime"
_SCALARS: Mapping[str, PyType] = {
    "string": PyType("str"),
    "integer": PyType("int"),
    "boolean": PyType("bool"),
    "number": PyType("Decimal", frozenset({Import("decimal", "Decimal")})),
}
_DATETIME = PyType("datetime", frozenset({Import("datetime", "datetime")}))


@dataclass(frozen=True, slots=True)
class EnumPlan:
    """An enumeration.

    Attributes:
        name: The class name.
        open: Whether values outside the list are kept (OpenEnum of the specification).
        members: Pairs of member name and wire value, in the order of the document.
        doc: The lines of the docstring.
    """

    name: str
    open: bool
    members: tuple[tuple[str, str], ...]
    doc: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A class with fields.

    Attributes:
        name: The class name.
        fields: The wire names of its fields.
        doc: The lines of the docstring.
        notes: By wire name, the lines of the docstring of the field: meaning, unit and bounds.
        hints: By wire name, the type with all constraints, for models that carry them.
        any_of: Groups of fields of which one has to be there; empty where there is no such rule.
    """

    name: str
    fields: tuple[str, ...]
    doc: tuple[str, ...]
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    any_of: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ModelsPlan:
    """All models of a version.

    Attributes:
        classes: The classes with fields, by name.
        enums: The enumerations, by name.
        schemas: The schemas as the model tool gets them: names and types, without constraints,
            named scalars replaced by what they are.
        moment: The pattern of a DateTime.
    """

    classes: tuple[ClassPlan, ...]
    enums: tuple[EnumPlan, ...]
    schemas: JsonObject
    moment: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All class names in alphabetical order."""
        return tuple(sorted([c.name for c in self.classes] + [e.name for e in self.enums]))


class Types:
    """Determines which Python type a schema of a version is.

    Args:
        schemas: The class schemas of the version by name.
        models: The import name of the package of models.
    """

    def __init__(self, schemas: Mapping[str, JsonObject], models: str) -> None:
        self._schemas = schemas
        self._models = models

    def of(self, schema: JsonObject) -> PyType:
        """Return the type of a schema: a class, an enumeration, a list, or a scalar.

        Raises:
            PlanError: The schema is none of them.
        """
        schema = self.flat(schema)
        if "$ref" in schema:
            name = ref_name(schema)
            return PyType(name, frozenset({Import(self._models, name)}))
        if schema.get("type") == "array" and "items" in schema:
            return self.of(schema["items"]).inside("list")
        if schema.get("format") == "date-time":
            return _DATETIME
        if not _is_scalar(schema):
            raise PlanError(f"schema {schema!r} cannot be written as a Python type")
        return _SCALARS[schema["type"]]

    def flat(self, schema: JsonObject) -> JsonObject:
        """Replace a reference to a named scalar by the scalar itself."""
        if "$ref" not in schema:
            return schema
        target = self.target(schema)
        return target if _is_scalar(target) else schema

    def target(self, schema: JsonObject) -> JsonObject:
        """Follow a reference.

        Raises:
            PlanError: It leads nowhere.
        """
        try:
            return self._schemas[ref_name(schema)]
        except KeyError as error:
            raise PlanError(f"reference to an unknown class: {schema['$ref']}") from error

    def is_enum(self, schema: JsonObject) -> bool:
        """Return whether a schema refers to an enumeration."""
        return "$ref" in schema and _enum_values(self.target(schema)) is not None

    def reduced(self, schema: JsonObject) -> JsonObject:
        """Leave of a schema what decides about its Python type.

        Raises:
            PlanError: It has no Python type.
        """
        schema = self.flat(schema)
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        self.of(schema)
        if schema["type"] == "array":
            return {"type": "array", "items": self.reduced(schema["items"])}
        if schema["type"] == "number":
            return {"type": "number", "format": "decimal"}
        if schema.get("format") == "date-time":
            return {"type": "string", "format": "date-time"}
        return {"type": schema["type"]}


def ref_name(schema: JsonObject) -> str:
    """Take the class name out of a reference."""
    return str(schema["$ref"]).removeprefix(_REF)


def plan_models(schemas: Mapping[str, JsonObject], types: Types) -> ModelsPlan:
    """Decide about all classes of a version.

    Raises:
        PlanError: A schema is neither object, enumeration nor scalar.
    """
    classes, enums, reduced = [], [], {}
    for name, schema in sorted(schemas.items()):
        if _enum_values(schema) is not None:
            enums.append(_plan_enum(class_name(name), schema))
            reduced[name] = {"type": "string", "enum": list(_enum_values(schema) or ())}
        elif schema.get("type") == "object":
            classes.append(_plan_class(class_name(name), schema, types))
            reduced[name] = _reduced_class(schema, types)
        elif not _is_scalar(schema):
            raise PlanError(f"{name} is neither an object, an enumeration nor a scalar")
    moment = str(schemas.get(_MOMENT, {}).get("pattern", ""))
    return ModelsPlan(tuple(classes), tuple(enums), reduced, moment)


def reachable(schemas: Mapping[str, JsonObject], roots: Iterable[str]) -> frozenset[str]:
    """Collect the classes that some classes are made of, themselves included."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in seen and name in schemas:
            seen.add(name)
            waiting.extend(references(schemas[name]))
    return frozenset(seen)


def references(node: object) -> Iterator[str]:
    """Yield the names of all classes that a part of a document refers to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(_REF):
            yield target.removeprefix(_REF)
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def _plan_enum(name: str, schema: JsonObject) -> EnumPlan:
    values = _enum_values(schema) or ()
    members = tuple((member(value), value) for value in values)
    if len({one for one, _ in members}) != len(members):
        raise PlanError(f"two values of {name} would get the same member name")
    doc = docstring(_summary(name, schema), _see(schema))
    return EnumPlan(name, _OPEN_ENUM in schema, members, doc)


def _plan_class(name: str, schema: JsonObject, types: Types) -> ClassPlan:
    properties = schema.get("properties", {})
    hints = hints_of(schema, types)
    texts = {
        key: described(one.get("description", ""), one, types) for key, one in properties.items()
    }
    notes = {key: docstring(text) for key, text in texts.items() if text}
    doc = docstring(_summary(name, schema), _see(schema))
    any_of = tuple(tuple(each.get("required", ())) for each in schema.get("anyOf", ()))
    return ClassPlan(name, tuple(properties), doc, notes, hints, any_of)


def _reduced_class(schema: JsonObject, types: Types) -> JsonObject:
    properties = {key: types.reduced(one) for key, one in schema.get("properties", {}).items()}
    return {
        "type": "object",
        "required": [key for key in properties if key in schema.get("required", ())],
        "properties": properties,
    }


def _summary(name: str, schema: JsonObject) -> str:
    return str(schema.get("description") or f"The class {name}")


def _see(schema: JsonObject) -> str:
    url = schema.get("externalDocs", {}).get("url")
    return f"Specification: {url}" if url else ""


def _enum_values(schema: JsonObject) -> tuple[str, ...] | None:
    values = schema.get("enum", schema.get(_OPEN_ENUM))
    return None if values is None else tuple(str(value) for value in values)


def _is_scalar(schema: JsonObject) -> bool:
    return schema.get("type") in _SCALARS and _enum_values(schema) is None

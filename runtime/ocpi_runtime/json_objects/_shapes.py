"""The fields of classes, by which an object is recognised."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

__all__ = ["Shape", "Shapes", "shapes_in"]

_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a class: all of them, those that are required, and those with parts."""

    fields: frozenset[str]
    required: frozenset[str]
    nested: frozenset[str]

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether an object has most of its fields, and what is required, from the class."""
        known = self.fields & value.keys()
        present = self.required & value.keys()
        if not known or len(known) < _HALF * len(value):
            return False
        if len(present) < _HALF * len(self.required):
            return False
        return not any(isinstance(value[name], dict | list) for name in known - self.nested)


class Shapes:
    """The shapes of all classes that are looked for.

    Args:
        shapes: The shapes.
    """

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self._shapes = tuple(shapes)

    def fit(self, value: Mapping[str, Any]) -> bool:
        """Return whether an object is like one of any class."""
        return any(shape.fits(value) for shape in self._shapes)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset().union(*(shape.fields for shape in self._shapes))


def shapes_in(schemas: Mapping[str, Any]) -> Iterator[tuple[str, Shape]]:
    """Yield the classes of a set of schemas, without the derived ones of PATCH."""
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Patch"):
            required = frozenset(schema.get("required", ()))
            fields = schema["properties"]
            nested = frozenset(each for each in fields if _is_nested(fields[each], schemas))
            yield name, Shape(frozenset(fields), required, nested)


def _is_nested(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Return whether values of a schema are objects or lists."""
    while "$ref" in schema:
        schema = schemas[str(schema["$ref"]).rpartition("/")[2]]
    return "properties" in schema or schema.get("type") in {"array", "object"}

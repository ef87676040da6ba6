"""A schema taken apart, so that the faults of a document are searched for piece by piece.

jsonschema-rs finds all errors of a value at once, each with a copy of the value as text. Here a
value is compared with its schema from the outside to the inside: only parts that are not valid
are entered, and the search ends when its reader has enough.
"""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from itertools import islice
from typing import Any, Final, TypeAlias

import jsonschema_rs

from ocpi_runtime._validation.schema import Schema, definition, validator
from ocpi_runtime.types import UNSET, SchemaSet

__all__ = ["Found", "Path", "Rules", "rules_of"]

Path: TypeAlias = list[str | int]
Errors: TypeAlias = Iterable[jsonschema_rs.ValidationError]
Found: TypeAlias = tuple[Path, jsonschema_rs.ValidationError, Any] | None

_SPLICED: Final = ("allOf", "anyOf", "oneOf")
_OF_PARTS: Final = frozenset({"properties", "items", *_SPLICED})
_FEW_VALUES: Final = 200
_COUNTS: Final = frozenset({"minItems", "maxItems", "minProperties", "maxProperties"})
_LONG_STRING: Final = 20_000
_NESTED: Final = (dict, list)


class Rules:
    """One schema, with the schemas of its properties and items beside it.

    Args:
        schema: The schema, translated to JSON Schema.
        schemas: Where the definitions are that it refers to.

    Attributes:
        is_valid: Return quickly whether a value obeys the schema.
    """

    def __init__(self, schema: Schema, schemas: SchemaSet) -> None:
        self._schemas = schemas
        self._all = validator(schema, schemas)
        self.is_valid = self._all.is_valid
        while "$ref" in schema:
            schema = definition(schema, schemas)
        self._properties: dict[str, Schema] = schema.get("properties", {})
        self._items: Schema | None = schema.get("items")
        self._divisible = _is_divisible(schema)
        self._schema = schema
        self._named = _named(schema)
        self._counted = not _COUNTS.isdisjoint(schema)
        self._parts: dict[str | None, Rules] = {}

    @cached_property
    def _own(self) -> jsonschema_rs.Draft4Validator:
        """The rules of a value without those of its parts: needed where something is wrong."""
        own = {word: rule for word, rule in self._schema.items() if word not in _OF_PARTS}
        return validator(own, self._schemas)

    @cached_property
    def _spliced(self) -> jsonschema_rs.Draft4Validator | None:
        spliced: Schema = {word: self._schema[word] for word in _SPLICED if word in self._schema}
        return validator(spliced, self._schemas) if spliced else None

    def errors(self, value: Any, path: Path) -> Iterator[Found]:
        """Search for the errors of a value, in the order of jsonschema-rs.

        Args:
            value: Parsed JSON.
            path: Where it is in its document.

        Yields:
            The path, the error, and the value at the path; None after each part that was looked
            at, so that the reader can pause there.
        """
        valid = self.is_valid(value)
        yield None
        if valid:
            return
        if not self._divisible:
            yield from self._indivisible(value, path)
            return
        outline = self._outline(value)
        yield from _placed(self._own_errors(value, outline), path, value)
        if isinstance(value, dict):
            for name in filter(self._properties.__contains__, value):
                part, inner = self._part(name), value[name]
                if isinstance(inner, _NESTED) or not part.is_valid(inner):
                    yield from part.errors(inner, [*path, name])
        elif isinstance(value, list) and self._items is not None:
            for index, item in enumerate(value):
                yield from self._part(None).errors(item, [*path, index])
        if self._spliced is not None:
            yield from _placed(self._spliced.iter_errors(outline), path, value)

    def _outline(self, value: Any) -> Any:
        """Copy what the rules of a value itself look at: each error holds another copy of it."""
        if isinstance(value, dict) and not self._counted:
            return {name: None for name in self._named if name in value}
        if isinstance(value, dict | list):
            return _without_parts(value) if self._counted else type(value)()
        return value[:_LONG_STRING] if isinstance(value, str) else value

    def _own_errors(self, value: Any, outline: Any) -> Errors:
        """Find the errors of a value without its parts; each error copies what it is about."""
        errors = self._own.iter_errors(outline)
        cut = isinstance(value, str) and len(outline) < len(value)
        return ([*errors] or self._own.iter_errors(value)) if cut else errors

    def _part(self, name: str | None) -> "Rules":
        """Return the rules of a property; None stands for the items."""
        found = self._parts.get(name)
        if found is None:
            schema = self._items if name is None else self._properties[name]
            assert schema is not None  # noqa: S101 - for the type checker
            found = self._parts[name] = Rules(schema, self._schemas)
        return found

    def _indivisible(self, value: Any, path: Path) -> Iterator[Found]:
        """Find the errors of a value as a whole; of a large value, the first one alone."""
        if _is_small(value):
            yield from _placed(self._all.iter_errors(value), path)
            return
        try:
            self._all.validate(value)
        except jsonschema_rs.ValidationError as error:
            yield from _placed([error], path)


@cache
def rules_of(schemas: SchemaSet, name: str, *, many: bool) -> Rules:
    """Return the rules of a class, or of a list of its objects."""
    root: Schema = {"$ref": f"#/definitions/{name}"}
    return Rules({"type": "array", "items": root} if many else root, schemas)


def _is_divisible(schema: Schema) -> bool:
    """Return whether the rules of a value and of its parts can be checked apart.

    Alternatives that only name required fields are rules of the value itself.
    """
    choices = [choice for word in _SPLICED for choice in schema.get(word, ())]
    return "uniqueItems" not in schema and all(set(choice) == {"required"} for choice in choices)


def _placed(errors: Errors, path: Path, value: Any = UNSET) -> Iterator[Found]:
    for error in errors:
        instance = error.instance if value is UNSET else value
        yield [*path, *error.instance_path], error, instance


def _named(schema: Schema) -> list[str]:
    """List the fields that a schema asks for, by itself or in alternatives."""
    choices = [choice for word in _SPLICED for choice in schema.get(word, ())]
    return [name for each in (schema, *choices) for name in each.get("required", ())]


def _without_parts(value: Any) -> Any:
    return dict.fromkeys(value) if isinstance(value, dict) else [None] * len(value)


def _is_small(value: Any) -> bool:
    """Return whether a value has few values in it, looking at no more than these."""
    seen, waiting = 0, [value]
    while waiting and seen < _FEW_VALUES:
        each = waiting.pop()
        seen += 1
        if isinstance(each, dict | list):
            seen += len(each)
            waiting += islice(each.values() if isinstance(each, dict) else each, _FEW_VALUES)
    return seen < _FEW_VALUES

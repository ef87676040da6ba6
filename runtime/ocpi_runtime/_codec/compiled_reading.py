"""Valid JSON text read in a single pass: the schema of a class as types of msgspec.

Most of what partners send is valid. The types here hold the rules of a schema, so that msgspec
validates while it reads, without builtins between text and model. They are stricter than the
schema: what they refuse may be valid, and is left to jsonschema-rs; what they take is valid.

Texts are ASCII without escapes, so that the patterns of nearly all texts are fulfilled. Unknown
fields are refused, so that nothing is in the text that another reader cannot read.

To match the pattern of each timestamp would take a third of the time; they are read as timestamps,
and the whole text is searched for those that msgspec takes and OCPI does not.
"""

import keyword
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, get_args, get_origin

import msgspec
from msgspec import inspect

from ocpi_runtime._codec.plan import finder, parts_of, plan_for
from ocpi_runtime._codec.timestamps import MAX_LENGTH, TIMESTAMP_PATTERNS
from ocpi_runtime._codec.unreadable import UNREADABLE
from ocpi_runtime._validation.schema import Schema, definitions
from ocpi_runtime.types import Model, SchemaSet

__all__ = ["compiled_reader", "is_surely_valid", "read_compiled", "read_fields"]

T = TypeVar("T")
Reader: TypeAlias = Callable[[bytes], tuple[Any, Any] | None]

_ASCII_PATTERNS: Final = frozenset({r"^[\x20-\x7E]*$", r"^[^\x00-\x1F\x7F-\x9F]*$"})
"""Patterns of any printable text: JSON has control characters in escapes only."""
_AS_TEXT: Final = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH)]
_AS_INSTANT: Final = Annotated[datetime, msgspec.Meta(tz=True)]
"""Timestamps, in texts of which a model is made besides, and in others."""
_UNUSUAL: Final = (
    r"[\\\x7F]|-[0-9][0-9](?:[t ][0-9][0-9]:|T..:..:..(?:\.[0-9]{5}|(?:\.[0-9]+)?[^Z.0-9]))"
)
"""An escape, the control character that needs none, and in a timestamp t, a space, z, an offset,
or so many digits that it is too long."""
_TIME_OF_DAY: Final = r"^([0-1][0-9]|2[0-3]):[0-5][0-9]$"
_KNOWN: Final = frozenset({
    "type", "enum", "required", "properties", "items", "pattern", "maxLength", "minLength",
    "minItems", "maxItems", "minimum", "maximum",
})  # fmt: skip
_LIMITS: Final = {
    "maxLength": "max_length", "minLength": "min_length", "maxItems": "max_length",
    "minItems": "min_length", "minimum": "ge", "maximum": "le",
}  # fmt: skip
_PLAIN: Final = {"number": float, "integer": int, "boolean": bool, "string": str}


class _NotCompiled(Exception):
    """A schema has a rule that the types cannot hold."""


def read_compiled(data: bytes, kind: type[T]) -> tuple[T, Any] | None:
    """Read the text of an object, or of a list of objects, that is valid beyond doubt.

    Args:
        data: Its JSON text.
        kind: Its type; a text of another type than a generated class, or a list of one, is left
            to others.

    Returns:
        The model, and an object with the same fields as plain values: None where absent. None
        where another reader has to decide.
    """
    key: Any = kind
    found: tuple[T, Any] | None = compiled_reader(key)(data)
    return found


def is_surely_valid(data: bytes, kind: Any) -> bool:
    """Return whether :func:`read_compiled` would read a text, in half of its time."""
    return read_fields(data, kind) is not None


def read_fields(data: bytes, kind: Any) -> Any:
    """Read a text that is valid beyond doubt without a model, in half of the time.

    Returns:
        An object with the same fields, or a list of them: timestamps are datetimes, enumerations
        are text, absent fields are None. None where another reader has to decide.
    """
    return _fields_reader(kind)(data)


@cache
def _fields_reader(kind: Any) -> Callable[[bytes], Any]:
    found = _type_of(kind, _AS_INSTANT)
    if found is None:
        return _undecided
    read_plain, has_unusual = msgspec.json.Decoder(found).decode, finder(_UNUSUAL)

    def read(data: bytes) -> Any:
        if not data.isascii() or has_unusual(data.decode()):
            return None
        try:
            return read_plain(data)
        except UNREADABLE:
            return None

    return read


@cache
def compiled_reader(kind: Any) -> Reader:
    """Return what :func:`read_compiled` does for a type."""
    found = _type_of(kind, _AS_TEXT)
    if found is None:
        return _undecided
    read_plain, read_model = msgspec.json.Decoder(found).decode, plan_for(kind).read
    has_unusual = finder(_UNUSUAL)

    def read(data: bytes) -> tuple[Any, Any] | None:
        if not data.isascii() or has_unusual(data.decode()):
            return None
        try:
            plain = read_plain(data)
            return read_model(data), plain
        except UNREADABLE:
            return None

    return read


def _undecided(_: bytes) -> None:
    return None


def _type_of(kind: Any, timestamp: Any) -> Any:
    """Return the type of a class, or of a list of it; None where no type can hold its schema.

    Args:
        kind: The class.
        timestamp: The type of timestamps.
    """
    if get_origin(kind) is list:
        item = _type_of(get_args(kind)[0], timestamp)
        return None if item is None else list[item]  # type: ignore[valid-type]
    if not (isinstance(kind, type) and issubclass(kind, Model) and hasattr(kind, "OCPI_SCHEMAS")):
        return None
    parts = parts_of(plan_for(kind).info)
    if any(isinstance(each, inspect.DateTimeType) and each.tz is not True for each in parts):
        return None
    try:
        return _Types(kind.OCPI_SCHEMAS, timestamp).of({"$ref": f"#/definitions/{kind.__name__}"})
    except _NotCompiled:
        return None


class _Types:
    """Makes the types of the schemas of a version.

    Args:
        schemas: The schemas.
        timestamp: The type of timestamps.
    """

    def __init__(self, schemas: SchemaSet, timestamp: Any) -> None:
        self._timestamp = timestamp
        self._definitions = definitions(schemas)
        self._made: dict[str, Any] = {}

    def of(self, schema: Schema) -> Any:
        """Return the type of a schema.

        Raises:
            _NotCompiled: A type cannot hold it.
        """
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        if not schema.keys() <= _KNOWN:
            raise _NotCompiled
        if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        stated = schema.get("type", ())
        types = [stated] if isinstance(stated, str) else [*stated]
        names = [each for each in types if each != "null"]
        if len(names) != 1:
            raise _NotCompiled
        found = self._single(names[0], schema)
        return found if names == types else found | None

    def _named(self, name: str) -> Any:
        if name in self._made:
            if self._made[name] is None:  # a class that contains itself
                raise _NotCompiled
            return self._made[name]
        self._made[name] = None
        self._made[name] = self.of(self._definitions[name])
        return self._made[name]

    def _single(self, name: str, schema: Schema) -> Any:
        if name == "object":
            return self._struct(schema)
        if schema.get("pattern") in TIMESTAMP_PATTERNS:
            return self._timestamp
        found = list[self.of(schema["items"])] if name == "array" else _PLAIN[name]  # type: ignore[misc]
        limits = {_LIMITS[word]: schema[word] for word in _LIMITS if word in schema}
        if schema.get("pattern") == _TIME_OF_DAY and limits == {"max_length": 5}:
            return _times_of_day()
        if schema.get("pattern", "") not in _ASCII_PATTERNS and "pattern" in schema:
            limits["pattern"] = schema["pattern"]
        return Annotated[found, msgspec.Meta(**limits)] if limits else found

    def _struct(self, schema: Schema) -> Any:
        required = frozenset(schema.get("required", ()))
        properties: dict[str, Schema] = schema.get("properties", {})
        if not required <= properties.keys() or not all(map(_is_name, properties)):
            raise _NotCompiled
        fields = [
            (name, self.of(each)) if name in required else (name, self.of(each), None)
            for name, each in properties.items()
        ]
        return msgspec.defstruct(
            "Object", fields, kw_only=True, gc=False, forbid_unknown_fields=True
        )


@cache
def _times_of_day() -> Any:
    """Return the type of a time of day: to find one of all there are is quicker than a pattern."""
    return Literal[tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))]


def _is_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)

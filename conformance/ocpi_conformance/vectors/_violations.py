"""Bodies that break their schema: for each kind of rule the fields of the class that have it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpi_conformance._references import resolved
from ocpi_conformance.vectors._bundles import JsonObject

__all__ = ["BrokenBody", "broken_bodies"]

Path = tuple[str | int, ...]

_NO_TIME: Final = "2026-13-01T00:00:00Z"
_NO_UTC: Final = "2026-02-02T00:00:00+02:00"
_NO_PATTERN: Final = ("?", "\u00e9", "\x00", "#")
_WRONG_TYPE: Final[Mapping[str, Any]] = {
    "string": 5,
    "integer": "5",
    "number": "5",
    "boolean": "true",
    "array": {},
    "object": "text",
}
_TYPE_WORDS: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


@dataclass(frozen=True)
class BrokenBody:
    """A body in which one value breaks one rule.

    Attributes:
        body: The whole body.
        rule: The kind of rule.
        path: Where the value is, or is missing.
        what: What is wrong, in words.
        section: The URL of the section of the class; empty where the class has none.
    """

    body: Any
    rule: str
    path: Path
    what: str
    section: str


@dataclass(frozen=True)
class _Field:
    """A field of the body: where it is, its class, its name, and its schema."""

    path: Path
    owner: str
    section: str
    schema: JsonObject
    required: bool


def broken_bodies(
    bundle: JsonObject, schema: JsonObject, body: Any, *, every: bool
) -> Iterator[BrokenBody]:
    """Break a valid body in all the ways that its schema forbids.

    Each kind of rule is broken once in each class, at the first field that has it.

    Args:
        bundle: Where the references lead.
        schema: The schema of the body.
        body: A valid body with all fields.
        every: Whether the rules of every field at the top are broken.
    """
    seen: set[tuple[str, str]] = set()
    for field in _fields(bundle, schema, body):
        for rule, breaker in _RULES.items():
            once = not every or len(field.path) > 1 or rule == "null"
            if once and (field.owner, rule) in seen:
                continue
            broken = _broken(body, field, rule, breaker)
            if broken is not None:
                seen.add((field.owner, rule))
                yield broken


def _fields(bundle: JsonObject, schema: JsonObject, body: Any) -> Iterator[_Field]:
    """Walk the fields of a body, outer ones first; of a list the first item."""
    waiting: list[tuple[JsonObject, Any, Path, str]] = [(schema, body, (), "")]
    while waiting:
        part, value, path, section = waiting.pop(0)
        owner = str(part.get("$ref", "")).rpartition("/")[2]
        meant = resolved(bundle, part)
        section = meant.get("externalDocs", {}).get("url", section)
        if isinstance(value, list) and value:
            waiting.append((meant["items"], value[0], (*path, 0), section))
        if not isinstance(value, dict):
            continue
        required = meant.get("required", ())
        for name, inner in value.items():
            own = meant["properties"][name]
            here = (*path, name)
            yield _Field(here, owner, section, resolved(bundle, own), name in required)
            waiting.append((own, inner, here, section))


def _broken(
    body: Any, field: _Field, rule: str, breaker: "Callable[[_Field, Any], _Change | None]"
) -> BrokenBody | None:
    value = body
    for step in field.path:
        value = value[step]
    change = breaker(field, value)
    if change is None:
        return None
    what = f"{field.path[-1]} {change.what}."
    return BrokenBody(_with(body, field.path, change), rule, field.path, what, field.section)


def _with(value: Any, path: Path, change: "_Change") -> Any:
    """Copy a value with a change at a path; what lies beside the path is shared."""
    step, below = path[0], path[1:]
    copy = value.copy()
    if below:
        copy[step] = _with(value[step], below, change)
    elif change.drops:
        del copy[step]
    else:
        copy[step] = change.value
    return copy


@dataclass(frozen=True)
class _Change:
    what: str
    value: Any = None
    drops: bool = False


def _required(field: _Field, _: Any) -> _Change | None:
    return _Change("is required and missing", drops=True) if field.required else None


def _null(field: _Field, _: Any) -> _Change | None:
    return _Change("is required and null") if field.required else None


def _type(field: _Field, _: Any) -> _Change | None:
    kind = str(field.schema.get("type"))
    if kind not in _WRONG_TYPE:
        return None
    return _Change(f"is not {_TYPE_WORDS[kind]}", _WRONG_TYPE[kind])


def _max_length(field: _Field, value: Any) -> _Change | None:
    most = field.schema.get("maxLength")
    if most is None or _is_time(field.schema) or field.schema.get("enum"):
        return None
    text = value + value[-1:] * (most + 1 - len(value)) if value else "x" * (most + 1)
    return _Change(f"has {most + 1} characters; {most} are allowed", text)


def _enum(field: _Field, _: Any) -> _Change | None:
    if not field.schema.get("enum"):
        return None
    return _Change("is not a value of its enumeration", "NO_SUCH_VALUE")


def _time(field: _Field, _: Any) -> _Change | None:
    if not _is_time(field.schema):
        return None
    return _Change("is not a DateTime: month 13 does not exist", _NO_TIME)


def _offset(field: _Field, _: Any) -> _Change | None:
    if not _is_time(field.schema) or re.search(field.schema["pattern"], _NO_UTC):
        return None
    return _Change("has an offset; a DateTime is in UTC", _NO_UTC)


def _pattern(field: _Field, _: Any) -> _Change | None:
    pattern = field.schema.get("pattern")
    if pattern is None or _is_time(field.schema):
        return None
    text = next((one for one in _NO_PATTERN if not re.search(pattern, one)), None)
    return None if text is None else _Change("does not match the pattern of its type", text)


def _minimum(field: _Field, _: Any) -> _Change | None:
    least = field.schema.get("minimum")
    return None if least is None else _Change(f"is less than {least}", least - 1)


def _maximum(field: _Field, _: Any) -> _Change | None:
    most = field.schema.get("maximum")
    return None if most is None else _Change(f"is more than {most}", most + 1)


def _min_items(field: _Field, _: Any) -> _Change | None:
    return _Change("is an empty list", []) if field.schema.get("minItems") else None


def _is_time(schema: JsonObject) -> bool:
    return schema.get("format") == "date-time"


_RULES: Final[Mapping[str, Callable[[_Field, Any], _Change | None]]] = {
    "required": _required,
    "null": _null,
    "type": _type,
    "max-length": _max_length,
    "enum": _enum,
    "timestamp": _time,
    "timestamp-offset": _offset,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "min-items": _min_items,
}

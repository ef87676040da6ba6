"""What a broken rule means, in words that continue a sentence with the name of the field."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import jsonschema_rs

from ocpi_runtime._codec.timestamps import TIMESTAMP_PATTERNS, ZONED_PATTERN, timestamp_fault

__all__ = ["message_of"]

_TYPES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_CHARACTERS = re.compile(r"\^(\[.*\])[*+]\$\Z")
_LONGEST_VALUE = 60
_NO_FORM = "matches none of the schemas that are allowed here"


def message_of(error: jsonschema_rs.ValidationError, value: Any) -> str:
    """Describe what is wrong with a value and what would be right.

    Values of peers are quoted only where the allowed ones are few; a token never is.
    """
    words = _WORDS.get(error.kind.name)
    if words is None:
        return _NO_FORM
    return words(error.kind.value, value)


def _type(allowed: Any, value: Any) -> str:
    names = [allowed] if isinstance(allowed, str) else sorted(allowed, key="null".__eq__)
    wanted = " or ".join(_TYPES[name] for name in names)
    if isinstance(value, float) and "integer" in names:
        return f"has a decimal point, but must be {wanted}"
    return f"is {_kind(value)}, but must be {wanted}"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    by_type: dict[type, str] = {str: "string", dict: "object", list: "array"}
    return _TYPES[by_type.get(type(value), "number")]


def _enum(options: Any, value: Any) -> str:
    allowed = ", ".join(str(option) for option in options if option is not None)
    return f"is {_quoted(value)}, but must be one of {allowed}"


def _quoted(value: Any) -> str:
    text = repr(value[: _LONGEST_VALUE + 1]) if isinstance(value, str) else _kind(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _pattern(pattern: Any, value: Any) -> str:
    if pattern in TIMESTAMP_PATTERNS:
        return timestamp_fault(value, zoned=pattern == ZONED_PATTERN)
    characters = _CHARACTERS.match(pattern)
    if characters is None:
        return f"does not match {pattern}"
    wrong = _others(characters[1]).search(value)
    shown = wrong[0] if wrong else ""
    return f"has the character {shown!a}, which is not allowed here"


@cache
def _others(allowed: str) -> re.Pattern[str]:
    """Compile a class of characters turned round."""
    return re.compile(f"[{allowed[2:]}" if allowed.startswith("[^") else f"[^{allowed[1:]}")


def _max_length(limit: Any, value: Any) -> str:
    return f"is {len(value)} characters long, at most {limit} are allowed"


def _min_length(limit: Any, value: Any) -> str:
    return f"is {len(value)} characters long, at least {limit} are needed"


def _max_items(limit: Any, value: Any) -> str:
    return f"has {len(value)} items, at most {limit} are allowed"


def _min_items(limit: Any, value: Any) -> str:
    return f"has {len(value)} items, at least {limit} must be there"


def _any_of(choices: list[list[jsonschema_rs.ValidationError]], _value: Any) -> str:
    """Name the fields where each choice asks for one that is missing."""
    faults = [fault.kind for choice in choices for fault in choice]
    required = jsonschema_rs.ValidationErrorKind.Required
    names = [kind.property for kind in faults if isinstance(kind, required)]
    if len(names) == len(faults) == len(choices):
        return f"must have at least one of {', '.join(names)}"
    return _NO_FORM


_WORDS: Final[dict[str, Callable[[Any, Any], str]]] = {
    "required": lambda _limit, _value: "is missing, but required",
    "type": _type,
    "enum": _enum,
    "anyOf": _any_of,
    "pattern": _pattern,
    "maxLength": _max_length,
    "minLength": _min_length,
    "maxItems": _max_items,
    "minItems": _min_items,
    "uniqueItems": lambda _limit, _value: "has the same item twice",
    "maximum": lambda limit, value: f"is {value}, at most {limit} is allowed",
    "minimum": lambda limit, value: f"is {value}, at least {limit} is needed",
    "exclusiveMaximum": lambda limit, value: f"is {value}, but must be below {limit}",
    "exclusiveMinimum": lambda limit, value: f"is {value}, but must be above {limit}",
    "multipleOf": lambda limit, value: f"is {value}, but must be a multiple of {limit}",
}

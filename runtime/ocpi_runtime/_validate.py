"""All faults of a document, as violations."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeAlias, get_args, get_origin

import jsonschema_rs

from ocpi_runtime._messages import message_of
from ocpi_runtime._schema import compiled
from ocpi_runtime._timestamps import TIMESTAMP_PATTERNS
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Model

__all__ = ["NOT_AVAILABLE", "faults", "is_valid", "pointer", "warnings"]

NOT_AVAILABLE = "#NA"
_MOST = 100
_TEXT_RULES = frozenset({"pattern", "maxLength", "minLength"})

Check: TypeAlias = Callable[[Any], bool]


def _validator(kind: Any) -> jsonschema_rs.Draft4Validator | None:
    """Find the validator of a model or a list of models; other types have none."""
    many = get_origin(kind) is list
    one = get_args(kind)[0] if many else kind
    if not (isinstance(one, type) and issubclass(one, Model) and hasattr(one, "OCPI_SCHEMAS")):
        return None
    return compiled(one.OCPI_SCHEMAS, one.__name__, many=many)


def is_valid(plain: Any, kind: Any) -> bool:
    """Tell quickly whether parsed JSON obeys the schema of a type."""
    validator = _validator(kind)
    return validator is None or validator.is_valid(plain)


def faults(plain: Any, kind: Any) -> list[Violation]:
    """List what breaks the schema of a type, at most 100 faults.

    ``#NA`` stands in for any text, but in no enumeration and no DateTime: no value could hold it.
    """
    validator = _validator(kind)
    if validator is None or validator.is_valid(plain):
        return []
    found = (each for each in validator.iter_errors(plain) if not _is_not_available(each))
    return [_violation(error) for error in islice(found, _MOST)]


def warnings(plain: Any) -> list[Violation]:
    """List where ``#NA`` stands instead of a value, at most 100 places."""
    text = "is #NA: the value is not available"
    places = islice(_places(plain, []), _MOST)
    return [Violation(pointer(p), "not-available", text, severity="warning") for p in places]


def pointer(path: list[str | int]) -> str:
    """Write a path as an RFC 6901 JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _is_not_available(error: jsonschema_rs.ValidationError) -> bool:
    return (
        error.instance == NOT_AVAILABLE
        and error.kind.name in _TEXT_RULES
        and error.kind.value not in TIMESTAMP_PATTERNS
    )


def _violation(error: jsonschema_rs.ValidationError) -> Violation:
    path = [*error.instance_path]
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        path.append(error.kind.property)
    return Violation(pointer(path), error.kind.name, message_of(error))


def _places(node: Any, path: list[str | int]) -> Iterator[list[str | int]]:
    if node == NOT_AVAILABLE:
        yield path
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _places(value, [*path, name])
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _places(value, [*path, index])

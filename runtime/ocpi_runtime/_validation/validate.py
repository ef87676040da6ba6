"""All faults of a document, as violations."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args, get_origin

import jsonschema_rs

from ocpi_runtime._codec.steps import Steps, run
from ocpi_runtime._codec.timestamps import TIMESTAMP_PATTERNS
from ocpi_runtime._validation._messages import message_of
from ocpi_runtime._validation._rules import Path, rules_of
from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime._validation.schema import compiled
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Model

__all__ = ["NOT_AVAILABLE", "fault_steps", "faults", "is_valid", "warnings"]

NOT_AVAILABLE = "#NA"
_MOST = 100
_MOST_EXEMPT = 1000
_NESTED = (dict, list)
_TEXT_RULES = frozenset({"pattern", "maxLength", "minLength"})


def _class_of(kind: Any) -> tuple[type[Model], bool] | None:
    """Return the model of a type and whether it is a list of it; None for other types."""
    many = get_origin(kind) is list
    one = get_args(kind)[0] if many else kind
    if not (isinstance(one, type) and issubclass(one, Model) and hasattr(one, "OCPI_SCHEMAS")):
        return None
    return one, many


def is_valid(plain: Any, kind: Any) -> bool:
    """Return quickly whether parsed JSON obeys the schema of a type."""
    found = _class_of(kind)
    if found is None:
        return True
    one, many = found
    return compiled(one.OCPI_SCHEMAS, one.__name__, many=many).is_valid(plain)


def faults(plain: Any, kind: Any) -> list[Violation]:
    """List what breaks the schema of a type, at most 100 faults; see :func:`fault_steps`."""
    return run(fault_steps(plain, kind))


def fault_steps(plain: Any, kind: Any) -> Steps[list[Violation]]:
    """Search step by step for what breaks the schema of a type, and end at 100 faults.

    ``#NA`` stands in for any text, but in no enumeration and no DateTime: no value could hold it.
    After 1000 such places the search ends at one more, so that its length is bounded.
    """
    listed: list[Violation] = []
    found = _class_of(kind)
    if found is None:
        return listed
    one, many = found
    exempt = 0
    for each in rules_of(one.OCPI_SCHEMAS, one.__name__, many=many).errors(plain, []):
        if each is None:
            yield
            continue
        path, error, value = each
        if _is_not_available(error, value) and exempt < _MOST_EXEMPT:
            exempt += 1
            continue
        listed.append(_violation(path, error, value))
        if len(listed) == _MOST or exempt == _MOST_EXEMPT:
            break
    return listed


def warnings(plain: Any) -> list[Violation]:
    """List where ``#NA`` is instead of a value, at most 100 places."""
    text = "is #NA: the value is not available"
    places = islice(_places(plain), _MOST)
    return [Violation(pointer(p), "not-available", text, severity="warning") for p in places]


def _is_not_available(error: jsonschema_rs.ValidationError, value: Any) -> bool:
    return (
        value == NOT_AVAILABLE
        and error.kind.name in _TEXT_RULES
        and error.kind.value not in TIMESTAMP_PATTERNS
    )


def _violation(path: Path, error: jsonschema_rs.ValidationError, value: Any) -> Violation:
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        path = [*path, error.kind.property]
    return Violation(pointer(path), error.kind.name, message_of(error, value))


def _places(plain: Any) -> Iterator[Path]:
    """Walk through parsed JSON in its order, without recursion."""
    waiting: list[tuple[Any, Path]] = [(plain, [])]
    while waiting:
        node, path = waiting.pop()
        if node == NOT_AVAILABLE:
            yield path
        elif isinstance(node, dict | list):
            parts = node.items() if isinstance(node, dict) else enumerate(node)
            inner = [
                (part, [*path, step])
                for step, part in parts
                if type(part) in _NESTED or part == NOT_AVAILABLE
            ]
            waiting += reversed(inner)

"""JSON text to models and back, and what is wrong with a text.

- Timestamps are aware datetimes; text without a zone means UTC; they leave with ``Z``.
- Decimals come from numbers only and leave as numbers; NaN and Infinity do not exist.
- A field is absent (``UNSET``), null (``None``) or a value. Unknown fields are passed over.
- Of duplicate keys in an object the last counts; :func:`check` refuses a first value that is not of
  the type of its field, because another reader could come upon it.
- Lengths, patterns and required nulls are checked by :func:`violations` and :func:`check`;
  :func:`decode` reads what can be read.
"""

from typing import Any, TypeVar

from ocpi_runtime._codec.decode import (
    check,
    check_depth,
    decode,
    parse,
    validate,
    violations_of_text,
)
from ocpi_runtime._codec.depth import DEFAULT_DEPTH
from ocpi_runtime._codec.encode import encode
from ocpi_runtime._codec.lists import BrokenItem, Item, list_steps
from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime._codec.steps import run
from ocpi_runtime._codec.timestamps import format_timestamp, parse_timestamp
from ocpi_runtime._validation.editions import in_edition
from ocpi_runtime._validation.schema import compile_schema
from ocpi_runtime._validation.schema import translated as json_schemas
from ocpi_runtime.errors import Violation

__all__ = [
    "DEFAULT_DEPTH",
    "BrokenItem",
    "Item",
    "check",
    "check_depth",
    "compile_schema",
    "decode",
    "decode_list",
    "encode",
    "format_timestamp",
    "in_edition",
    "json_schemas",
    "parse",
    "parse_timestamp",
    "prepare",
    "validate",
    "violations",
]

T = TypeVar("T")


def prepare(kind: Any) -> None:
    """Compile what reading and writing a type needs, which its first use would do otherwise."""
    plan_for(kind)


def violations(data: Any, kind: Any) -> list[Violation]:
    """List what breaks the rules of a type.

    Args:
        data: JSON text (bytes), or a model or other value, which is validated as it would be sent.
        kind: The type, such as ``Location`` or ``list[Location]``.

    Returns:
        At most 100 faults; and, as warnings, where ``#NA`` is instead of a value.

    Raises:
        MalformedRequest: The text is not JSON, or not UTF-8.
        ValueError: The value cannot be written as JSON: naive datetimes, NaN.
    """
    text = data if isinstance(data, bytes) else encode(data)
    return violations_of_text(text, kind)


def decode_list(data: bytes, kind: type[T]) -> tuple[list[Item[T]], list[BrokenItem]]:
    """Read a list so that one broken object does not lose the others.

    Args:
        data: A JSON list.
        kind: The type of its objects.

    Returns:
        What could be read, and what could not. All faults of the first 100 broken objects are
        listed, and one of each further one.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is not a list.
    """
    read = run(list_steps(data, kind))
    return read.good, read.broken

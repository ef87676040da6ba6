"""JSON text to models and back, and what is wrong with a text.

- Timestamps are aware datetimes; text without a zone means UTC; they leave with ``Z``.
- Decimals come from numbers only and leave as numbers; NaN and Infinity do not exist.
- A field is absent (``UNSET``), null (``None``) or a value. Unknown fields are passed over.
- Of duplicate keys in an object the last counts.
- Lengths, patterns and required nulls are checked by :func:`violations` and :func:`check`;
  :func:`decode` reads what can be read.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from ocpi_runtime._decode import check, check_depth, decode, parse, read_with, violations_of_text
from ocpi_runtime._depth import DEFAULT_DEPTH
from ocpi_runtime._encode import encode
from ocpi_runtime._timestamps import format_timestamp, parse_timestamp
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.types import Raw

__all__ = [
    "DEFAULT_DEPTH",
    "BrokenItem",
    "Item",
    "check",
    "check_depth",
    "decode",
    "decode_list",
    "encode",
    "format_timestamp",
    "parse",
    "parse_timestamp",
    "violations",
]

T = TypeVar("T")

_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """An object of a list that could be read.

    Attributes:
        value: The model.
        raw: The JSON text that it came in.
    """

    value: T
    raw: Raw


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """An object of a list that could not be read.

    Attributes:
        index: Its place in the list, from 0.
        raw: The JSON text that came.
        violations: What is wrong; pointers begin at the object.
    """

    index: int
    raw: Raw
    violations: tuple[Violation, ...]


def violations(data: Any, kind: Any) -> list[Violation]:
    """List what breaks the rules of a type.

    Args:
        data: JSON text (bytes), or a model or other value, which is judged as it would be sent.
        kind: The type, such as ``Location`` or ``list[Location]``.

    Returns:
        At most 100 faults; and, as warnings, where ``#NA`` stands instead of a value.

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

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is no list.
    """
    texts = [Raw(each) for each in read_with(_items, data)]
    try:
        values = decode(data, list[kind])  # type: ignore[valid-type]
    except InvalidParameters:
        return _one_by_one(texts, kind)
    return [Item(value, text) for value, text in zip(values, texts, strict=True)], []


def _one_by_one(texts: list[Raw], kind: type[T]) -> tuple[list[Item[T]], list[BrokenItem]]:
    good: list[Item[T]] = []
    broken: list[BrokenItem] = []
    for index, text in enumerate(texts):
        try:
            good.append(Item(decode(text, kind), text))
        except InvalidParameters as error:
            broken.append(BrokenItem(index, text, error.violations))
    return good, broken

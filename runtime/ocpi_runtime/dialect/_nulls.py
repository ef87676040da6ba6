"""Absent optional fields written as null, for peers that want them.

Servers made with pydantic answer HTTP 422 where a field is absent that is declared as optional, but
has no default. Their answer names each of these fields.
"""

from collections.abc import Collection
from typing import Any

import msgspec

from ocpi_runtime._codec.unreadable import read_exact
from ocpi_runtime.dialect._repairing.part import Part, root_part
from ocpi_runtime.types import Model

__all__ = ["wanted_fields", "with_nulls"]

_LONGEST_ANSWER = 256 * 1024
_write = msgspec.json.Encoder(decimal_format="number").encode


class _Fault(msgspec.Struct):
    loc: list[str | int]
    type: str = ""


class _Answer(msgspec.Struct):
    detail: list[_Fault]


_answers = msgspec.json.Decoder(_Answer)


def wanted_fields(answer: bytes, kind: type[Model]) -> frozenset[str]:
    """Return the optional fields that an answer of HTTP 422 names as missing, by class and field.

    Args:
        answer: The body of the answer.
        kind: The class that was sent. Of a partial object, in which null would remove what the peer
            has, nothing is wanted.
    """
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    if part.is_patch or len(answer) > _LONGEST_ANSWER:
        return frozenset()
    try:
        faults = _answers.decode(answer).detail
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset()
    missing = (each.loc[1:] for each in faults if each.type.endswith("missing"))
    return frozenset(name for path in missing if (name := _named(part, path)))


def _named(part: Part | None, path: list[str | int]) -> str:
    """Return class and field of a path; empty where the class has no such optional field."""
    for step in path[:-1]:
        if part is None:
            return ""
        part = part.items if isinstance(step, int) else part.field_part(step)
    name = path[-1] if path else ""
    if part is None or name not in part.properties or name in part.required:
        return ""
    return f"{part.name}.{name}"


def with_nulls(text: bytes, kind: type[Model], fields: Collection[str]) -> bytes:
    """Write an object with null in place of some absent fields.

    Args:
        text: Its JSON text.
        kind: Its class.
        fields: The fields, by class and field.
    """
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    if part.is_patch or not fields:
        return text
    value = read_exact(text)
    _fill(part, value, fields)
    return _write(value)


def _fill(part: Part, value: Any, fields: Collection[str]) -> None:
    if isinstance(value, list) and part.items is not None:
        for item in value:
            _fill(part.items, item, fields)
    if not isinstance(value, dict):
        return
    for name in part.properties:
        found = part.field_part(name)
        if name not in value and f"{part.name}.{name}" in fields:
            value[name] = None
        elif found is not None and name in value:
            _fill(found, value[name], fields)

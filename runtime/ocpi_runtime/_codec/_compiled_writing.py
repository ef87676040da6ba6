"""Objects that msgspec writes as OCPI wants them, found out from their timestamps and numbers.

To look at these costs less than to look for them in the text that is written. A function for each
class, made of source, does so without a call for each part of an object.
"""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import inspect

from ocpi_runtime._codec.plan import parts_of

__all__ = ["Write", "compile_write", "write_plainly"]

Write: TypeAlias = Callable[[Any], bytes]

_INDENT: Final = "    "
_LARGEST: Final = 256 * 1024
"""Bytes of the largest memory that is kept for the next object."""
_SOURCE: Final = """
def write(value):
    try:
        {checks}
    except (AttributeError, TypeError):  # a part of the value is not of its type
        return otherwise(value)
    {writing}
"""
_SMALL: Final = "return encode(value)"
_LARGE: Final = f"""
    try:
        buffer = pop()
    except IndexError:
        buffer = bytearray()
    write_into(value, buffer)
    text = b"" + buffer
    if len(buffer) <= {_LARGEST}:
        push(buffer)
    return text
"""
"""Writes into memory that need not grow each time: a part of each function, to save a call. For
objects of a few hundred bytes memory of their own takes less."""
_BUFFERS: Final[list[bytearray]] = []
"""Memory that was written to before, and that nobody writes to now."""
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_NAMES: Final[dict[str, Any]] = {
    "UTC": UTC,
    "encode": _ENCODER.encode,
    "pop": _BUFFERS.pop,
    "push": _BUFFERS.append,
    "write_into": _ENCODER.encode_into,
}


class _NotCompiledError(Exception):
    """A type holds what is not known before an object is there."""


def compile_write(info: inspect.Type, otherwise: Write) -> Write:
    """Compile how values of a type are written.

    Args:
        info: The type, taken apart by msgspec.
        otherwise: Writes a value that msgspec does not write as OCPI wants it: one with a timestamp
            that is not in UTC or not of whole seconds, or a Decimal that is not finite.
    """
    try:
        checks = _Source().lines(info, "value")
    except _NotCompiledError:
        return otherwise
    return _compiled(checks, otherwise, small=not _has_lists_of_objects(info))


def _has_lists_of_objects(info: inspect.Type) -> bool:
    lists = (each for each in parts_of(info) if isinstance(each, inspect.ListType))
    return any(isinstance(each.item_type, inspect.StructType) for each in lists)


def _compiled(checks: list[str], otherwise: Write | None = None, *, small: bool = False) -> Write:
    lines = f"\n{_INDENT * 2}".join(checks or ["pass"])
    source = _SOURCE.format(checks=lines, writing=_SMALL if small else _LARGE)
    names = {**_NAMES, "otherwise": otherwise}
    exec(source, names)  # noqa: S102 - its names are those of the fields of a class
    write: Write = names["write"]
    return write


write_plainly: Final = _compiled([])
"""Write a value as msgspec does."""


class _Source:
    """Writes the lines that look at a value."""

    def __init__(self) -> None:
        self._within: list[type] = []
        self._count = 0

    def lines(self, info: inspect.Type, name: str) -> list[str]:
        """Return the lines for the value of a variable; none where there is nothing to look at."""
        if isinstance(info, inspect.DateTimeType):
            return [f"if {name}.tzinfo is not UTC or {name}.microsecond: return otherwise(value)"]
        if isinstance(info, inspect.DecimalType):
            return [f"if not {name}.is_finite(): return otherwise(value)"]
        if isinstance(info, inspect.ListType):
            item = self._variable()
            return _below(f"for {item} in {name}:", self.lines(info.item_type, item))
        if isinstance(info, inspect.UnionType):
            return self._union(info, name)
        return [*self._struct(info, name)] if isinstance(info, inspect.StructType) else []

    def _union(self, info: inspect.UnionType, name: str) -> list[str]:
        found = [lines for each in info.types if (lines := self.lines(each, name))]
        others = [each for each in info.types if not isinstance(each, inspect.NoneType)]
        if found and len(others) > 1:
            raise _NotCompiledError
        return _below(f"if {name}:", found[0]) if found else []

    def _struct(self, info: inspect.StructType, name: str) -> Iterator[str]:
        if info.cls in self._within:
            raise _NotCompiledError
        self._within.append(info.cls)
        for field in info.fields:
            part = self._variable()
            lines = self.lines(field.type, part)
            if lines:
                yield f"{part} = {name}.{field.name}"
                yield from lines
        self._within.pop()

    def _variable(self) -> str:
        self._count += 1
        return f"part{self._count}"


def _below(head: str, lines: list[str]) -> list[str]:
    """Return lines below the one that leads to them; none where there are none."""
    return [head, *(f"{_INDENT}{line}" for line in lines)] if lines else []

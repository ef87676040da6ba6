"""Objects that msgspec writes as OCPI wants them, found out from their timestamps and numbers.

To look at these costs less than to look for them in the text that is written. A function for each
class, made of source, does so without a call for each part of an object.
"""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any, Final, TypeAlias

from msgspec import inspect

__all__ = ["Write", "compile_write"]

Write: TypeAlias = Callable[[Any], bytes]

_INDENT: Final = "    "
_SOURCE: Final = """
def write(value):
    try:
        {checks}
    except (AttributeError, TypeError):  # a part of the value is not of its type
        return otherwise(value)
    return plainly(value)
"""


class _NotCompiledError(Exception):
    """A type holds what is not known before an object is there."""


def compile_write(info: inspect.Type, plainly: Write, otherwise: Write) -> Write:
    """Compile how values of a type are written.

    Args:
        info: The type, taken apart by msgspec.
        plainly: Writes a value whose timestamps are in UTC and of whole seconds, and whose
            Decimals are finite.
        otherwise: Writes any other value.
    """
    try:
        checks = _Source().lines(info, "value")
    except _NotCompiledError:
        return otherwise
    if not checks:
        return plainly
    source = _SOURCE.format(checks=f"\n{_INDENT * 2}".join(checks))
    names: dict[str, Any] = {"UTC": UTC, "plainly": plainly, "otherwise": otherwise}
    exec(source, names)  # noqa: S102 - its names are those of the fields of a class
    write: Write = names["write"]
    return write


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

"""Copies of objects with text for the timestamps that msgspec writes otherwise than OCPI."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, inspect, structs, to_builtins

from ocpi_runtime._codec.timestamps import format_timestamp

__all__ = ["Adjust", "adjusted", "compile_adjust"]

Adjust: TypeAlias = Callable[[Any], Any]
"""Takes a value and returns it, or a copy with text where it has to be adjusted.

Raises ValueError for a naive datetime and for a number that is not finite.
"""


def compile_adjust(info: inspect.Type) -> Adjust | None:
    """Compile the adjustment of a type; None where it has neither timestamps nor Decimals."""
    return _Compiler().adjust(info)


class _Compiler:
    def __init__(self) -> None:
        self._structs: dict[type, Adjust | None] = {}

    def adjust(self, info: inspect.Type) -> Adjust | None:
        if isinstance(info, inspect.DateTimeType):
            return _timestamp
        if isinstance(info, inspect.DecimalType):
            return _finite
        if isinstance(info, inspect.ListType):
            item = self.adjust(info.item_type)
            return _items(item) if item else None
        if isinstance(info, inspect.UnionType):
            members = [found for each in info.types if (found := self.adjust(each))]
            return _members(members) if len(members) > 1 else next(iter(members), None)
        return self._struct(info) if isinstance(info, inspect.StructType) else None

    def _struct(self, info: inspect.StructType) -> Adjust | None:
        if info.cls not in self._structs:
            fields: list[tuple[str, Adjust]] = []
            self._structs[info.cls] = _fields(info.cls, fields)
            found = ((each.name, self.adjust(each.type)) for each in info.fields)
            fields.extend((name, adjust) for name, adjust in found if adjust)
            if not fields:
                self._structs[info.cls] = None
        return self._structs[info.cls]


def _fields(kind: type[Struct], fields: list[tuple[str, Adjust]]) -> Adjust:
    """Return the adjustment of an object; the fields may be added later."""

    def adjust(value: Any) -> Any:
        if not isinstance(value, kind):
            return _of_another_type(value)
        changes = {}
        for name, adjust_field in fields:
            part = getattr(value, name)
            new = adjust_field(part)
            if new is not part:
                changes[name] = new
        return structs.replace(value, **changes) if changes else value

    return adjust


def _items(item: Adjust) -> Adjust:
    def adjust(value: Any) -> Any:
        return [*map(item, value)] if isinstance(value, list) else _of_another_type(value)

    return adjust


def _members(members: list[Adjust]) -> Adjust:
    """Return the adjustment of a value that is of one of several types."""

    def adjust(value: Any) -> Any:
        for member in members:
            value = member(value)
        return value

    return adjust


def _of_another_type(value: Any) -> Any:
    return value if value is None or value is UNSET else adjusted(value)


def adjusted(value: Any) -> Any:
    """Return builtins for a value of any type, adjusted.

    Raises:
        ValueError: With the place of the first value in it that has to be refused.
        TypeError: A value has no form in JSON.
    """
    builtin_types = (datetime, Decimal)
    return _adjusted(to_builtins(value, builtin_types=builtin_types, str_keys=True), "$")


def _adjusted(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return {name: _adjusted(each, f"{place}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_adjusted(each, f"{place}[{index}]") for index, each in enumerate(value)]
    try:
        return _finite(_timestamp(value))
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _timestamp(value: Any) -> Any:
    if not isinstance(value, datetime) or (value.tzinfo is UTC and not value.microsecond):
        return value
    return format_timestamp(value)


def _finite(value: Any) -> Any:
    if isinstance(value, Decimal):
        is_finite = value.is_finite()
    else:
        is_finite = not isinstance(value, float) or isfinite(value)
    if not is_finite:
        raise ValueError(f"{value} cannot be represented in JSON.")
    return value

"""Walks through JSON builtins to where a type has timestamps and decimals, and nowhere else."""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import inspect

__all__ = ["Walk", "compile_walk"]

Walk: TypeAlias = Callable[[Any], Any]
"""Takes a value and gives it back changed. Dicts are changed in place."""


def compile_walk(info: inspect.Type, *, time: Walk, number: Walk) -> Walk | None:
    """Compile the walk for a type.

    Args:
        info: The type, taken apart by msgspec.
        time: What to do with a value where a timestamp is due.
        number: What to do with a value where a Decimal is due.

    Returns:
        None where the type has neither.
    """
    return _Compiler(time, number).walk(info)


class _Compiler:
    def __init__(self, time: Walk, number: Walk) -> None:
        self._time = time
        self._number = number
        self._structs: dict[type, Walk | None] = {}

    def walk(self, info: inspect.Type) -> Walk | None:
        if isinstance(info, inspect.DateTimeType):
            return self._time
        if isinstance(info, inspect.DecimalType):
            return self._number
        if isinstance(info, inspect.ListType):
            item = self.walk(info.item_type)
            return _over_list(item) if item else None
        if isinstance(info, inspect.UnionType):
            return _one_after_another([w for each in info.types if (w := self.walk(each))])
        return self._struct(info) if isinstance(info, inspect.StructType) else None

    def _struct(self, info: inspect.StructType) -> Walk | None:
        if info.cls in self._structs:
            return self._structs[info.cls]
        fields: list[tuple[str, Walk]] = []

        def walk(value: Any) -> Any:
            if isinstance(value, dict):
                for name, field in fields:
                    if name in value:
                        value[name] = field(value[name])
            return value

        self._structs[info.cls] = walk
        walks = ((each.encode_name, self.walk(each.type)) for each in info.fields)
        fields.extend((name, field) for name, field in walks if field)
        self._structs[info.cls] = walk if fields else None
        return self._structs[info.cls]


def _over_list(item: Walk) -> Walk:
    def walk(value: Any) -> Any:
        return [item(each) for each in value] if isinstance(value, list) else value

    return walk


def _one_after_another(members: list[Walk]) -> Walk | None:
    if len(members) <= 1:
        return members[0] if members else None

    def walk(value: Any) -> Any:
        for member in members:
            value = member(value)
        return value

    return walk

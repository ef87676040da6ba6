"""Walks through JSON builtins to where a type has timestamps and decimals, and nowhere else."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec import inspect

from ocpi_runtime._codec.steps import Steps

__all__ = ["Walk", "compile_walk", "walk_steps"]

Walk: TypeAlias = Callable[[Any], Any]
"""Takes a value and returns it changed. Dicts are changed in place."""

_GROUP: Final = 100


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


def walk_steps(walk: Walk, value: Any) -> Steps[Any]:
    """Walk through a large value in steps, after each of which long lists can be interrupted."""
    if isinstance(walk, _Fields | _Items | _Members):
        return (yield from walk.steps(value))
    return walk(value)


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
            return _Items(item) if item else None
        if isinstance(info, inspect.UnionType):
            members = [w for each in info.types if (w := self.walk(each))]
            return _Members(members) if len(members) > 1 else next(iter(members), None)
        return self._struct(info) if isinstance(info, inspect.StructType) else None

    def _struct(self, info: inspect.StructType) -> Walk | None:
        if info.cls in self._structs:
            return self._structs[info.cls]
        fields: list[tuple[str, Walk]] = []
        self._structs[info.cls] = walk = _Fields(fields)
        walks = ((each.encode_name, self.walk(each.type)) for each in info.fields)
        fields.extend((name, field) for name, field in walks if field)
        self._structs[info.cls] = walk if fields else None
        return self._structs[info.cls]


class _Fields:
    """The walk through an object."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[tuple[str, Walk]]) -> None:
        self._fields = fields

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            for name, field in self._fields:
                if name in value:
                    value[name] = field(value[name])
        return value

    def steps(self, value: Any) -> Steps[Any]:
        if isinstance(value, dict):
            for name, field in self._fields:
                if name in value:
                    value[name] = yield from walk_steps(field, value[name])
        return value


class _Items:
    """The walk through a list."""

    __slots__ = ("_item",)

    def __init__(self, item: Walk) -> None:
        self._item = item

    def __call__(self, value: Any) -> Any:
        item = self._item
        return [item(each) for each in value] if isinstance(value, list) else value

    def steps(self, value: Any) -> Steps[Any]:
        if isinstance(value, list):
            for index, each in enumerate(value):
                value[index] = yield from walk_steps(self._item, each)
                if index % _GROUP == 0:
                    yield
        return value


class _Members:
    """The walk through a value that is of one of several types."""

    __slots__ = ("_members",)

    def __init__(self, members: list[Walk]) -> None:
        self._members = members

    def __call__(self, value: Any) -> Any:
        for member in self._members:
            value = member(value)
        return value

    def steps(self, value: Any) -> Steps[Any]:
        for member in self._members:
            value = yield from walk_steps(member, value)
        return value

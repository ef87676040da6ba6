"""Objects that are read as far as they can be."""

from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
from msgspec import inspect

from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime.types import UNSET, Model, Timestamp

__all__ = ["read_partly"]


def read_partly(value: Any, kind: type[Model]) -> Model | None:
    """Read what can be read of an object.

    A field that is absent or of another type is UNSET, an unknown enum value is its text.

    Args:
        value: JSON of the object, parsed, with exact numbers.
        kind: The class.

    Returns:
        None where nothing of the class can be read.
    """
    info = plan_for(kind).info
    found = _part_of(value, info)
    return found if isinstance(found, Model) and _has_any(found) else None


def _part_of(value: Any, info: inspect.Type) -> Any:
    if isinstance(info, inspect.StructType):
        return _struct(value, info)
    if isinstance(info, inspect.ListType):
        return _items(value, info)
    if isinstance(info, inspect.UnionType):
        return _member(value, info)
    if isinstance(info, inspect.EnumType):
        return _enum(value, info.cls)
    return _plain(value, info)


def _struct(value: Any, info: inspect.StructType) -> Any:
    if not isinstance(value, dict):
        return UNSET
    given: dict[str, Any] = {each.name: UNSET for each in info.fields}
    for each in info.fields:
        if each.encode_name in value:
            given[each.name] = _part_of(value[each.encode_name], each.type)
    return info.cls(**given)


def _items(value: Any, info: inspect.ListType) -> Any:
    if not isinstance(value, list):
        return UNSET
    return [part for each in value if (part := _part_of(each, info.item_type)) is not UNSET]


def _member(value: Any, info: inspect.UnionType) -> Any:
    if value is None:
        return None if any(isinstance(each, inspect.NoneType) for each in info.types) else UNSET
    found = (_part_of(value, each) for each in info.types if not isinstance(each, inspect.NoneType))
    return next((each for each in found if each is not UNSET), UNSET)


def _enum(value: Any, kind: type[Enum]) -> Any:
    if not isinstance(value, str):
        return UNSET
    try:
        return kind(value)
    except ValueError:
        return value


def _plain(value: Any, info: inspect.Type) -> Any:
    if isinstance(info, inspect.DecimalType):
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return Decimal(value) if is_number else UNSET
    if isinstance(info, inspect.DateTimeType):
        return _moment(value)
    kinds = {
        inspect.StrType: str, inspect.IntType: int, inspect.BoolType: bool,
    }  # fmt: skip
    kind = kinds.get(type(info))
    return value if kind is not None and type(value) is kind else UNSET


def _moment(value: Any) -> Any:
    text = value if isinstance(value, str) else ""
    for each in (text, f"{text}Z"):
        try:
            return msgspec.convert(each, Timestamp)
        except msgspec.ValidationError:
            continue
    return UNSET


def _has_any(found: Model) -> bool:
    return any(getattr(found, each) is not UNSET for each in found.__struct_fields__)

"""Objects in which every field is there, and every value of every enumeration once."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import inspect

from ocpi_runtime.types import Model, OpenEnum

MOMENT = datetime(2024, 6, 29, 20, 39, 9, tzinfo=UTC)
_TEXTS = {
    "latitude": "52.089444",
    "longitude": "5.110278",
    "period_begin": "06:00",
    "period_end": "22:00",
    "start_time": "06:00",
    "end_time": "22:00",
    "start_date": "2024-01-01",
    "end_date": "2024-12-31",
    "country": "NLD",
    "time_zone": "Europe/Amsterdam",
}
_DECIMALS = frozenset(
    {"kwh", "volume", "price", "total_cost", "min_kwh", "max_kwh", "min_power", "max_power"}
)


def complete(kind: Any, turn: int = 0) -> Any:
    """Make an object; each enumeration in it has its value number ``turn``, around and around.

    Open enumerations have a value of their own besides.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return kind(**{each.name: _value(each.type, each.name, turn) for each in info.fields})


def turns(kind: type[Model]) -> int:
    """Count the values of the largest enumeration in a class."""
    return max((len(each) + 1 for each in _enumerations(inspect.type_info(kind))), default=1)


def _value(info: inspect.Type, name: str, turn: int) -> Any:
    match info:
        case inspect.UnionType():
            inner = next(each for each in info.types if not isinstance(each, inspect.NoneType))
            return _value(inner, name, turn)
        case inspect.StructType():
            return complete(info.cls, turn)
        case inspect.ListType():
            return [_value(info.item_type, name, turn)]
        case inspect.EnumType():
            values = [*info.cls, info.cls("OWN")] if issubclass(info.cls, OpenEnum) else [*info.cls]
            return values[turn % len(values)]
    return _SCALARS[type(info)](name)


def _flag(name: str) -> bool:
    return name not in {"credit", "twentyfourseven"}


def _text(name: str) -> str:
    return "5.25" if name in _DECIMALS else _TEXTS.get(name, "NL")


_SCALARS: dict[type[inspect.Type], Callable[[str], Any]] = {
    inspect.BoolType: _flag,
    inspect.StrType: _text,
    inspect.IntType: lambda _: 5,
    inspect.DecimalType: lambda _: Decimal("5.25"),
    inspect.DateTimeType: lambda _: MOMENT,
}


def _enumerations(info: inspect.Type) -> list[Any]:
    match info:
        case inspect.UnionType():
            return [found for each in info.types for found in _enumerations(each)]
        case inspect.StructType():
            return [found for each in info.fields for found in _enumerations(each.type)]
        case inspect.ListType():
            return _enumerations(info.item_type)
        case inspect.EnumType():
            return [info.cls]
    return []

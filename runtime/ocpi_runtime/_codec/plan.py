"""What has to be known of a type before its JSON can be read and written, found out once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import jsonschema_rs
import msgspec
from msgspec import inspect

__all__ = ["Plan", "finder", "parts_of", "plan_for"]

Finder: TypeAlias = Callable[[str], bool]

_WRITTEN_AS_IT_IS = (
    inspect.StructType,
    inspect.ListType,
    inspect.UnionType,
    inspect.StrType,
    inspect.IntType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.EnumType,
    inspect.RawType,
)
# Spelled out: with counts like {2} the search takes several times as long.
_ZONELESS: Final = r'[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?"'


@dataclass(frozen=True, slots=True)
class Plan:
    """How JSON of a type is read and written.

    Attributes:
        info: The type, taken apart by msgspec.
        read: The decoder of msgspec.
        suspects: Find what the decoder reads too generously: quoted numbers where a Decimal is
            due; timestamps without a zone, unless the type itself refuses them.
        plain_writing: Whether msgspec writes everything in the type as OCPI wants it, but for
            timestamps and numbers.
    """

    info: inspect.Type
    read: Callable[[bytes], Any]
    suspects: tuple[Finder, ...]
    plain_writing: bool


@cache
def finder(pattern: str) -> Finder:
    """Compile a search in text, several times faster than ``re`` on long texts."""
    options = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft4Validator({"pattern": pattern}, pattern_options=options).is_valid


@cache
def plan_for(kind: Any) -> Plan:
    """Make the plan of a type."""
    info = inspect.type_info(kind)
    parts = [*_parts("", info, set())]
    times = [part for _, part in parts if isinstance(part, inspect.DateTimeType)]
    numbers = {name for name, part in parts if isinstance(part, inspect.DecimalType)}
    others = [part for _, part in parts if part not in times]
    return Plan(
        info=info,
        read=msgspec.json.Decoder(kind).decode,
        suspects=tuple(finder(pattern) for pattern in _suspects(times, numbers)),
        plain_writing=all(
            isinstance(part, (*_WRITTEN_AS_IT_IS, inspect.DecimalType)) for part in others
        ),
    )


def _suspects(times: list[inspect.DateTimeType], numbers: set[str]) -> Iterator[str]:
    if "" in numbers:
        yield '"'
    for name in sorted(numbers - {""}):
        yield rf'"{name}"\s*:\s*(?:"|\[[^\]]*")'
    if any(each.tz is not True for each in times):
        yield _ZONELESS


def parts_of(info: inspect.Type) -> list[inspect.Type]:
    """List all types that a type is made of."""
    return [part for _, part in _parts("", info, set())]


def _parts(name: str, info: inspect.Type, seen: set[type]) -> Iterator[tuple[str, inspect.Type]]:
    """Return all types that a type is made of, each with the field that holds it."""
    yield name, info
    if isinstance(info, inspect.StructType) and info.cls not in seen:
        seen.add(info.cls)
        for each in info.fields:
            yield from _parts(each.encode_name, each.type, seen)
    elif isinstance(info, inspect.ListType):
        yield from _parts(name, info.item_type, seen)
    elif isinstance(info, inspect.UnionType):
        for member in info.types:
            yield from _parts(name, member, seen)

"""What has to be known of a type before its JSON can be read and written, found out once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
from msgspec import inspect

__all__ = ["Finder", "Plan", "plan_for"]

_EXACTLY_WRITTEN = (
    inspect.StructType,
    inspect.ListType,
    inspect.UnionType,
    inspect.StrType,
    inspect.IntType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.EnumType,
    inspect.DateTimeType,
    inspect.DecimalType,
    inspect.RawType,
)


class Finder:
    """Searches text for a pattern, several times faster than ``re`` does on long texts."""

    __slots__ = ("_found",)

    def __init__(self, pattern: str) -> None:
        self._found = jsonschema_rs.Draft4Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        ).is_valid

    def __call__(self, text: str) -> bool:
        """Tell whether the pattern occurs."""
        return self._found(text)


@dataclass(frozen=True, slots=True)
class Plan:
    """How JSON of a type is read and written.

    Attributes:
        decoder: Reads it.
        info: The type, taken apart by msgspec.
        suspects: Patterns of texts that the decoder might have read too generously: quoted
            numbers where a Decimal is due; timestamps without a zone, unless the type itself
            refuses them.
        plain_writing: Whether msgspec writes everything in it as OCPI wants it, but for some
            timestamps and numbers, which can be recognized in the text.
    """

    decoder: msgspec.json.Decoder[Any]
    info: inspect.Type
    suspects: tuple[Finder, ...]
    plain_writing: bool


@cache
def plan_for(kind: Any) -> Plan:
    """Make the plan of a type."""
    info = inspect.type_info(kind)
    suspects: list[Finder] = []
    plain_writing, zoneless = True, False
    names: set[str] = set()
    for name, each in _parts("", info, set()):
        plain_writing &= isinstance(each, _EXACTLY_WRITTEN)
        zoneless |= isinstance(each, inspect.DateTimeType) and each.tz is not True
        if isinstance(each, inspect.DecimalType):
            names.add(name)
    suspects.extend(Finder(rf'"{name}"\s*:\s*\[?\s*"') for name in sorted(names - {""}))
    if "" in names:
        suspects.append(Finder('"'))
    if zoneless:
        suspects.append(Finder(r'[Tt ][0-9:]{5,8}(?:\.[0-9]+)?"'))
    return Plan(msgspec.json.Decoder(kind), info, tuple(suspects), plain_writing)


def _parts(name: str, info: inspect.Type, seen: set[type]) -> Iterator[tuple[str, inspect.Type]]:
    """Give all types that a type is made of, each with the field that holds it."""
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

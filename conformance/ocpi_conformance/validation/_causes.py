"""Faults of many objects, grouped by rule and field."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ocpi_conformance.validation._specification import FieldClause, clause_of, field_of

__all__ = ["Cause", "Causes", "Example", "ObjectFault", "shown"]

_LONGEST: Final = 120
_VALUES: Final = 50
_SHOWN_VALUES: Final = 5
_SECRET: Final = frozenset({"token"})


@dataclass(frozen=True, slots=True)
class ObjectFault:
    """What is wrong at one place of an object.

    Attributes:
        rule: Its id.
        pointer: Where, within the object.
        message: What is wrong, and what would be right.
        value: What is there; absent where nothing does.
        repair: The id of the rule that repairs it; empty where none does.
    """

    rule: str
    pointer: str
    message: str
    value: Any = msgspec.UNSET
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """The first place of a cause: the object, the position in the text, and the value."""

    object: int
    id: str
    pointer: str
    message: str
    value: Any

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON builtins, without a value if there is none."""
        data = {
            "object": self.object,
            "id": self.id,
            "pointer": self.pointer,
            "message": self.message,
        }
        return data if self.value is msgspec.UNSET else {**data, "value": self.value}


@dataclass(frozen=True, slots=True)
class Cause:
    """Faults of one rule in one field.

    Attributes:
        rule: Its id.
        field: Such as ``evses[].uid``.
        count: The objects that have it.
        places: How often it occurs in them.
        share: The part of all objects that have it, from 0 to 1.
        example: The first one.
        values: The most frequent values, each with its count.
        repairs: The rules of dialects that repair it.
        clause: What the specification says.
    """

    rule: str
    field: str
    count: int
    places: int
    share: float
    example: Example
    values: tuple[tuple[str, int], ...]
    repairs: tuple[str, ...]
    clause: FieldClause

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON builtins."""
        return {
            "rule": self.rule,
            "field": self.field,
            "count": self.count,
            "share": round(self.share, 4),
            "places": self.places,
            "example": self.example.as_data(),
            "values": [list(each) for each in self.values],
            "repairs": list(self.repairs),
            "specification": {
                "text": self.clause.text,
                "section": self.clause.section,
                "url": self.clause.url,
            },
        }


@dataclass(slots=True)
class _Group:
    example: Example
    count: int = 0
    places: int = 0
    last: int = -1
    values: Counter[str] = field(default_factory=Counter)
    repairs: set[str] = field(default_factory=set)


class Causes:
    """Collects the faults of objects of one class."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Group] = {}

    def add(
        self, faults: Iterable[ObjectFault], index: int, uid: str, pointer: str, *, times: int = 1
    ) -> None:
        """Count the faults of an object.

        Args:
            faults: What is wrong.
            index: The number of the object.
            uid: Its id.
            pointer: Where it is in its text.
            times: How many objects have the same faults.
        """
        for each in faults:
            key = (each.rule, field_of(each.pointer))
            group = self._groups.get(key)
            if group is None:
                value = shown(each.value, each.pointer)
                example = Example(index, uid, pointer + each.pointer, each.message, value)
                group = self._groups[key] = _Group(example)
            group.places += times
            if group.last != index:
                group.last = index
                group.count += times
            if each.repair:
                group.repairs.add(each.repair)
            _count_value(group, each)

    def listed(self, objects: int, version: str, name: str) -> list[Cause]:
        """Return what was collected, the most frequent first."""
        return sorted(self._causes(objects, version, name), key=lambda each: -each.count)

    def _causes(self, objects: int, version: str, name: str) -> Iterator[Cause]:
        for (rule, place), group in self._groups.items():
            yield Cause(
                rule=rule,
                field=place,
                count=group.count,
                places=group.places,
                share=group.count / objects,
                example=group.example,
                values=tuple(group.values.most_common(_SHOWN_VALUES)),
                repairs=tuple(sorted(group.repairs)),
                clause=clause_of(version, name, place),
            )


def _count_value(group: _Group, fault: ObjectFault) -> None:
    if isinstance(fault.value, str | int | float | bool) and not _is_secret(fault.pointer):
        text = str(fault.value)[:_LONGEST]
        if text in group.values or len(group.values) < _VALUES:
            group.values[text] += 1


def shown(value: Any, pointer: str) -> Any:
    """Return a value for display: cut if it is long, and without tokens."""
    if value is msgspec.UNSET or value is None or isinstance(value, bool | int | float):
        return value
    if _is_secret(pointer):
        return "***"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > _LONGEST:
        return f"{text[:_LONGEST]}…"
    return value


def _is_secret(pointer: str) -> bool:
    return pointer.rpartition("/")[2] in _SECRET

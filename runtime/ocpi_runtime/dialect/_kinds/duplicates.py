"""EVSEs that a location has twice."""

from collections.abc import Iterator
from operator import attrgetter, itemgetter
from typing import Any, Final

from msgspec import Struct

from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "is_twice", "later_twins", "uid_lists"]

RULES: Final = (
    Rule(
        "duplicate-uid",
        "lenient",
        "Of two EVSEs with the same uid the one that was updated last is kept.",
        "locations: EVSE",
    ),
)


def uid_lists(part: Part) -> tuple[str, ...]:
    """Return the fields of a class that are lists of objects with a uid of their own."""
    parts = ((name, part.field_part(name)) for name in part.properties)
    return tuple(
        name for name, each in parts if each and each.items and "uid" in each.items.required
    )


def is_twice(items: Any) -> bool:
    """Return whether a list has two objects with one uid, in fields or attributes."""
    try:
        uid = attrgetter("uid") if isinstance(items[0], Struct) else itemgetter("uid")
        uids = [uid(each).casefold() for each in items]
    except (
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
    ):  # not all of them are objects with a uid
        uids = [*_uids(items)]
    return len(set(uids)) < len(uids)


def later_twins(items: list[Any]) -> list[int]:
    """Return the indexes of objects that another one with the same uid outdates."""
    kept: dict[str, int] = {}
    outdated: list[int] = []
    for index, item in enumerate(items):
        uid = next(_uids([item]), None)
        if uid is None:
            continue
        other = kept.setdefault(uid, index)
        if other != index:
            newer = _updated(item) > _updated(items[other])
            outdated.append(other if newer else index)
            kept[uid] = index if newer else other
    return sorted(outdated)


def _uids(items: Any) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        uid = item.get("uid") if isinstance(item, dict) else None
        if isinstance(uid, str):
            yield uid.casefold()


def _updated(item: dict[str, Any]) -> str:
    return str(item.get("last_updated"))

"""What no schema holds and a dialect repairs all the same: codes, EVSEs that come twice."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from msgspec import Struct

from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime.dialect._kinds.codes import is_country_field, proper_country, proper_currency
from ocpi_runtime.dialect._kinds.duplicates import is_twice, later_twins, uid_lists
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._repairs import Repairs
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import UNSET

__all__ = ["faults_beyond_schema", "has_rules_beyond_schema", "repair_beyond_schema"]

Path: TypeAlias = tuple[str, ...]

_CODES = {"country": "country-code", "currency": "currency-code"}
_MEANT = {
    "country": "a country of ISO 3166-1 alpha-3", "currency": "a currency of ISO 4217",
}  # fmt: skip
_TWICE = "duplicate-uid"
_OBJECTS = (dict, Struct)


def has_rules_beyond_schema(part: Part) -> bool:
    """Return whether any of these rules is about a class."""
    return _checked_fields(part) is not None


def faults_beyond_schema(part: Part, value: Any, active: frozenset[str]) -> list[Violation]:
    """List what breaks a rule that no schema holds, as far as a rule that is on repairs it.

    Args:
        part: The class.
        value: The object: parsed JSON, or with fields as attributes.
        active: The ids of the rules that are on.
    """
    checked = _checked_fields(part)
    if checked is None or not isinstance(value, _OBJECTS):
        return []
    codes, lists = checked
    found: list[Violation] = []
    for path in codes:
        holder, name = _holder(path, value), path[-1]
        if holder is None or _CODES[name] not in active:
            continue
        code = _field(holder, name)
        if code != _proper(name, code):
            text = f"is {code!r}, but must be {_MEANT[name]}"
            found.append(Violation(pointer([*path]), name, text))
    if _TWICE in active:
        twice = [name for name in lists if is_twice(_field(value, name))]
        found += [Violation(f"/{name}", "duplicate", "has the same uid twice") for name in twice]
    return found


def repair_beyond_schema(part: Part, value: Any, repairs: Repairs) -> None:
    """Repair what breaks these rules."""
    checked = _checked_fields(part)
    if checked is None or not isinstance(value, dict):
        return
    codes, lists = checked
    for path in codes:
        holder, name = _holder(path, value), path[-1]
        if holder is None or not repairs.is_on(_CODES[name]):
            continue
        before = holder[name]
        holder[name] = _proper(name, before)
        if holder[name] != before:
            repairs.add(_CODES[name], before, holder[name], *path)
    if repairs.is_on(_TWICE):
        for name in filter(lambda each: is_twice(value.get(each)), lists):
            for index in reversed(later_twins(value[name])):
                repairs.add(_TWICE, value[name].pop(index), UNSET, name, index)


def _proper(name: str, value: str) -> Any:
    return proper_currency(value) if name == "currency" else proper_country(value, 3)


def _holder(path: Path, value: Any) -> Any:
    """Return the object that a path leads to, if it has a text in the field at the end."""
    for step in path[:-1]:
        value = _field(value, step)
    return value if isinstance(_field(value, path[-1]), str) else None


def _field(value: Any, name: str) -> Any:
    """Return a field of an object; None where there is none."""
    if isinstance(value, dict):
        return value.get(name)
    return getattr(value, name, None) if isinstance(value, Struct) else None


@cache
def _checked_fields(part: Part) -> tuple[tuple[Path, ...], tuple[str, ...]] | None:
    """Find where a class has countries and currencies, and lists of objects with a uid."""
    codes = tuple(_codes(part, ()))
    lists = uid_lists(part)
    return (codes, lists) if codes or lists else None


def _codes(part: Part, path: Path) -> Iterator[Path]:
    for name in part.properties:
        field = part.field_part(name)
        if field is None:
            continue
        if name == "currency" or (name == "country" and is_country_field(field)):
            yield (*path, name)
        elif not path and "object" in field.types:
            yield from _codes(field, (name,))

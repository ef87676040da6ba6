"""What no schema holds and a dialect repairs all the same: country codes, EVSEs that come twice."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime.dialect._kinds.codes import is_country_field, proper_country
from ocpi_runtime.dialect._kinds.duplicates import is_twice, later_twins, uid_lists
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._repairs import Repairs
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import UNSET

__all__ = ["faults_beyond_schema", "repair_beyond_schema"]

Path: TypeAlias = tuple[str, ...]

_CODES = "country-code"
_TWICE = "duplicate-uid"


def faults_beyond_schema(part: Part, value: Any, active: frozenset[str]) -> list[Violation]:
    """List what breaks a rule that no schema holds, as far as a rule that is on repairs it."""
    checked = _checked_fields(part)
    if checked is None or not isinstance(value, dict):
        return []
    countries, lists = checked
    found: list[Violation] = []
    if _CODES in active:
        for path in countries:
            holder, name = _holder(path, value), path[-1]
            if holder is not None and holder[name] != proper_country(holder[name], 3):
                text = f"is {holder[name]!r}, but must be a country of ISO 3166-1 alpha-3"
                found.append(Violation(pointer([*path]), "country", text))
    if _TWICE in active:
        twice = [name for name in lists if is_twice(value.get(name))]
        found += [Violation(f"/{name}", "duplicate", "has the same uid twice") for name in twice]
    return found


def repair_beyond_schema(part: Part, value: Any, repairs: Repairs) -> None:
    """Repair what breaks these rules."""
    checked = _checked_fields(part)
    if checked is None or not isinstance(value, dict):
        return
    countries, lists = checked
    if repairs.is_on(_CODES):
        for path in countries:
            holder, name = _holder(path, value), path[-1]
            if holder is None:
                continue
            before = holder[name]
            holder[name] = proper_country(before, 3)
            if holder[name] != before:
                repairs.add(_CODES, before, holder[name], *path)
    if repairs.is_on(_TWICE):
        for name in filter(lambda each: is_twice(value.get(each)), lists):
            for index in reversed(later_twins(value[name])):
                repairs.add(_TWICE, value[name].pop(index), UNSET, name, index)


def _holder(path: Path, value: Any) -> dict[str, Any] | None:
    """Return the object that a path leads to, if it has a text in the field at the end."""
    for step in path[:-1]:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, dict) and isinstance(value.get(path[-1]), str) else None


@cache
def _checked_fields(part: Part) -> tuple[tuple[Path, ...], tuple[str, ...]] | None:
    """Find where a class has countries of three letters, and lists of objects with a uid."""
    countries = tuple(_countries(part, ()))
    lists = uid_lists(part)
    return (countries, lists) if countries or lists else None


def _countries(part: Part, path: Path) -> Iterator[Path]:
    for name in part.properties:
        field = part.field_part(name)
        if field is None:
            continue
        if name == "country" and is_country_field(field):
            yield (*path, name)
        elif not path and "object" in field.types:
            yield from _countries(field, (name,))

"""The walk through an object to the parts that are not valid, and their repair."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from ocpi_runtime.dialect._kinds import codes, coordinates, enums, numbers, texts, timestamps
from ocpi_runtime.dialect._kinds.absent import is_empty, is_placeholder
from ocpi_runtime.dialect._kinds.left_out import decides_about_money
from ocpi_runtime.dialect._kinds.missing import FILLERS
from ocpi_runtime.dialect._kinds.names import renamed
from ocpi_runtime.dialect._repairing._unwrap import list_in, object_in, single_in
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._repairs import Gap, Repairs
from ocpi_runtime.dialect._rule import Step
from ocpi_runtime.types import UNSET

__all__ = ["repair_value"]

_NOT_AVAILABLE: Final = "#NA"
_LONGEST_MOMENT: Final = 100
_NESTED: Final = (dict, list)
_NUMERIC: Final = {
    "integer": numbers.INTEGER,
    "number": numbers.NUMBER,
    "boolean": numbers.BOOLEAN,
}


def repair_value(part: Part, value: Any, repairs: Repairs) -> Any:
    """Repair a value; what is valid is returned as it is.

    Args:
        part: What the value should be.
        value: Parsed JSON. Objects and lists in it are changed in place.
        repairs: Which rules are on, and where the repairs are recorded.
    """
    if part.is_valid(value):
        return value
    repairs.enter()
    if "object" in part.types:
        return _repair_object(part, value, repairs)
    if "array" in part.types:
        return _repair_list(part, value, repairs)
    return _repair_single(part, value, repairs)


def _repair_object(part: Part, value: Any, repairs: Repairs) -> Any:
    value = object_in(part, value, repairs)
    if not isinstance(value, dict):
        return value
    _rename(part, value, repairs)
    faulty = [
        field
        for name in value
        if (field := part.field_part(name)) and not field.is_valid(value[name])
    ]
    for field in sorted(faulty, key=lambda each: isinstance(value[each.field], _NESTED)):
        _repair_field(part, field, value, repairs)
    _fill(part, value, repairs, {each.field for each in faulty})
    return value


def _rename(part: Part, value: dict[str, Any], repairs: Repairs) -> None:
    known = frozenset(part.properties)
    if value.keys() <= known:
        return
    for name, target, rule in renamed(value, known, part.name):
        if repairs.is_on(rule):
            value[target] = value.pop(name)
            repairs.add(rule, name, target, name)


def _repair_field(part: Part, field: Part, value: dict[str, Any], repairs: Repairs) -> None:
    name, before = field.field, value[field.field]
    repairs.path.append(name)
    repairs.parents.append(value)
    optional = name not in part.required and not part.is_patch
    if optional and is_placeholder(before) and repairs.is_on("placeholder"):
        repairs.add("placeholder", before, UNSET)
        del value[name]
    elif optional and is_empty(before) and repairs.is_on("empty-optional"):
        if not field.is_valid(None) or before is not None:
            repairs.add("empty-optional", before, UNSET)
            del value[name]
    else:
        after = repair_value(field, before, repairs)
        if field.types == {"array"} and isinstance(after, list):
            is_free = optional and not decides_about_money(part)
            after = _without_unknown(field, after, repairs, optional=is_free)
        if (
            optional
            and after == []
            and not field.is_valid(after)
            and repairs.is_on("empty-optional")
        ):
            repairs.add("empty-optional", before, UNSET)
            del value[name]
        else:
            value[name] = after
    repairs.parents.pop()
    repairs.path.pop()


def _repair_list(part: Part, value: Any, repairs: Repairs) -> Any:
    items = part.items
    if items is None:
        return value
    value = list_in(part, items, value, repairs)
    if not isinstance(value, list):
        fits = isinstance(value, dict) == ("object" in items.types)
        if not fits or is_empty(value) or not repairs.is_on("single-item"):
            return value
        repairs.add("single-item", value, [value])
        value = [value]
    out: list[Any] = []
    for index, item in enumerate(value):
        is_nothing = item is None or (is_empty(item) and not items.is_valid(item))
        if is_nothing and repairs.is_on("null-in-list"):
            repairs.add("null-in-list", item, UNSET, index)
            continue
        repairs.path.append(index)
        out.append(repair_value(items, item, repairs))
        repairs.path.pop()
    return out


def _without_unknown(
    part: Part, value: list[Any], repairs: Repairs, *, optional: bool
) -> list[Any]:
    """Leave unknown values of an enumeration out of an optional list."""
    items = part.items
    if not optional or items is None or not items.options or not repairs.is_on("enum-unknown"):
        return value
    for index, item in enumerate(value):
        if not items.is_valid(item):
            repairs.add("enum-unknown", item, UNSET, index)
    return [item for item in value if items.is_valid(item)]


def _repair_single(part: Part, value: Any, repairs: Repairs) -> Any:
    """Repair a text, number or boolean by one rule after the other, until it is valid."""
    if value == _NOT_AVAILABLE and not part.options and not part.is_moment:
        return value
    unwrapped = repairs.made
    found = single_in(part, value, repairs)
    if isinstance(found, _NESTED) or found is None:
        repairs.take_back(unwrapped)
        return value
    is_long = part.is_moment and isinstance(found, str) and len(found) > _LONGEST_MOMENT
    if is_long or (found is not value and part.is_valid(found)):
        return found
    known = repairs.made
    for step in _steps(part):
        if not repairs.is_on(step.rule):
            continue
        after = step.apply(found)
        if after is not found and (type(after) is not type(found) or after != found):
            repairs.add(step.rule, found, after)
            found = after
            if part.is_valid(found):
                return found
    if part.is_valid(found):
        return found
    repairs.take_back(known)
    return found


@cache
def _steps(part: Part) -> tuple[Step, ...]:
    """Return the repairs of a text, number or boolean, in the order in which they are tried."""
    if part.options:
        return texts.BLANKS, *enums.steps(part.options)
    if part.is_moment:
        return texts.BLANKS, *timestamps.STEPS
    if "string" in part.types:
        return (*numbers.TEXT, *_text_steps(part))
    weekday = numbers.WEEKDAY if part.field == "weekday" else ()
    found = next((_NUMERIC[each] for each in part.types if each in _NUMERIC), ())
    units = () if "boolean" in part.types else (numbers.unit(part.field),)
    amounts = numbers.AMOUNT if numbers.is_amount(part.field) else ()
    return *weekday, *units, *found, *amounts


def _text_steps(part: Part) -> Iterator[Step]:
    if part.decimals:
        yield coordinates.step(part.decimals)
        return
    yield from codes.steps(part)
    yield from texts.steps(part)


def _fill(part: Part, value: dict[str, Any], repairs: Repairs, faulty: set[str]) -> None:
    """Find values for required fields that are absent, null or no usable code.

    Args:
        part: The class.
        value: The object.
        repairs: Which rules are on, and where the repairs are recorded.
        faulty: The fields of it that were not valid.
    """
    if part.is_patch:
        return
    for name in part.schema.get("required", ()):
        if name in value and name not in faulty:
            continue
        before = value.get(name, UNSET)
        field = part.field_part(name)
        absent = before is UNSET or is_empty(before) or is_placeholder(before)
        usable = before is not UNSET and field is not None and field.is_valid(before)
        if field is None or usable or not (absent or name in _REPLACED):
            continue
        gap = Gap(part, value, name, repairs)
        for rule, filler in FILLERS:
            after = filler(gap) if repairs.is_on(rule) else UNSET
            if isinstance(after, dict | str) and not field.is_valid(after):
                after = _repaired_filling(field, after, repairs)
            if after is not UNSET and field.is_valid(after):
                value[name] = after
                repairs.add(rule, before, after, name)
                break


def _repaired_filling(field: Part, value: Any, repairs: Repairs) -> Any:
    """Repair what a field is filled with, without a record of its own."""
    made = repairs.made
    after = repair_value(field, value, repairs)
    repairs.take_back(made)
    return after


_REPLACED: Final = frozenset({
    "coordinates", "country", "format", "last_updated", "power_type", "time_zone",
})  # fmt: skip
"""Fields whose value is replaced when it cannot be read; others are filled in only if absent."""

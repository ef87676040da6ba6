"""Values inside something else: taken out of it, however deeply they are wrapped."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final, TypeAlias

from ocpi_runtime.dialect._kinds import hours
from ocpi_runtime.dialect._kinds.lists import FORMS, joined, spread
from ocpi_runtime.dialect._kinds.objects import TEXTS, amount, text_of
from ocpi_runtime.dialect._kinds.values import address_of, value_of
from ocpi_runtime.dialect._kinds.wrapped import NESTED, stored_value
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._repairs import Repairs
from ocpi_runtime.types import UNSET

__all__ = ["list_in", "object_in", "single_in"]

Forms: TypeAlias = tuple[tuple[str, Callable[[Part, Any], Any]], ...]

_NESTED: Final = (dict, list)
_DEEPEST: Final = 5
"""So many lists and objects around a value are removed."""
_OBJECTS: Final = (*TEXTS, *hours.FORMS)
_LISTS: Final = (("nested-list", joined), ("listed-text", spread), ("hours-text", hours.each_day))


def object_in(part: Part, value: Any, repairs: Repairs) -> Any:
    """Return the object that a value stands for, or that is wrapped in it, however deeply."""
    for _ in range(_DEEPEST):
        before = value
        if not isinstance(value, dict) or value.keys().isdisjoint(part.properties):
            value = _formed(NESTED, part, value, repairs)
        value = _formed(_OBJECTS, part, value, repairs)
        value = _out_of_list(value, repairs)
        if value is before:
            break
    return value


def list_in(part: Part, items: Part, value: Any, repairs: Repairs) -> Any:
    """Return the list that a value stands for, or that is wrapped in it; without lists in it."""
    for _ in range(_DEEPEST):
        before = value
        if not isinstance(value, list):
            value = _formed(NESTED, part, value, repairs)
        if not isinstance(value, list):
            value = _formed(FORMS, items, value, repairs)
        if isinstance(value, list):
            value = _formed(_LISTS, items, value, repairs)
        if value is before:
            break
    return value


def single_in(part: Part, value: Any, repairs: Repairs) -> Any:
    """Return the single value that is wrapped in lists and objects."""
    for _ in range(_DEEPEST):
        if not isinstance(value, _NESTED):
            break
        before = value
        if not part.is_moment or len(value) == 1:
            value = _out_of_list(value, repairs)
        if isinstance(value, _NESTED):
            value = _out_of_object(part, value, repairs)
        if value is before:
            break
    return value


def _out_of_list(value: Any, repairs: Repairs) -> Any:
    if isinstance(value, list) and len(value) == 1 and repairs.is_on("list-of-one"):
        repairs.add("list-of-one", value, value[0])
        return value[0]
    return value


def _out_of_object(part: Part, value: Any, repairs: Repairs) -> Any:
    """Return the single value that an object or list stands for."""
    found = stored_value(part, value) if repairs.is_on("stored-value") else None
    if found is not None:
        repairs.add("stored-value", value, found)
        return found
    is_price = isinstance(value, dict) and "number" in part.types and repairs.is_on("price-form")
    found = amount(value) if is_price else None
    if found is not None:
        repairs.add("price-form", value, found)
        return found
    is_text = "string" in part.types and not part.options and repairs.is_on("object-text")
    text = text_of(value) if is_text else None
    if text is not None:
        repairs.add("object-text", value, text)
        return text
    for rule, read in (("value-object", value_of), ("address-parts", address_of)):
        applies = repairs.is_on(rule) and (rule != "value-object" or isinstance(value, dict))
        found = read(part, value) if applies else UNSET
        if found is not UNSET:
            repairs.add(rule, value, found)
            return found
    return value


def _formed(forms: Forms, part: Part, value: Any, repairs: Repairs) -> Any:
    """Make an object or list of what was written in another form."""
    for rule, read in forms:
        found = read(part, value) if repairs.is_on(rule) else None
        if found is not None:
            repairs.add(rule, value, deepcopy(found))
            value = found
    return value

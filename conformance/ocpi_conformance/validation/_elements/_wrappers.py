"""What is around the objects of a list, such as features, nodes and documents of a database."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple

from ocpi_conformance.validation._parsed import fields_of, items_of, parsed_leniently
from ocpi_conformance.validation.classes import Shape, packages, shapes_of

__all__ = ["Element", "has_objects", "is_of_ocpi", "unwrapped"]

_HALF: Final = 0.5
_MOST_AROUND: Final = 2
"""So many fields by names of OCPI may be around an object that is no part of another one."""
_LEAST_WITHIN: Final = 4


class Element(NamedTuple):
    """An object of a list.

    Attributes:
        text: As it came.
        pointer: The JSON pointer of the object in the text that it came in.
    """

    text: bytes
    pointer: str


def is_of_ocpi(value: Mapping[str, Any]) -> bool:
    """Return whether an object has most of its fields, and what is required, from one class."""
    shapes = (shape for version in packages() for shape in shapes_of(version).values())
    return any(_is_like(value, shape) for shape in shapes)


def _is_like(value: Mapping[str, Any], shape: Shape) -> bool:
    known = shape.fields & value.keys()
    present = shape.required & value.keys()
    if not known or len(known) < _HALF * len(value) or len(present) < _HALF * len(shape.required):
        return False
    return not any(isinstance(value[name], dict | list) for name in known - shape.nested)


def has_objects(value: Mapping[str, Any]) -> bool:
    """Return whether an object with few fields of OCPI has a list of objects with many."""
    if len(value.keys() & _field_names()) > _MOST_AROUND:
        return False
    lists = (inner for inner in value.values() if isinstance(inner, list))
    return any(_is_whole(each) or _wrapper_of(each) for inner in lists for each in inner[:1])


def unwrapped(elements: Iterator[Element]) -> Iterator[Element]:
    """Yield the objects of a list, taken out of what is around each of them."""
    first = next(elements, None)
    if first is None:
        return
    name = _wrapper_of(parsed_leniently(first.text))
    if not name:
        yield first
        yield from elements
        return
    for each in chain([first], elements):
        yield from _within(each, name)


def _within(element: Element, name: str) -> Iterator[Element]:
    is_object = isinstance(parsed_leniently(element.text), dict)
    inner = fields_of(element.text).get(name) if is_object else None
    at = f"{element.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
    if inner is None:
        yield element
    elif inner[:1] == b"[":
        for index, text in enumerate(items_of(inner)):
            yield Element(text, f"{at}/{index}")
    else:
        yield Element(inner, at)


def _wrapper_of(value: Any) -> str:
    """Return the one name below which an item of a list has the object, or a list of them."""
    if not isinstance(value, dict) or len(value.keys() & _field_names()) > _MOST_AROUND:
        return ""
    names = [
        name
        for name, inner in value.items()
        if _is_whole(inner) or (isinstance(inner, list) and inner and _is_whole(inner[0]))
    ]
    return names[0] if len(names) == 1 else ""


def _is_whole(value: Any) -> bool:
    is_large = isinstance(value, dict) and len(value.keys() & _field_names()) >= _LEAST_WITHIN
    return is_large and is_of_ocpi(value)


@cache
def _field_names() -> frozenset[str]:
    shapes = (shape for version in packages() for shape in shapes_of(version).values())
    return frozenset().union(*(shape.fields for shape in shapes))

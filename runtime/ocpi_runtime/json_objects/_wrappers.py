"""What is around the objects of a list, such as features, nodes and documents of a database."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from ocpi_runtime.json_objects._parsed import fields_of, items_of, parsed_leniently
from ocpi_runtime.json_objects._shapes import Shapes

__all__ = ["Element", "Wrappers"]

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


class Wrappers:
    """Takes objects out of what is around them.

    Args:
        shapes: The classes that are looked for.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def has_objects(self, value: Mapping[str, Any]) -> bool:
        """Return whether an object with few fields of OCPI has a list of objects with many."""
        if len(value.keys() & self._shapes.fields) > _MOST_AROUND:
            return False
        lists = (inner for inner in value.values() if isinstance(inner, list))
        return any(
            self._is_whole(each) or self._wrapper_of(each) for inner in lists for each in inner[:1]
        )

    def unwrapped(self, elements: Iterator[Element]) -> Iterator[Element]:
        """Yield the objects of a list, taken out of what is around each of them."""
        first = next(elements, None)
        if first is None:
            return
        name = self._wrapper_of(parsed_leniently(first.text))
        if not name:
            yield first
            yield from elements
            return
        for each in chain([first], elements):
            yield from _within(each, name)

    def _wrapper_of(self, value: Any) -> str:
        """Return the one name below which an item of a list has the object, or a list of them."""
        if not isinstance(value, dict) or len(value.keys() & self._shapes.fields) > _MOST_AROUND:
            return ""
        names = [
            name
            for name, inner in value.items()
            if self._is_whole(inner)
            or (isinstance(inner, list) and inner and self._is_whole(inner[0]))
        ]
        return names[0] if len(names) == 1 else ""

    def _is_whole(self, value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        return len(value.keys() & self._shapes.fields) >= _LEAST_WITHIN and self._shapes.fit(value)


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

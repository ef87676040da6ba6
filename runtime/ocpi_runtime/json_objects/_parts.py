"""The objects of a JSON text, wherever they are in it.

A list may be the text itself, the data of an envelope, or be below any other name; objects may
follow each other, with line breaks between them or without. Each list is a part of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ocpi_runtime.json_objects._parsed import (
    fields_of,
    items_of,
    parsed,
    parsed_in_parts,
    parsed_leniently,
)
from ocpi_runtime.json_objects._shapes import Shapes
from ocpi_runtime.json_objects._wrappers import Element, Wrappers
from ocpi_runtime.json_stream import BrokenJson, JsonSource, array_items

__all__ = ["ObjectReader", "Part"]

_DEEPEST: Final = 3
"""So many names a list may be below."""


@dataclass(frozen=True, slots=True)
class Part:
    """A list of objects.

    Attributes:
        pointer: Where the list is; parts with the same pointer belong together.
        elements: The objects, read as they are asked for.
    """

    pointer: str
    elements: Iterator[Element]


class ObjectReader:
    """Finds the objects of a JSON text.

    Args:
        shapes: The classes that are looked for.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes, self._wrappers = shapes, Wrappers(shapes)

    def parts(self, source: JsonSource) -> Iterator[Part]:
        """Yield the lists of objects in a text; each is to be read before the next.

        Raises:
            BrokenJson: It is not JSON.
        """
        _check_beginning(source)
        while first := source.peek():
            if first == b"[":
                yield Part("", self._items(source, ""))
            elif first == b"{" and (whole := _whole(source)) is not None:
                yield from self._value(whole, "", 0)
            elif first == b"{":
                yield from self._large_object(source, "", 1)
            else:
                yield from self._value(source.value(), "", 0)
            if source.peek() == b",":  # objects that were taken out of a list
                source.take(b",")

    def _items(self, source: JsonSource, pointer: str) -> Iterator[Element]:
        return self._wrappers.unwrapped(self._each(array_items(source), pointer))

    def _each(self, items: Iterable[bytes], pointer: str) -> Iterator[Element]:
        for index, text in enumerate(items):
            yield from self._pages(text, f"{pointer}/{index}")

    def _pages(self, text: bytes, pointer: str) -> Iterator[Element]:
        """Yield an item of a list, or the objects of a page that is there."""
        if (inner := _inner(text)) is not None:
            for index, each in enumerate(inner):
                yield Element(each, f"{pointer}/{index}")
        elif (
            b'"status_code"' in text
            and b'"data"' in text
            and self._is_envelope(parsed_in_parts(text, 2))
        ):
            for part in self._value(text, pointer, 0):
                yield from part.elements
        else:
            yield Element(text, pointer)

    def _value(self, text: bytes, pointer: str, depth: int) -> Iterator[Part]:
        """Yield the lists in a value that has been read, or the value as an object of its own."""
        value = parsed_in_parts(text, _DEEPEST + 2)
        if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"} and depth < _DEEPEST:
            inner = value.strip().encode(errors="replace")
            if inner[:1] == b"[" and isinstance(parsed_leniently(inner), list):
                yield Part(pointer, self._listed(inner, pointer))
            else:
                yield from self._value(inner, pointer, depth + 1)
            return
        names = [*self._wrapped(value, depth)] if isinstance(value, dict) else []
        if not names:
            yield Part(pointer, iter([Element(text, pointer)]))
            return
        fields = fields_of(text)
        for name in names:
            inner, at = fields[name], f"{pointer}/{_escaped(name)}"
            if isinstance(value[name], list):
                yield Part(at, self._listed(inner, at))
            else:
                yield from self._value(inner, at, depth + 1)

    def _wrapped(self, value: dict[str, Any], depth: int) -> Iterator[str]:
        """Yield the names below which an object holds others, if it is not one of OCPI itself."""
        if self._is_envelope(value):
            if value.get("data") is None:
                reason = f"status_code {value['status_code']} {value.get('status_message') or ''}"
                raise BrokenJson(f"the envelope has no data; it has {reason.strip()}")
            yield "data"
            return
        if depth >= _DEEPEST or (self._shapes.fit(value) and not self._wrappers.has_objects(value)):
            return
        for name, inner in value.items():
            if isinstance(inner, list) and (
                name == "data" or any(isinstance(i, dict) for i in inner)
            ):
                yield name
            if isinstance(inner, dict) and (
                self._shapes.fit(inner) or [*self._wrapped(inner, depth + 1)]
            ):
                yield name

    def _is_envelope(self, value: Any) -> bool:
        """Return whether a value is an answer of OCPI, with data or without."""
        if not isinstance(value, dict) or "status_code" not in value:
            return False
        data = value.get("data")
        return isinstance(data, dict | list) or (data is None and not self._shapes.fit(value))

    def _large_object(self, source: JsonSource, pointer: str, depth: int) -> Iterator[Part]:
        """Yield the lists of an object that cannot be read as a whole."""
        source.take(b"{")
        if source.peek() == b"}":
            source.take(b"}")
            return
        while True:
            name = _name(source)
            source.take(b":")
            yield from self._large_field(source, f"{pointer}/{_escaped(name)}", depth)
            if source.take(b",}") == b"}":
                return

    def _large_field(self, source: JsonSource, pointer: str, depth: int) -> Iterator[Part]:
        first = source.peek()
        if first == b"[" and pointer.endswith("/data"):  # what comes before a break is still read
            yield Part(pointer, self._items(source, pointer))
            return
        text = source.value_if_small()
        if text is None and first == b"[":
            yield Part(pointer, self._items(source, pointer))
        elif text is None and first == b"{" and depth < _DEEPEST:
            yield from self._large_object(source, pointer, depth + 1)
        elif text is None:
            source.value()  # raises: it is too large
        elif first == b"[" and any(isinstance(i, dict) for i in parsed_in_parts(text, 1) or ()):
            yield Part(pointer, self._listed(text, pointer))

    def _listed(self, text: bytes, pointer: str) -> Iterator[Element]:
        return self._wrappers.unwrapped(self._each(items_of(text), pointer))


def _check_beginning(source: JsonSource) -> None:
    first = source.peek()
    if not first:
        raise BrokenJson("the content is empty")
    if first == b"<":
        raise BrokenJson("the content is HTML or XML, not JSON")
    if first not in b'[{"-0123456789tfn':
        raise BrokenJson(f"the content is not JSON: it begins with the byte 0x{first.hex()}")


def _whole(source: JsonSource) -> bytes | None:
    """Return a value as a whole; None if it is too large, or broken somewhere."""
    try:
        return source.value_if_small()
    except BrokenJson:
        return None


def _inner(text: bytes) -> Sequence[bytes] | None:
    """Return the items of a list in a list; None if it is none, or no JSON in all its depth."""
    try:
        return items_of(text) if text[:1] == b"[" else None
    except BrokenJson:
        return None


def _name(source: JsonSource) -> str:
    if source.peek() != b'"':
        source.take(b'"')  # raises
    return str(parsed(source.value()))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

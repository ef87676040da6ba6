"""Long JSON texts, parsed piece by piece, so that no step takes long.

A text is divided where its arrays and objects are long; pieces of moderate size are parsed whole.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from ocpi_runtime._codec.steps import Steps
from ocpi_runtime._codec.unreadable import read_exact, read_plain, read_with
from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation

__all__ = ["exact_steps", "plain_steps"]

_PIECE: Final = 64 * 1024
_VALUE: Final = 64
"""Bytes that can be parsed in the time that it takes to begin with one more value."""
_LEVELS: Final = 8
"""Levels that are divided; each costs one more look at the text."""
_OPENING: Final = re.compile(rb"\s*([\[{])")
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class _Name(str):
    """The name of a field, while the fields of an object are counted."""

    __slots__ = ()


class _TooManyFieldsError(Exception):
    """Raised in the midst of an object; collects where it is.

    Attributes:
        path: The way to it, from inside out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str | int] = []


def plain_steps(data: bytes, *, fields: int | None = None) -> Steps[Any]:
    """Read JSON text into builtins; fractions become floats.

    Args:
        data: JSON in UTF-8.
        fields: Maximum number of fields in one object of a long text: to read a hundred thousand
            before they are counted is one long step.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is nested too deeply, has a number that is out of range, or too many
            fields in an object.
    """
    try:
        return (yield from _whole(data, read_plain, fields))
    except _TooManyFieldsError as error:
        text = f"has too many fields, at most {fields} are allowed in one object"
        where = pointer(error.path[::-1])
    raise InvalidParameters(violations=[Violation(where, "items", text)])


def exact_steps(data: bytes) -> Steps[Any]:
    """Read JSON text into builtins; fractions become Decimals. See :func:`plain_steps`."""
    return _whole(data, read_exact)


def _whole(data: bytes, read: Callable[[bytes], Any], fields: int | None = None) -> Steps[Any]:
    parts = _parts(data, fields)
    if parts is None:
        return read(data)
    yield
    try:
        return (yield from _filled(parts, read, _LEVELS, fields))
    except OcpiError:
        pass
    yield
    return read(data)  # the error states the place in the whole text


def _parts(data: bytes, fields: int | None) -> Any:
    """Divide a long array or object; None where a text is not long, or nothing of both."""
    opening = _OPENING.match(data) if len(data) > _PIECE else None
    if opening is None:
        return None
    if opening[1] == b"[":
        return read_with(_items, data)
    return read_with(_fields if fields is None else _counting(fields), data)


def _counting(most: int) -> Callable[[bytes], dict[str, msgspec.Raw]]:
    """Return a reader of the fields of an object that stops where they are too many."""
    left = most

    def count(_: type[_Name], name: str) -> _Name:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooManyFieldsError
        return _Name(name)

    read = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=count).decode
    return lambda data: {str(name): value for name, value in read(data).items()}


def _filled(
    parts: Any, read: Callable[[bytes], Any], levels: int, fields: int | None
) -> Steps[Any]:
    """Put what the parts say in their places."""
    places: Iterable[Any] = range(len(parts)) if isinstance(parts, list) else list(parts)
    done = 0
    for place in places:
        text = parts[place]
        try:
            inner = _parts(text, fields) if levels else None
            if inner is None:
                parts[place] = read(text)
            else:
                yield
                parts[place] = yield from _filled(inner, read, levels - 1, fields)
        except _TooManyFieldsError as error:
            error.path.append(place)
            raise
        done += len(text) + _VALUE
        if done > _PIECE:
            yield
            done = 0
    return parts

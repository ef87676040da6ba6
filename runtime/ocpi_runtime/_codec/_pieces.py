"""Long JSON texts, parsed piece by piece, so that no step takes long.

A text is divided where its arrays and objects are long; pieces of moderate size are parsed whole.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from ocpi_runtime._codec.steps import Steps
from ocpi_runtime._codec.unreadable import read_exact, read_plain, read_with
from ocpi_runtime.errors import OcpiError

__all__ = ["exact_steps", "plain_steps"]

_PIECE: Final = 64 * 1024
_VALUE: Final = 64
"""Bytes that can be parsed in the time that it takes to begin with one more value."""
_LEVELS: Final = 8
"""Levels that are divided; each costs one more look at the text."""
_OPENING: Final = re.compile(rb"\s*([\[{])")
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def plain_steps(data: bytes) -> Steps[Any]:
    """Read JSON text into builtins; fractions become floats.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is nested too deeply, or has a number that is out of range.
    """
    return _whole(data, read_plain)


def exact_steps(data: bytes) -> Steps[Any]:
    """Read JSON text into builtins; fractions become Decimals. See :func:`plain_steps`."""
    return _whole(data, read_exact)


def _whole(data: bytes, read: Callable[[bytes], Any]) -> Steps[Any]:
    parts = _parts(data)
    if parts is None:
        return read(data)
    yield
    try:
        return (yield from _filled(parts, read, _LEVELS))
    except OcpiError:
        pass
    yield
    return read(data)  # the error states the place in the whole text


def _parts(data: bytes) -> Any:
    """Divide a long array or object; None where a text is not long, or nothing of both."""
    opening = _OPENING.match(data) if len(data) > _PIECE else None
    return opening and read_with(_items if opening[1] == b"[" else _fields, data)


def _filled(parts: Any, read: Callable[[bytes], Any], levels: int) -> Steps[Any]:
    """Put what the parts say in their places."""
    places: Iterable[Any] = range(len(parts)) if isinstance(parts, list) else list(parts)
    done = 0
    for place in places:
        text = parts[place]
        inner = _parts(text) if levels else None
        if inner is None:
            parts[place] = read(text)
        else:
            yield
            parts[place] = yield from _filled(inner, read, levels - 1)
        done += len(text) + _VALUE
        if done > _PIECE:
            yield
            done = 0
    return parts

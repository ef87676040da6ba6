"""Why JSON text cannot be read, in our own errors."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

import msgspec

from ocpi_runtime._validation.bounds import pointer, too_deep
from ocpi_runtime.errors import InvalidParameters, MalformedRequest, OcpiError, Violation

__all__ = ["UNREADABLE", "as_ours", "read_exact", "read_plain", "read_with", "violation_of"]

T = TypeVar("T")

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation, RecursionError)
"""What decoders raise."""

_plain = msgspec.json.Decoder().decode
_exact = msgspec.json.Decoder(float_hook=Decimal).decode
_PLACE = re.compile(r" - at `\$(?P<path>.*)`\Z")
_STEP = re.compile(r"\.([^.\[]+)|\[([0-9]+)\]")
_ANY_KEY: Final = "[...]"
"""Where the decoder has a key of any name, which it does not report."""
_LONGEST_REASON: Final = 300


def read_with(decode: Callable[[bytes], T], data: bytes) -> T:
    """Read JSON text.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It does not fit the type, is nested too deeply, or has a number that is
            out of range.
    """
    try:
        return decode(data)
    except UNREADABLE as error:
        raise as_ours(error) from None


def read_plain(data: bytes) -> Any:
    """Read JSON text into builtins; fractions become floats. See :func:`read_with`."""
    return read_with(_plain, data)


def read_exact(data: bytes) -> Any:
    """Read JSON text into builtins; fractions become Decimals. See :func:`read_with`."""
    return read_with(_exact, data)


def as_ours(error: Exception) -> OcpiError:
    """Translate what a decoder raised."""
    if isinstance(error, msgspec.ValidationError):
        return InvalidParameters(violations=[violation_of(error)])
    if isinstance(error, RecursionError):
        return too_deep()
    if isinstance(error, InvalidOperation):
        fault = Violation("", "type", "has a number that is out of range")
        return InvalidParameters(violations=[fault])
    if isinstance(error, UnicodeDecodeError):
        return MalformedRequest("The body is not UTF-8.")
    return MalformedRequest(f"The body is not JSON: {str(error)[:_LONGEST_REASON]}.")


def violation_of(error: msgspec.ValidationError) -> Violation:
    """Return what does not fit the type, and where."""
    text = str(error)
    place = _PLACE.search(text)
    if place is None:
        return Violation("", "type", _own_words(text))
    known = place["path"].partition(_ANY_KEY)[0]
    steps = [name or int(index) for name, index in _STEP.findall(known)]
    return Violation(pointer(steps), "type", _own_words(text[: place.start()]))


def _own_words(text: str) -> str:
    shown = text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
    return f"cannot be read: {shown[:1].lower()}{shown[1:]}"

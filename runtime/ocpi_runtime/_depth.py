"""How deeply JSON text is nested, found out on its bytes."""

import re

__all__ = ["DEFAULT_DEPTH", "is_deeper"]

DEFAULT_DEPTH = 32
"""The deepest OCPI object has less than ten levels; the rest is room for unknown fields."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_NEEDED = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_AS_ARRAYS = bytes.maketrans(b"{}", b"[]")


def is_deeper(data: bytes, limit: int) -> bool:
    """Tell whether arrays and objects are nested in more levels than ``limit``.

    Args:
        data: Well-formed JSON; other text may get any answer, but soon.
        limit: The number of levels that is still right; a flat object has one.
    """
    if len(data) <= limit:
        return False
    brackets = _brackets(data)
    for _ in range(limit):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _brackets(data: bytes) -> bytes:
    """Give the brackets outside of strings, all of them square.

    Without escaped quotes, a string without brackets is reduced to two quotes side by side; when
    no other quote is left over, no string had a bracket. Everything else takes the slow way.
    """
    if b"\\" not in data or b'\\"' not in data:
        brackets = data.translate(_AS_ARRAYS, _NOT_NEEDED).replace(b'""', b"")
        if b'"' not in brackets:
            return brackets
    return _STRING.sub(b"", data).translate(_AS_ARRAYS, _NOT_NEEDED)

"""How deeply JSON text is nested, found out on its bytes."""

import re
from typing import Final

__all__ = ["DEFAULT_DEPTH", "NestedValue", "is_deeper"]

DEFAULT_DEPTH = 32
"""The deepest OCPI object has less than ten levels; the rest is room for unknown fields."""

# An open string goes on to the end, so that no quote in it is tried as a beginning again.
_STRING = re.compile(rb'"[^"]*(?:"|\Z)')
_NOT_NEEDED = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_AS_ARRAYS = bytes.maketrans(b"{}", b"[]")
_NESTING: Final = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<string>"?+)|(?P<begin>[\[{]++)|(?P<end>[\]}]++)', re.DOTALL
)


def is_deeper(data: bytes, limit: int) -> bool:
    """Return whether arrays and objects are nested in more levels than ``limit``.

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
    """Return the brackets outside of strings, all of them square, in linear time.

    Without escaped quotes, a string without brackets is reduced to two quotes side by side; when
    no other quote is left over, no string had a bracket.
    """
    if b"\\" in data and b'\\"' in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = data.translate(_AS_ARRAYS, _NOT_NEEDED).replace(b'""', b"")
    return _STRING.sub(b"", brackets) if b'"' in brackets else brackets


class NestedValue:
    """Finds where a value ends that is nested too deeply for a decoder, in linear time.

    The text may come piece by piece; what was looked at is not looked at again.
    """

    def __init__(self) -> None:
        self._offset, self._scanned, self._depth = -1, 0, 0

    def length(self, text: bytes, start: int, offset: int) -> int | None:
        """Return the length of the value; None if it goes on behind the text.

        Args:
            text: Holds the value, as far as it has been read.
            start: Where the value begins in it.
            offset: Where it begins in the whole text.
        """
        if offset != self._offset:
            self._offset, self._scanned, self._depth = offset, 0, 0
        for found in _NESTING.finditer(text, start + self._scanned):
            if found["begin"]:
                self._depth += len(found[0])
            elif found["end"] and len(found[0]) >= self._depth:
                return found.start() + self._depth - start
            elif found["end"]:
                self._depth -= len(found[0])
            elif not found["string"]:
                break
            self._scanned = found.end() - start
        return None

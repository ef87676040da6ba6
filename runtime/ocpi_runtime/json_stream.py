"""JSON texts of any size, read value by value from a stream in constant memory.

A value is found by the decoder of msgspec, which passes over text much faster than it makes objects
of it; the bytes of a value are handed on as they came. One that is nested too deeply for it is
found by its brackets, and need not be JSON.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from ocpi_runtime._codec.depth import NestedValue

__all__ = [
    "LARGEST_VALUE",
    "LONE_SURROGATE",
    "BrokenJson",
    "JsonSource",
    "array_items",
    "object_fields",
]

LARGEST_VALUE: Final = 8 * 1024 * 1024
"""Maximum number of bytes of one value."""
LONE_SURROGATE: Final = re.compile(
    rb"\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})",
    re.DOTALL,
)
"""Escapes in strings; its group is one that is half of a character."""
_CHUNK: Final = 1024 * 1024
_SPACE: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 30
_CUT: Final = 12
"""A number or an escaped character that is cut within so many bytes may yet be complete."""

_BEGINNING: Final = 16
"""By so many bytes the next objects of a list are supposed to begin alike."""

_pass_over = msgspec.json.Decoder(msgspec.Raw).decode
_divided = msgspec.json.Decoder(list[msgspec.Raw]).decode
_TRAILING: Final = re.compile(r"trailing characters \(byte ([0-9]+)\)")
_FAULT: Final = re.compile(r"(?:JSON is malformed: )?(.*?)(?: \(byte ([0-9]+)\))?\Z", re.DOTALL)
_SPACES: Final = re.compile(rb"[ \t\r\n]*")
# What some programs write that is not JSON, outside of strings. None may begin within a string.
_NO_JSON: Final = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
    rb"|(?P<number>[-+]?\b(?:NaN|Infinity|undefined)\b)"
    rb"|(?P<comma>,)(?=[ \t\r\n]*+[\]}])",
    re.DOTALL,
)


class BrokenJson(ValueError):
    """The text is not JSON of the form that is wanted, or one of its values is too large."""


class JsonSource:
    """A stream of JSON text. A byte order mark at its beginning is passed over.

    Args:
        read: Returns the next bytes, at most as many as asked for, and none at the end.
        largest: Maximum number of bytes of one value.
        chunk: How many bytes are asked for at once.
        lenient: Whether NaN, Infinity, undefined, a comma before the end of a list or object and
            halves of characters may be in the text. Values are handed on as they came.

    Attributes:
        commas: Where a comma was before the end of a list that was read item by item.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        *,
        largest: int = LARGEST_VALUE,
        chunk: int = _CHUNK,
        lenient: bool = False,
    ) -> None:
        self.commas: list[int] = []
        self._lenient, self._masked, self._alike = lenient, False, True
        self._read, self._largest, self._chunk = read, largest, chunk
        self._buffer = self._plain = b""
        self._at = self._before = self._comma = 0
        self._ended, self._nested = False, NestedValue()
        while len(self._buffer) < len(_BOM) and self._more():
            pass
        if self._buffer.startswith(_BOM):
            self._at = len(_BOM)

    @property
    def offset(self) -> int:
        """How many bytes of the text have been consumed."""
        return self._before + self._at

    def peek(self) -> bytes:
        """Return the next byte that is no space, without consuming it; none at the end."""
        while True:
            spaces = _SPACES.match(self._buffer, self._at)
            self._at = spaces.end() if spaces else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def take(self, wanted: bytes) -> bytes:
        """Consume the next byte, which must be one of those wanted.

        Raises:
            BrokenJson: Something else is there.
        """
        found = self.peek()
        if not found or found not in wanted:
            raise BrokenJson(f"{' or '.join(wanted.decode())} is missing {self._where()}")
        if found == b",":
            self._comma = self.offset
        self._at += 1
        return found

    def value(self) -> bytes:
        """Consume the next value and return its text.

        Raises:
            BrokenJson: It is not JSON, or has more bytes than one value may have.
        """
        found = self.value_if_small()
        if found is None:
            raise BrokenJson(f"a value has more than {self._largest} bytes {self._where()}")
        return found

    def value_if_small(self) -> bytes | None:
        """Consume the next value and return its text; None, and nothing is consumed, if too large.

        Raises:
            BrokenJson: It is not JSON; nothing is consumed.
        """
        self.peek()
        while True:
            length = self._length()
            if length is not None:
                return self._consumed(length)
            if len(self._buffer) - self._at > self._largest:
                return None
            if self._ended:
                raise BrokenJson(f"the text ends within a value {self._where()}")
            self._more()

    def several(self) -> list[bytes]:
        """Consume the next values of a list that have been read as a whole, if that is quick.

        The comma behind the last of them is not consumed. What does not begin like the object
        before, or is not JSON, is left to :meth:`value`.
        """
        if not self._alike or self._masked or self.peek() != b"{":
            return []
        beginning = self._buffer[self._at : self._at + _BEGINNING]
        last = self._buffer.rfind(beginning, self._at + 1)
        end = self._buffer.rfind(b",", self._at, max(last, self._at))
        if end < 0:
            return []
        try:
            # What is a list of values up to there is one whatever comes behind it.
            found = _divided(b"[" + self._buffer[self._at : end] + b"]")
        except (msgspec.DecodeError, RecursionError):
            self._alike = False
            return []
        self._at = end
        return [*map(bytes, found)]

    def _consumed(self, length: int) -> bytes:
        """Consume a value with the spaces behind it, and return its text as it came."""
        end = self._at + len(self._plain[self._at : self._at + length].rstrip(_SPACE))
        text = self._buffer[self._at : end]
        if self._masked:
            comma = self._buffer.find(b",", end, self._at + length)
            self.commas += [self._before + comma] if comma >= 0 else []
        self._at += length
        return text

    def _length(self) -> int | None:
        """Return the length of the next value with the spaces behind it; None if it goes on."""
        rest = memoryview(self._plain)[self._at :]
        try:
            _pass_over(rest)
        except msgspec.DecodeError as error:
            try:
                return self._length_by(str(error), len(rest))
            except BrokenJson:
                if self._masked or not self._lenient:
                    raise
            self._masked = True
            self._mask()
            return self._length()
        except RecursionError:
            length = self._nested.length(self._buffer, self._at, self.offset)
            if length is None and self._ended:
                raise BrokenJson(f"a value is nested too deeply {self._where()}") from None
            return length
        return len(rest) if self._ended else None

    def _length_by(self, error: str, size: int) -> int | None:
        """Read a length from what the decoder reports: where the value ends, or why it does not."""
        trailing = _TRAILING.search(error)
        if trailing:
            return int(trailing[1]) - 1  # it counts the character that it met
        if "truncated" in error:
            return None
        found = _FAULT.match(error)
        reason, place = (found[1], int(found[2] or 0)) if found else (error, 0)
        if place >= size - _CUT and not self._ended:
            return None
        raise BrokenJson(f"the text is not JSON: {reason} {self._where(place)}")

    def _more(self) -> bool:
        """Read on; return whether there was anything."""
        if self._ended:
            return False
        piece = self._read(self._chunk)
        if not piece:
            self._ended = True
            return False
        self._before += self._at
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        self._mask()
        return True

    def _mask(self) -> None:
        """Find values, and nothing else, in a text of the same length that is JSON."""
        self._plain = _masked(self._buffer, self._at) if self._masked else self._buffer

    def ends_after_comma(self) -> bool:
        """Return whether the list ends where another item was announced, if that is allowed."""
        if not self._lenient or self.peek() != b"]":
            return False
        self.commas.append(self._comma)
        return True

    def _where(self, further: int = 0) -> str:
        at = self._at + further
        near = self._buffer[at : at + _SHOWN].decode(errors="replace")
        return f"at byte {self._before + at}, {f'before {near!r}' if near else 'the end'}"


def array_items(source: JsonSource) -> Iterator[bytes]:
    """Split a JSON array into its elements, reading no more than is needed.

    Raises:
        BrokenJson: It is not a JSON array, or one of its elements is too large.
    """
    source.take(b"[")
    if source.peek() == b"]":
        source.take(b"]")
        return
    while True:
        yield source.value()
        if source.take(b",]") == b"]":
            return
        if source.ends_after_comma():
            source.take(b"]")
            return
        if several := source.several():
            yield from several
            source.take(b",")


def object_fields(source: JsonSource) -> Iterator[tuple[bytes, bytes]]:
    """Split a JSON object into its names, with their quotes, and its values.

    Raises:
        BrokenJson: It is not a JSON object, or one of its values is too large.
    """
    source.take(b"{")
    if source.peek() == b"}":
        source.take(b"}")
        return
    while True:
        if source.peek() != b'"':
            source.take(b'"')  # raises
        name = source.value()
        source.take(b":")
        yield name, source.value()
        if source.take(b",}") == b"}":
            return


def _masked(text: bytes, start: int) -> bytes:
    """Replace what is not JSON, from the beginning of a value on."""

    def replaced(found: re.Match[bytes]) -> bytes:
        if found["number"]:
            return b"1" * len(found[0])
        return b" " if found["comma"] else found[0]

    plain = _NO_JSON.sub(replaced, text[start:])
    halves = LONE_SURROGATE.sub(lambda found: b"\\ufffd" if found[1] else found[0], plain)
    return text[:start] + halves

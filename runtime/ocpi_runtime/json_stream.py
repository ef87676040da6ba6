"""JSON texts of any size, read value by value from a stream in constant memory.

A value is found by the decoder of msgspec, which passes over text much faster than it makes objects
of it; the bytes of a value are handed on as they came.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

__all__ = ["LARGEST_VALUE", "BrokenJson", "JsonSource", "array_items"]

LARGEST_VALUE: Final = 8 * 1024 * 1024
"""The most bytes of one value."""
_CHUNK: Final = 1024 * 1024
_SPACE: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 30
_CUT: Final = 12
"""A number or an escaped character that is cut within so many bytes may yet be complete."""

_pass_over = msgspec.json.Decoder(msgspec.Raw).decode
_TRAILING: Final = re.compile(r"trailing characters \(byte ([0-9]+)\)")
_FAULT: Final = re.compile(r"(?:JSON is malformed: )?(.*?)(?: \(byte ([0-9]+)\))?\Z", re.DOTALL)
_SPACES: Final = re.compile(rb"[ \t\r\n]*")


class BrokenJson(ValueError):
    """The text is not JSON of the form that is wanted, or one of its values is too large."""


class JsonSource:
    """A stream of JSON text. A byte order mark at its beginning is passed over.

    Args:
        read: Returns the next bytes, at most as many as asked for, and none at the end.
        largest: The most bytes of one value.
        chunk: How many bytes are asked for at once.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        *,
        largest: int = LARGEST_VALUE,
        chunk: int = _CHUNK,
    ) -> None:
        self._read, self._largest, self._chunk = read, largest, chunk
        self._buffer = b""
        self._at = 0
        self._before = 0
        self._ended = False
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
            BrokenJson: Something else stands there.
        """
        found = self.peek()
        if not found or found not in wanted:
            raise BrokenJson(f"{' or '.join(wanted.decode())} is missing {self._where()}")
        self._at += 1
        return found

    def value(self) -> bytes:
        """Consume the next value and return its text.

        Raises:
            BrokenJson: It is no JSON, or has more bytes than one value may have.
        """
        found = self.value_if_small()
        if found is None:
            raise BrokenJson(f"a value has more than {self._largest} bytes {self._where()}")
        return found

    def value_if_small(self) -> bytes | None:
        """Consume the next value and return its text; None, and nothing is consumed, if too large.

        Raises:
            BrokenJson: It is no JSON; nothing is consumed.
        """
        self.peek()
        while True:
            length = self._length()
            if length is not None:
                text = self._buffer[self._at : self._at + length].rstrip(_SPACE)
                self._at += length
                return text
            if len(self._buffer) - self._at > self._largest:
                return None
            if self._ended:
                raise BrokenJson(f"the text ends within a value {self._where()}")
            self._more()

    def _length(self) -> int | None:
        """Return the length of the next value with the spaces behind it; None if it goes on."""
        rest = memoryview(self._buffer)[self._at :]
        try:
            _pass_over(rest)
        except msgspec.DecodeError as error:
            return self._length_by(str(error), len(rest))
        except RecursionError:
            raise BrokenJson(f"a value is nested too deeply {self._where()}") from None
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
        return True

    def _where(self, further: int = 0) -> str:
        at = self._at + further
        near = self._buffer[at : at + _SHOWN].decode(errors="replace")
        return f"at byte {self._before + at}, {f'before {near!r}' if near else 'the end'}"


def array_items(source: JsonSource) -> Iterator[bytes]:
    """Split a JSON array into its elements, reading no more than is needed.

    Raises:
        BrokenJson: It is no JSON array, or one of its elements is too large or nested too deeply.
    """
    source.take(b"[")
    if source.peek() == b"]":
        source.take(b"]")
        return
    while True:
        yield source.value()
        if source.take(b",]") == b"]":
            return

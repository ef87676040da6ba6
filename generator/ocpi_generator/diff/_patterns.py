"""Whether one pattern takes all that another one takes.

Patterns are read as far as documents use them: literals, sets, groups, alternatives and counts
between ``^`` and ``$``. Of any other pattern nothing is claimed.
"""

from collections.abc import Iterable
from typing import Final

from ocpi_generator.diff._machines import (
    LAST,
    Machine,
    Part,
    Ranges,
    chained,
    either,
    repeated,
    within,
)

__all__ = ["covers"]

_ANY: Final[Ranges] = ((0, 0x09), (0x0B, 0x0C), (0x0E, 0x2027), (0x202A, LAST))
"""What a dot takes: all but the ends of lines."""

_DIGITS: Final[Ranges] = ((0x30, 0x39),)
_HEX: Final = {"x": 2, "u": 4}
_MOST: Final = 1000


class _UnknownSyntaxError(ValueError):
    """A pattern uses what is not read here."""


def covers(wide: str | None, narrow: str | None) -> bool:
    """Return whether every text that fits one pattern surely fits another one.

    Args:
        wide: The pattern that should take everything; None takes any text.
        narrow: The other one.

    Returns:
        False also where it cannot be decided.
    """
    if wide is None or wide == narrow:
        return True
    if narrow is None:
        return False
    try:
        return within(_machine(narrow), _machine(wide))
    except _UnknownSyntaxError:
        return False


def _machine(pattern: str) -> Machine:
    if not (pattern.startswith("^") and pattern.endswith("$")) or pattern.endswith("\\$"):
        raise _UnknownSyntaxError(pattern)
    return Machine(_Reader(pattern[1:-1]).read())


class _Reader:
    """Reads what is between ``^`` and ``$``."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._bare = False

    def read(self) -> Part:
        part = self._alternatives()
        if self._at < len(self._text):
            raise _UnknownSyntaxError(self._text)
        if self._bare:  # each anchor of `^a|b$` is that of one alternative
            raise _UnknownSyntaxError(self._text)
        return part

    def _alternatives(self, *, inside: bool = False) -> Part:
        parts = [self._sequence()]
        while self._next("|"):
            self._bare = self._bare or not inside
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else lambda machine, start: either(machine, start, parts)

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._counted(self._atom()))
        return lambda machine, start: chained(machine, start, parts)

    def _atom(self) -> Part:
        if self._next("("):
            if self._next("?") and not self._next(":"):
                raise _UnknownSyntaxError(self._text)
            part = self._alternatives(inside=True)
            self._expect(")")
            return part
        ranges = self._set() if self._next("[") else self._one()
        return lambda machine, start: machine.take(start, ranges)

    def _one(self) -> Ranges:
        char = self._character()
        if char == "\\":
            return self._escaped()
        if char in "^$*+?{}[]":
            raise _UnknownSyntaxError(self._text)
        return _ANY if char == "." else _single(ord(char))

    def _escaped(self) -> Ranges:
        char = self._character()
        if char == "d":
            return _DIGITS
        if char in _HEX:
            return _single(self._number(_HEX[char]))
        if char.isalnum():
            raise _UnknownSyntaxError(self._text)
        return _single(ord(char))

    def _number(self, length: int) -> int:
        digits = self._text[self._at : self._at + length]
        self._at += length
        try:
            return int(digits, 16)
        except ValueError as error:
            raise _UnknownSyntaxError(self._text) from error

    def _set(self) -> Ranges:
        other, found = self._next("^"), list[tuple[int, int]]()
        while not self._next("]"):
            char = self._character()
            ranges = self._escaped() if char == "\\" else _single(ord(char))
            if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 :][:1] != "]":
                self._at += 1
                last = self._character()
                ends = self._escaped() if last == "\\" else _single(ord(last))
                ranges = ((ranges[0][0], ends[0][1]),)
            found += ranges
        return _others(found) if other else tuple(found)

    def _counted(self, part: Part) -> Part:
        least, most = self._count()
        if self._text[self._at : self._at + 1] in {"?", "+", "*", "{"} and (least, most) != (1, 1):
            raise _UnknownSyntaxError(self._text)
        return lambda machine, start: repeated(machine, start, part, least, most)

    def _count(self) -> tuple[int, int | None]:
        if self._next("*"):
            return 0, None
        if self._next("+"):
            return 1, None
        if self._next("?"):
            return 0, 1
        if not self._next("{"):
            return 1, 1
        end = self._text.find("}", self._at)
        least, comma, most = self._text[self._at : end].partition(",")
        if end < 0 or not least.isdecimal() or (most and not most.isdecimal()):
            raise _UnknownSyntaxError(self._text)
        self._at = end + 1
        counts = int(least), (int(most) if most else None) if comma else int(least)
        if max(counts[0], counts[1] or 0) > _MOST or counts[0] > (counts[1] or counts[0]):
            raise _UnknownSyntaxError(self._text)
        return counts

    def _next(self, char: str) -> bool:
        found = self._text[self._at : self._at + 1] == char
        self._at += found
        return found

    def _expect(self, char: str) -> None:
        if not self._next(char):
            raise _UnknownSyntaxError(self._text)

    def _character(self) -> str:
        if self._at >= len(self._text):
            raise _UnknownSyntaxError(self._text)
        self._at += 1
        return self._text[self._at - 1]


def _single(point: int) -> Ranges:
    return ((point, point),)


def _others(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found, start = list[tuple[int, int]](), 0
    for first, last in sorted(ranges):
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return (*found, (start, LAST)) if start <= LAST else tuple(found)

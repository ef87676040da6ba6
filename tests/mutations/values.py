"""Values that a mutated body may get, and texts that replace a whole body."""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Literal:
    """Text that is in JSON as it is."""

    text: str


@dataclass(frozen=True)
class First:
    """A value before which the same key is with another value."""

    first: Any
    last: Any


WHOLE: Final = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"text"',
    b"true",
    b"{",
    b"[{}]",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"a":1}}',
    b"{'a':1}",
    b'{"a":NaN}',
    b'{"a":\x00}',
    b'{"\\ud800":"\\udfff"}',
    b"[" * 40 + b"]" * 40,
)


TEXTS: Final = (
    "",
    " ",
    "#NA",
    "\x00",
    "\u20ac",
    "\U0001f50c",
    "a\nb",
    "x" * 300,
    "../../x",
    "%2F",
    "NULL",
    "0",
    "true",
    "\x7f",
    "\u202e",
    "'; DROP TABLE objects; --",
    "é" * 36,
)


TIMES: Final = (
    "2026-01-01T00:00:00+02:00",
    "2026-01-01T00:00:00",
    "2026-13-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01t00:00:00z",
    "2026-01-01T00:00:00.1234567890Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "+2026-01-01T00:00:00Z",
    "2026-01-01 00:00:00Z",
    "1",
    "2026-01-01T00:00:00.12Z",
    "2026-01-01T00:00Z",
)


NUMBERS: Final = (
    "-1",
    "0",
    "-0",
    "1e400",
    "1e-400",
    "1E3",
    "0.1",
    "99999999999999999999",
    "-99999999999999999999",
    "01",
    "1.",
    "1.00000000000000000000000001",
    "9223372036854775808",
    "NaN",
    "-Infinity",
    "0.30000",
    "2147483648",
    "1e5",
)


OTHERS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    5,
    -1.5,
    "text",
    "",
    [],
    {},
    [[]],
    [None],
    {"x": None},
    ["a", "a"],
    [{}],
)

"""What is around the JSON of an object, how it is encoded, and what is not JSON in it."""

import re
from collections.abc import Callable, Collection
from typing import Final, TypeAlias

from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.json_stream import LONE_SURROGATE

__all__ = ["NO_JSON", "RULES", "Change", "json_of", "without_bom"]

RULES: Final = (
    Rule(
        "bom",
        "standard",
        "A byte order mark before the JSON is removed.",
        "transport: JSON",
    ),
    Rule(
        "encoding",
        "lenient",
        "Text that is not UTF-8 is read as UTF-16 or UTF-32 where it looks like it, else as "
        "Windows-1252.",
        "transport: JSON",
    ),
    Rule(
        "no-number",
        "lenient",
        "NaN, Infinity and undefined, which are not JSON, become null.",
        "transport: JSON",
    ),
    Rule(
        "trailing-comma",
        "lenient",
        "A comma before the end of a list or object is removed.",
        "transport: JSON",
    ),
    Rule(
        "lone-surrogate",
        "lenient",
        "Half of a surrogate pair in a text, which is no character, becomes U+FFFD.",
        "transport: JSON",
    ),
)

NO_JSON: Final = frozenset({"no-number", "trailing-comma", "lone-surrogate"})
"""The rules about what is not JSON within a text."""

Change: TypeAlias = tuple[str, str, str]
"""The rule, what was in a text with the byte of the first of it, and what is there now."""
Changed: TypeAlias = tuple[bytes, tuple[str, str] | None]
"""A text after a change, and what was changed."""

_BOM: Final = b"\xef\xbb\xbf"
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
_NO_NUMBER: Final = re.compile(_STRING + rb"|([-+]?\b(?:NaN|Infinity|undefined)\b)", re.DOTALL)
_COMMA: Final = re.compile(_STRING + rb"|(,)[ \t\r\n]*+(?=[\]}])", re.DOTALL)
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_WIDE: Final = {
    (0,): "utf-32-le", (3,): "utf-32-be", (0, 2): "utf-16-le", (1, 3): "utf-16-be",
}  # fmt: skip
"""Encodings by the bytes of the first four that are not zero."""


def without_bom(text: bytes) -> bytes:
    """Return a text without the mark."""
    return text.removeprefix(_BOM)


def json_of(text: bytes, active: Collection[str]) -> tuple[bytes, list[Change]]:
    """Change a text that cannot be read until it is JSON, or nothing more can be changed.

    Args:
        text: The text; a byte order mark of UTF-8 is removed before.
        active: The rules that are on.

    Returns:
        The text after the changes, and one change for each rule.
    """
    done: list[Change] = []
    for rule, change in _CHANGES:
        after, what = change(text) if rule in active else (text, None)
        if what is not None:
            text = after
            done.append((rule, *what))
    return text, done


def _encoded(text: bytes) -> Changed:
    """Return a text in UTF-8, whatever it was in."""
    name = _wide_encoding(text)
    if name is not None:
        return text.decode(name, errors="replace").encode(), (
            f"{name.upper()}, from byte 0",
            "UTF-8",
        )
    try:
        text.decode()
    except UnicodeDecodeError as error:
        changed = text.decode("cp1252", errors="replace").encode()
        return changed, (f"Windows-1252, from byte {error.start}", "UTF-8")
    return text, None


def _wide_encoding(text: bytes) -> str | None:
    """Return the encoding of a text with a mark, or with zeroes beside its first character."""
    marked = next((name for mark, name in _MARKS if text.startswith(mark)), None)
    if marked is not None:
        return marked
    places = tuple(index for index, byte in enumerate(text[:4]) if byte)
    is_opened = bool(places) and text[places[0]] in b"{["
    return _WIDE.get(places) if is_opened else None


def _without_numbers(text: bytes) -> Changed:
    return _replaced(_NO_NUMBER, text, b"null")


def _without_commas(text: bytes) -> Changed:
    return _replaced(_COMMA, text, b"")


def _without_halves(text: bytes) -> Changed:
    return _replaced(LONE_SURROGATE, text, b"\\ufffd")


def _replaced(pattern: re.Pattern[bytes], text: bytes, after: bytes) -> Changed:
    """Replace what the group of a pattern has, in one pass."""
    found = next((each for each in pattern.finditer(text) if each[1]), None)
    if found is None:
        return text, None
    changed = pattern.sub(lambda each: after if each[1] else each[0], text)
    before = found[1].decode(errors="replace")
    return changed, (f"{before} at byte {found.start()}", after.decode())


_CHANGES: Final[tuple[tuple[str, Callable[[bytes], Changed]], ...]] = (
    ("encoding", _encoded),
    ("no-number", _without_numbers),
    ("trailing-comma", _without_commas),
    ("lone-surrogate", _without_halves),
)

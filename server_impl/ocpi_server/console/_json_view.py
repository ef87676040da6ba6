"""JSON for people: indented, and cut into parts that the style sheet colours."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

__all__ = ["json_parts", "pretty"]

_LONGEST: Final = 100_000
"""So much of a text is shown; all of it can be downloaded."""
_INSIDE: Final = r'(?:[^"\\]|\\(?:[\s\S]|\Z))*+'
"""What is between quotation marks; without an end, as in a body that was cut, it goes on to that of
the text. To look for the end from each quotation mark again takes a minute."""
_PART: Final = re.compile(
    rf'(?P<key>"{_INSIDE}")(?=\s*+:)'
    rf'|(?P<string>"{_INSIDE}(?:"|\Z))'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<word>true|false|null)"
)


def pretty(raw: bytes) -> str:
    """Return JSON text indented, with its numbers and order as they are; other text unchanged."""
    try:
        text = msgspec.json.format(raw, indent=2)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        text = raw
    return bytes(text).decode("utf-8", "replace")


def json_parts(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield the parts of JSON text with their kind: key, string, number, word, or nothing."""
    text = pretty(raw)
    shown, end = text[:_LONGEST], 0
    for found in _PART.finditer(shown):
        if found.start() > end:
            yield "", shown[end : found.start()]
        yield found.lastgroup or "", found.group()
        end = found.end()
    yield "", shown[end:] + ("\n…" if len(text) > _LONGEST else "")

"""Texts that are too long for another version, or use characters that it does not have."""

import re
import unicodedata
from hashlib import sha256
from typing import Final

__all__ = ["NOT_AVAILABLE", "fitted", "is_identifier"]

NOT_AVAILABLE: Final = "#NA"
"""Stands for a text that nobody knows, in any text field (transport chapter, from 2.2 on)."""

_IDENTIFIER: Final = re.compile(r"(?:.*_)?u?ids?\Z")
_DIGEST: Final = 8
# Below that, nothing recognizable of the text would be left in front of the digest.
_SHORTEST: Final = 12


def is_identifier(field: str) -> bool:
    """Tell by the name of a field whether it identifies something."""
    return bool(_IDENTIFIER.match(field))


def fitted(text: str, limit: int | None, *, ascii_only: bool, identifier: bool) -> str:
    """Make a text fit.

    A text for people is cut. An identifier keeps its beginning and ends in a digest of the whole,
    ``~`` and eight hexadecimal digits, so that different ones stay different and the same one
    is shortened to the same everywhere.

    Args:
        text: What does or does not fit.
        limit: How many characters are allowed.
        ascii_only: Whether only printable ASCII is (CiString).
        identifier: Whether it identifies something.
    """
    if text == NOT_AVAILABLE:
        return text
    plain = _ascii(text) if ascii_only else text
    if plain == text and (limit is None or len(text) <= limit):
        return text
    if not identifier or (limit is not None and limit < _SHORTEST):
        return plain[:limit].rstrip()
    digest = sha256(text.casefold().encode()).hexdigest()[:_DIGEST]
    kept = len(plain) if limit is None else limit - _DIGEST - 1
    return f"{plain[:kept]}~{digest}"


def _ascii(text: str) -> str:
    """Drop accents; what still is no printable ASCII becomes a question mark."""
    if text.isascii() and text.isprintable():
        return text
    letters = (each for each in unicodedata.normalize("NFKD", text) if not _is_accent(each))
    return "".join(each if " " <= each <= "~" else "?" for each in letters)


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0

"""Texts that are too long for another version, or use characters that it does not have."""

import re
import unicodedata
from base64 import b32hexencode
from hashlib import sha256
from typing import Final

from ocpi_runtime.types import same_ci

__all__ = ["NOT_AVAILABLE", "fitted", "is_identifier", "same_id", "short_id", "shortened"]

NOT_AVAILABLE: Final = "#NA"
"""Stands for a text that nobody knows, in any text field (transport chapter, from 2.2 on)."""

_IDENTIFIER: Final = re.compile(r"(?:.*_)?u?ids?\Z")
# Two of a million identifiers have the same digest once in two thousand times.
_DIGEST: Final = 10
_BEGINNING: Final = 4
_LENGTH: Final = _BEGINNING + 1 + _DIGEST  # what OCPI 2.0 allows, the shortest of all


def is_identifier(field: str) -> bool:
    """Return by the name of a field whether it identifies something."""
    return bool(_IDENTIFIER.match(field))


def fitted(text: str, limit: int | None, *, ascii_only: bool, identifier: bool) -> str:
    """Make a text fit.

    A text for people is cut. An identifier is shortened, see :func:`shortened`.

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
    if identifier and (limit is None or limit >= _LENGTH):
        return shortened(text)
    return plain[:limit].rstrip()


def shortened(text: str) -> str:
    """Return the short form of an identifier, which fits into every version.

    It keeps its beginning and ends in ``~`` and a digest of the whole, so that different ones
    stay different. It is the same wherever it is shortened, and is never shortened again: a
    reference meets its object whichever versions each of them went through.
    """
    digest = b32hexencode(sha256(text.casefold().encode()).digest()).decode().lower()
    return f"{_ascii(text)[:_BEGINNING]}~{digest[:_DIGEST]}"


def short_id(text: str) -> str:
    """Return an identifier as the version with the shortest ones writes it, in lower case.

    Two identifiers that are the same in any version have the same short form.
    """
    return fitted(text, _LENGTH, ascii_only=True, identifier=True).lower()


def same_id(left: str, right: str) -> bool:
    """Compare identifiers of which one may have been shortened, or both."""
    return same_ci(left, right) or any(
        same_ci(one, shortened(other)) for one, other in ((left, right), (right, left))
    )


def _ascii(text: str) -> str:
    """Drop accents; what still is not printable ASCII becomes a question mark."""
    if text.isascii() and text.isprintable():
        return text
    letters = (each for each in unicodedata.normalize("NFKD", text) if not _is_accent(each))
    return "".join(each if " " <= each <= "~" else "?" for each in letters)


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0

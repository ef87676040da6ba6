"""Ids that can be recognised, that no object has yet, and that come out the same again."""

import zlib
from collections.abc import Callable
from typing import Final

from ocpi_runtime.types import PartyId

__all__ = ["free_number", "mark_of", "party_code"]

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SEED_DIGITS: Final = 5
_TWO_DIGITS: Final = 36**2


def mark_of(seed: int, number: int) -> str:
    """Return what all ids of a run begin with.

    It is short enough for the ids of 2.0, which have at most 15 characters.
    """
    text = _written(seed) if seed >= 0 else "-"
    if len(text) > _SEED_DIGITS or text == "-":
        text = _written(zlib.crc32(str(seed).encode()) % 36**_SEED_DIGITS)
    return f"CHK{text}-{_written(number)}"


def party_code(letter: str, number: int) -> PartyId:
    """Return a party that does not exist: ZZ belongs to no country."""
    return PartyId("ZZ", f"{letter}{_written(number % _TWO_DIGITS).rjust(2, '0')}")


def _written(number: int) -> str:
    out = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        out = _DIGITS[digit] + out
    return out or "0"


def free_number(is_free: Callable[[int], bool]) -> int:
    """Return a number that is free and whose predecessor is not, where runs took them in turn.

    Args:
        is_free: Asks the party.
    """
    taken, number = 0, 1
    while not is_free(number):
        taken, number = number, 2 * number
    while number - taken > 1:
        middle = (taken + number) // 2
        taken, number = (taken, middle) if is_free(middle) else (middle, number)
    return number

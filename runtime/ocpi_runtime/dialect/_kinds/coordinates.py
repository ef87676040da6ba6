"""Coordinates with more or fewer decimals than the specification has."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["RULES", "step"]

RULES: Final = (
    Rule(
        "coordinate-decimals",
        "standard",
        "Coordinates are rounded or filled up to the decimals of the specification; degrees, "
        "minutes and seconds become degrees.",
        "locations: GeoLocation",
    ),
)

_DEGREES: Final = re.compile(r"([+-]?[0-9]{0,3})(?:[.,]([0-9]{0,80}))?(?: ?° ?| )?([NESWnesw]?)\Z")
_POWER: Final = re.compile(r"[+-]?[0-9]\.[0-9]{1,40}[eE][+-]?[0-9]{1,2}\Z")
_MINUTES: Final = re.compile(
    r"([0-9]{1,3}) ?° ?([0-9]{1,2}) ?['\u2032\u2019] ?"
    r"(?:([0-9]{1,2}(?:[.,][0-9]{1,10})?) ?(?:\"|\u2033|\u201d|'') ?)?([NESWnesw])\Z"
)
_LETTER_FIRST: Final = re.compile(r"([NESWnesw]) ?([0-9][0-9.,]*)\Z")
_LONGEST: Final = 100


def step(decimals: tuple[int, int]) -> Step:
    """Return the repair for a number of decimals, at least and at most."""
    least, most = decimals

    def apply(value: Any) -> Any:
        text = _decimal(value.strip()[:_LONGEST]) if isinstance(value, str) else ""
        found = _DEGREES.match(format(Decimal(text), "f") if _POWER.match(text) else text)
        if found is None or not (found[1].strip("+-") or found[2]):
            return value
        digits = found[2] or ""
        count = min(max(len(digits), least), most)
        degrees = Decimal(f"{found[1]}.{digits or '0'}")
        if found[3] and found[3] in "SWsw":
            degrees = -abs(degrees)
        return format(degrees.quantize(Decimal(1).scaleb(-count), ROUND_HALF_EVEN), "f")

    return Step("coordinate-decimals", apply)


def _decimal(text: str) -> str:
    """Return degrees, minutes and seconds, or degrees behind a letter, as degrees and a letter."""
    if found := _LETTER_FIRST.match(text):
        return f"{found[2]}{found[1]}"
    found = _MINUTES.match(text)
    if found is None:
        return text
    seconds = Decimal((found[3] or "0").replace(",", "."))
    degrees = int(found[1]) + Decimal(int(found[2])) / 60 + seconds / 3600
    return f"{degrees:.7f}{found[4]}"

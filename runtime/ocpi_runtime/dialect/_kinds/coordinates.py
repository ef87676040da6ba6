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
        "Coordinates are rounded or filled up to the decimals of the specification.",
        "locations: GeoLocation",
    ),
)

_DEGREES: Final = re.compile(r"([+-]?[0-9]{0,3})(?:[.,]([0-9]{0,80}))?(?: ?° ?| )?([NESWnesw]?)\Z")
_POWER: Final = re.compile(r"[+-]?[0-9]\.[0-9]{1,40}[eE][+-]?[0-9]{1,2}\Z")


def step(decimals: tuple[int, int]) -> Step:
    """Return the repair for a number of decimals, at least and at most."""
    least, most = decimals

    def apply(value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else ""
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

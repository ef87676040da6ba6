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

_DEGREES: Final = re.compile(r"\s*([+-]?[0-9]{1,3})(?:[.,]([0-9]{0,40}))?\s*°?\s*\Z")


def step(decimals: tuple[int, int]) -> Step:
    """Return the repair for a number of decimals, at least and at most."""
    least, most = decimals

    def apply(value: Any) -> Any:
        found = _DEGREES.match(value) if isinstance(value, str) else None
        if found is None:
            return value
        digits = found[2] or ""
        count = min(max(len(digits), least), most)
        degrees = Decimal(f"{found[1]}.{digits or '0'}")
        return format(degrees.quantize(Decimal(1).scaleb(-count), ROUND_HALF_EVEN), "f")

    return Step("coordinate-decimals", apply)

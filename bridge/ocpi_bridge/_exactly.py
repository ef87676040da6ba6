"""Arithmetic of amounts, which have any number of digits."""

import decimal
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

__all__ = ["difference", "total", "without_percentage"]

_DIGITS: Final = decimal.Context(prec=800)
_PLACES: Final = Decimal("0.0001")


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add numbers up."""
    found = Decimal(0)
    for each in numbers:
        found = _DIGITS.add(found, each)
    return found


def difference(minuend: Decimal, subtrahend: Decimal) -> Decimal:
    """Take a number from another."""
    return _DIGITS.subtract(minuend, subtrahend)


def without_percentage(gross: Decimal, percentage: Decimal) -> Decimal:
    """Take a tax out of an amount, to four decimals, as numbers of OCPI have them.

    Args:
        gross: With the tax.
        percentage: Of the amount without it; above -100.
    """
    parts = _DIGITS.add(100, percentage)
    net = _DIGITS.divide(_DIGITS.multiply(gross, 100), parts)
    return net.quantize(_PLACES, context=_DIGITS)

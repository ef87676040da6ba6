"""Arithmetic of amounts, which have any number of digits."""

import decimal
from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from ocpi_bridge._conversion.text import NOT_AVAILABLE

__all__ = ["InvalidNumber", "difference", "exact", "total", "without_percentage"]

_DIGITS: Final = decimal.Context(prec=800)
_PLACES: Final = Decimal("0.0001")


class InvalidNumber(ArithmeticError):
    """There is no number, or none that JSON can represent; the message states which."""


def exact(value: Any) -> Decimal:
    """Read a number, or the text that OCPI 2.0 has instead.

    Raises:
        InvalidNumber: The value is not known, or larger than the numbers of JSON hold.
    """
    if value == NOT_AVAILABLE:
        raise InvalidNumber(f"is {NOT_AVAILABLE}, which is not a number")
    try:
        number = Decimal(value)
        if isfinite(float(number)):
            return number
    except ArithmeticError:  # an exponent beyond any that Decimal has
        pass
    raise InvalidNumber("is too large for a number in JSON")


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add numbers up.

    Raises:
        InvalidNumber: The sum is too large.
    """
    found = Decimal(0)
    for each in numbers:
        found = _DIGITS.add(found, each)
    return exact(found)


def difference(minuend: Decimal, subtrahend: Decimal) -> Decimal:
    """Take a number from another.

    Raises:
        InvalidNumber: The difference is too large.
    """
    return exact(_DIGITS.subtract(minuend, subtrahend))


def without_percentage(gross: Decimal, percentage: Decimal) -> Decimal:
    """Take a tax out of an amount, to four decimals, as numbers of OCPI have them.

    Args:
        gross: With the tax.
        percentage: Of the amount without it; above -100.

    Raises:
        InvalidNumber: What is left is too large.
    """
    parts = _DIGITS.add(100, percentage)
    net = _DIGITS.divide(_DIGITS.multiply(gross, 100), parts)
    return exact(net.quantize(_PLACES, context=_DIGITS))

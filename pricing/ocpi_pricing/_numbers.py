"""Exact numbers: from the decimals of OCPI to fractions, and back with four decimals."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ocpi_pricing.cost import Amount, PricingError
from ocpi_runtime.types import UNSET

__all__ = ["ZERO", "Money", "exact", "hours", "optional", "optional_exact", "plain", "rounded"]

ZERO = Fraction(0)
DECIMALS = 4
_LARGEST = 40  # digits before or behind the point; a peer's 1e999999999 would never end
_SECONDS = 3600


def optional(owner: object, name: str) -> Any:
    """Read a field that a version may lack; None and UNSET are absent."""
    value = getattr(owner, name, None)
    return None if value is UNSET else value


def optional_exact(owner: object, *names: str) -> Fraction | None:
    """Read the first number that is there under one of the names."""
    values = (optional(owner, name) for name in names)
    return next((exact(value) for value in values if value is not None), None)


def plain(value: str) -> str:
    """Return the text of an enum member, whichever kind of enum it is."""
    return str.__str__(value)


def exact(value: Decimal | int) -> Fraction:
    """Take a number as a fraction.

    Raises:
        PricingError: No finite number, or one with an absurd exponent.
    """
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST:
        raise PricingError(f"{value} is no number of a bill")
    return Fraction(number)


def hours(volume: Decimal | int) -> Fraction:
    """Take hours as measured, put right to the whole second that their decimals stand for."""
    value = exact(volume)
    exponent = Decimal(volume).as_tuple().exponent
    places = max(DECIMALS, -exponent if isinstance(exponent, int) else 0)
    second = round(value * _SECONDS)
    near = abs(value * _SECONDS - second) * 10**places <= _SECONDS
    return Fraction(second, _SECONDS) if near else value


def rounded(value: Fraction) -> Decimal:
    """Return four decimals, halves away from zero."""
    units = int(abs(value) * 10**DECIMALS + Fraction(1, 2))
    sign = int(value < 0 < units)
    return Decimal((sign, tuple(int(digit) for digit in str(units)), -DECIMALS))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount before rounding; ``incl`` is None where the VAT is not known."""

    excl: Fraction
    incl: Fraction | None

    def __add__(self, other: "Money") -> "Money":
        known = self.incl is not None and other.incl is not None
        incl = self.incl + other.incl if known else None  # type: ignore[operator]  # known
        return Money(self.excl + other.excl, incl)

    def amount(self) -> Amount:
        """Round it."""
        return Amount(rounded(self.excl), None if self.incl is None else rounded(self.incl))

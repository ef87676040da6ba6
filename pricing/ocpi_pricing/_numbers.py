"""Exact numbers: from the decimals of OCPI to fractions, and back with four decimals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from ocpi_pricing._cost import Amount, PricingError
from ocpi_runtime.types import UNSET

__all__ = [
    "ZERO", "Money", "exact", "four_decimals", "hours", "optional", "optional_exact", "plain",
    "rounded", "sum_exact", "sum_money",
]  # fmt: skip

ZERO = Fraction(0)
DECIMALS = 4
_NONE = Decimal("0.0000")
_UNITS = 10_000
_LARGEST = 40  # digits before or behind the point; a peer's 1e999999999 would never end
_SECONDS = 3600


def optional(owner: object, name: str) -> Any:
    """Read a field that a version may lack; None and UNSET are absent."""
    value = getattr(owner, name, None)
    return None if value is UNSET else value


def optional_exact(owner: object, pointer: str, *names: str) -> Fraction | None:
    """Read the first number that is there under one of the names."""
    for name in names:
        value = optional(owner, name)
        if value is not None:
            return exact(value, f"{pointer}/{name}")
    return None


def plain(value: str) -> str:
    """Return the text of an enum member, whichever kind of enum it is."""
    return str.__str__(value)


def exact(value: Decimal | int, pointer: str = "") -> Fraction:
    """Take a number as a fraction.

    Raises:
        PricingError: No finite number, or one with an absurd exponent.
    """
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST:
        raise PricingError(f"{value} is not a number of a bill; correct it", pointer)
    return _fraction(number)


@lru_cache(maxsize=4096)
def _fraction(number: Decimal) -> Fraction:
    """Convert a number; the same prices, rates and volumes come again and again."""
    return Fraction(number)


def sum_exact(values: Iterable[Fraction]) -> Fraction:
    """Sum up over one common denominator."""
    parts = [value for value in values if value]
    if len(parts) <= 1:
        return parts[0] if parts else ZERO
    common = lcm(*[value.denominator for value in parts])
    return Fraction(
        sum([value.numerator * (common // value.denominator) for value in parts]), common
    )


def hours(volume: Decimal | int, pointer: str = "") -> Fraction:
    """Take hours as measured, put right to the whole second that their decimals stand for.

    Raises:
        PricingError: No finite number, or less than none.
    """
    units = _units(exact(volume, pointer))
    if units < 0:
        raise PricingError(f"{volume} hours are less than none; correct them", pointer)
    return _hours(units)


@lru_cache(maxsize=4096)
def _hours(units: int) -> Fraction:
    second = (2 * units * _SECONDS + _UNITS) // (2 * _UNITS)
    near = abs(units * _SECONDS - second * _UNITS) <= _SECONDS
    return Fraction(second, _SECONDS) if near else Fraction(units, _UNITS)


def four_decimals(value: Fraction) -> Fraction:
    """Round to four decimals, as many as the types chapter allows: floats have noise behind them.

    Halves go away from zero.
    """
    return value if _UNITS % value.denominator == 0 else Fraction(_units(value), _UNITS)


def _units(value: Fraction) -> int:
    """Return the nearest whole number of the last decimal."""
    twice = 2 * value.denominator
    units = (2 * abs(value.numerator) * _UNITS + value.denominator) // twice
    return -units if value.numerator < 0 else units


def rounded(value: Fraction) -> Decimal:
    """Return four decimals, halves away from zero."""
    return Decimal(f"{_units(value)}E-{DECIMALS}") if value else _NONE


@dataclass(frozen=True, slots=True)
class Money:
    """An amount before rounding; a side is None where the rate of VAT is not known."""

    excl: Fraction | None
    incl: Fraction | None

    def __add__(self, other: "Money") -> "Money":
        return Money(_sum(self.excl, other.excl), _sum(self.incl, other.incl))

    def amount(self) -> Amount:
        """Round it."""
        excl, incl = self.excl, self.incl
        return Amount(
            None if excl is None else rounded(excl), None if incl is None else rounded(incl)
        )


def sum_money(amounts: Sequence[Money]) -> Money:
    """Sum up; a side is None where one of it is."""
    excl = [one.excl for one in amounts if one.excl is not None]
    incl = [one.incl for one in amounts if one.incl is not None]
    count = len(amounts)
    return Money(
        sum_exact(excl) if len(excl) == count else None,
        sum_exact(incl) if len(incl) == count else None,
    )


def _sum(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other

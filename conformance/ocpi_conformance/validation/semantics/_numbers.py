"""Numbers and prices of objects, whatever their version calls them."""

from typing import Any

__all__ = ["net", "number"]


def number(value: Any) -> float | None:
    """Return a number; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None  # noqa: PLR2004 - beyond it nothing is exact


def net(price: Any) -> float | None:
    """Return a price without taxes: a number until 2.1.1, a class from 2.2 on."""
    if not isinstance(price, dict):
        return number(price)
    return number(price.get("excl_vat", price.get("before_taxes")))

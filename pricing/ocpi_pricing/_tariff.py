"""A tariff as exact numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ocpi_pricing._numbers import (
    ZERO,
    Money,
    exact,
    optional,
    optional_exact,
    plain,
)
from ocpi_pricing._restrictions import Moment, Restrictions, read_restrictions
from ocpi_pricing.cost import PricingError
from ocpi_pricing.shapes import PriceComponentLike, TariffLike

__all__ = ["Component", "Limit", "Rates", "read_tariff"]

_STEPS = {
    "ENERGY": Fraction(1, 1000),
    "TIME": Fraction(1, 3600),
    "PARKING_TIME": Fraction(1, 3600),
}


@dataclass(frozen=True, slots=True)
class Component:
    """A price with the conditions of its element.

    Attributes:
        element: Which element, counted from 0.
        source: The price as in the tariff.
        kind: ENERGY, FLAT, PARKING_TIME or TIME.
        price: By unit.
        vat: As a part of 1, None if not given.
        taxes: What 2.3.0 says in ``tax_included``: YES, NO or N/A; before that NO.
        step: The step in the unit of the price, 0 for none.
        restrictions: When it applies.
    """

    element: int
    source: PriceComponentLike
    kind: str
    price: Fraction
    vat: Fraction | None
    taxes: str
    step: Fraction
    restrictions: Restrictions

    def cost(self, quantity: Fraction) -> Money:
        """Price a quantity.

        Raises:
            PricingError: The price includes taxes whose rate the tariff does not give.
        """
        amount = self.price * quantity
        if amount == 0 or self.taxes == "N/A":
            return Money(amount, amount)
        if self.taxes == "YES":
            return Money(amount / (1 + self._included()), amount)
        return Money(amount, None if self.vat is None else amount * (1 + self.vat))

    def _included(self) -> Fraction:
        if self.vat is None:
            raise PricingError(f"element {self.element}: prices include taxes of unknown rate")
        return self.vat


@dataclass(frozen=True, slots=True)
class Limit:
    """A ``min_price`` or ``max_price``."""

    excl: Fraction
    incl: Fraction | None


@dataclass(frozen=True, slots=True)
class Rates:
    """A tariff.

    Attributes:
        tariff_id: As in the tariff.
        components: All prices in the order of their elements.
        least: The total is at least this.
        most: The total is at most this.
    """

    tariff_id: str
    components: tuple[Component, ...]
    least: Limit | None
    most: Limit | None

    def active(self, kind: str, classes: tuple[str | None, ...], at: Moment) -> Component | None:
        """Find the price of a dimension.

        Args:
            kind: ENERGY, FLAT, PARKING_TIME or TIME.
            classes: Values of the reservation restriction, those that go first in front.
            at: The moment.
        """
        candidates = (
            component
            for wanted in classes
            for component in self.components
            if component.kind == kind and component.restrictions.reservation == wanted
        )
        return next((one for one in candidates if one.restrictions.matches(at)), None)


def read_tariff(tariff: TariffLike) -> Rates:
    """Read a tariff of any version.

    Raises:
        PricingError: Something in it is no number, time or date.
    """
    return Rates(
        tariff_id=tariff.id,
        components=tuple(_components(tariff)),
        least=_limit(optional(tariff, "min_price")),
        most=_limit(optional(tariff, "max_price")),
    )


def _components(tariff: TariffLike) -> Iterator[Component]:
    taxes = plain(optional(tariff, "tax_included") or "NO")
    for index, element in enumerate(tariff.elements):
        restrictions = read_restrictions(optional(element, "restrictions"))
        for source in element.price_components:
            yield _component(index, source, taxes, restrictions)


def _component(
    element: int, source: PriceComponentLike, taxes: str, restrictions: Restrictions
) -> Component:
    vat, kind = optional_exact(source, "vat"), plain(source.type)
    return Component(
        element=element,
        source=source,
        kind=kind,
        price=exact(source.price),
        vat=None if vat is None else vat / 100,
        taxes=taxes,
        step=max(0, source.step_size) * _STEPS.get(kind, ZERO),
        restrictions=restrictions,
    )


def _limit(source: object) -> Limit | None:
    excl = optional_exact(source, "excl_vat", "before_taxes")
    return None if excl is None else Limit(excl, optional_exact(source, "incl_vat", "after_taxes"))

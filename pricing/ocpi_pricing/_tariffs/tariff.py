"""A tariff as exact numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import repeat

from ocpi_pricing._cost import PriceWarning, PricingError
from ocpi_pricing._numbers import ZERO, Money, exact, optional, optional_exact, plain
from ocpi_pricing._shapes import PriceComponentLike, TariffLike
from ocpi_pricing._tariffs._restrictions import Restrictions, read_restrictions
from ocpi_pricing._tariffs.conditions import State

__all__ = ["Component", "Limit", "Rates", "read_tariff"]

_STEPS = {
    "ENERGY": Fraction(1, 1000),
    "TIME": Fraction(1, 3600),
    "PARKING_TIME": Fraction(1, 3600),
}


@dataclass(slots=True, eq=False)
class Component:
    """A price with the conditions of its element.

    Attributes:
        element: Which element, counted from 0.
        source: The price as in the tariff.
        pointer: JSON pointer to the price.
        kind: ENERGY, FLAT, PARKING_TIME or TIME.
        price: By unit.
        vat: As a part of 1, None if not known.
        taxes: What 2.3.0 says in ``tax_included``: YES, NO or N/A; before that NO.
        step: The step in the unit of the price, 0 for none.
        restrictions: When it applies.
        rival: A component of the same dimension and element with another price, by its pointer.
    """

    element: int
    source: PriceComponentLike
    pointer: str
    kind: str
    price: Fraction
    vat: Fraction | None
    taxes: str
    step: Fraction
    restrictions: Restrictions
    rival: str | None = None

    @property
    def factor(self) -> Fraction | None:
        """Price with VAT by price without it, None if not known."""
        return None if self.vat is None else _factor(self.vat)

    def cost(self, quantity: Fraction) -> Money:
        """Price a quantity."""
        amount = self.price * quantity
        if not amount or self.taxes == "N/A":
            return Money(amount, amount)
        factor = self.factor
        if self.taxes == "YES":
            return Money(None if factor is None else amount / factor, amount)
        return Money(amount, None if factor is None else amount * factor)

    def refuse_rival(self) -> None:
        """Refuse to choose between two prices for the same.

        Raises:
            PricingError: The element has another price for this dimension.
        """
        if self.rival is not None:
            raise PricingError(
                f"the element has two prices for {self.kind}, the other one at {self.rival}; "
                "leave one, or put them into elements with restrictions",
                self.pointer,
            )

    def is_same_price(self, other: "Component") -> bool:
        """Return whether another component costs the same."""
        return (self.price, self.vat, self.step) == (other.price, other.vat, other.step)


@dataclass(frozen=True, slots=True)
class Limit:
    """A ``min_price`` or ``max_price``."""

    excl: Fraction
    incl: Fraction | None


@dataclass(frozen=True)
class Rates:
    """A tariff.

    Attributes:
        tariff_id: As in the tariff.
        components: All prices in the order of their elements.
        least: The total is at least this.
        most: The total is at most this.
        warnings: Doubts about it.
        by_use: The prices by dimension and reservation restriction.
    """

    tariff_id: str
    components: tuple[Component, ...]
    least: Limit | None
    most: Limit | None
    warnings: tuple[PriceWarning, ...]
    by_use: dict[tuple[str, str | None], list[Component]] = field(repr=False)
    _candidates: dict[tuple[str, tuple[str | None, ...]], tuple[Component, ...]] = field(
        init=False, repr=False, default_factory=dict
    )

    @cached_property
    def restrictions(self) -> tuple[Restrictions, ...]:
        """The restrictions of each element that has prices and restrictions."""
        by_element = {one.element: one.restrictions for one in self.components}
        return tuple(one for one in by_element.values() if one.conditions)

    @cached_property
    def marks(self) -> frozenset[int]:
        """The minutes of the day at which a price may begin or cease to apply."""
        return frozenset[int]().union(*(one.marks() for one in self.restrictions))

    @cached_property
    def ages(self) -> frozenset[tuple[int, bool]]:
        """The microseconds after which a price may do so, and whether those of a reservation."""
        return frozenset(
            (int(limit * 10**6), one.reservation is not None)
            for one in self.restrictions
            for limit in one.bounds("duration")
            if limit is not None
        )

    @cached_property
    def energies(self) -> tuple[Fraction, ...]:
        """The kWh at which a price may do so, in their order."""
        limits = (limit for one in self.restrictions for limit in one.bounds("kwh"))
        return tuple(sorted({limit for limit in limits if limit is not None}))

    def candidates(self, kind: str, classes: tuple[str | None, ...]) -> Sequence[Component]:
        """Return the prices of a dimension, those that go first in front.

        Args:
            kind: ENERGY, FLAT, PARKING_TIME or TIME.
            classes: Values of the reservation restriction, those that go first in front.
        """
        key = (kind, classes)
        found = self._candidates.get(key)
        if found is None:
            found = tuple(one for each in classes for one in self.by_use.get((kind, each), ()))
            self._candidates[key] = found
        return found

    def active(self, kind: str, classes: tuple[str | None, ...], at: State) -> Component | None:
        """Find the price of a dimension at a moment."""
        for one in self.candidates(kind, classes):
            if one.restrictions.matches(at):
                return one
        return None

    def single_vat(self) -> Fraction | None:
        """Return the rate of VAT if all prices have the same."""
        rates = {component.vat for component in self.components}
        return rates.pop() if len(rates) == 1 else None


def read_tariff(tariff: TariffLike) -> Rates:
    """Read a tariff of any version.

    Raises:
        PricingError: A value in it is not a number, time or date.
    """
    components = tuple(_components(tariff))
    by_use: dict[tuple[str, str | None], list[Component]] = {}
    for one in components:
        by_use.setdefault((one.kind, one.restrictions.reservation), []).append(one)
    return Rates(
        tariff_id=tariff.id,
        components=components,
        least=_limit(tariff, "min_price"),
        most=_limit(tariff, "max_price"),
        warnings=tuple(_duplicates(components)),
        by_use=by_use,
    )


def _components(tariff: TariffLike) -> Iterator[Component]:
    taxes = _taxes(tariff)
    for index, element in enumerate(tariff.elements):
        at = f"/elements/{index}"
        restrictions = read_restrictions(optional(element, "restrictions"), f"{at}/restrictions")
        read = [
            _component(index, source, f"{at}/price_components/{place}", taxes, restrictions)
            for place, source in enumerate(element.price_components)
        ]
        yield from read if len(read) == 1 else map(_with_rival, read, repeat(read))


def _taxes(tariff: TariffLike) -> str | None:
    """Return ``tax_included``; None in versions that do not have it."""
    if not hasattr(tariff, "tax_included"):
        return None
    return plain(optional(tariff, "tax_included") or "NO")


def _component(
    element: int,
    source: PriceComponentLike,
    pointer: str,
    taxes: str | None,
    restrictions: Restrictions,
) -> Component:
    kind = plain(source.type)
    return Component(
        element=element,
        source=source,
        pointer=pointer,
        kind=kind,
        price=exact(source.price, f"{pointer}/price"),
        vat=_vat(source, pointer, taxes),
        taxes=taxes or "NO",
        step=_step(kind, source.step_size),
        restrictions=restrictions,
    )


@lru_cache(maxsize=256)
def _factor(vat: Fraction) -> Fraction:
    return 1 + vat


@lru_cache(maxsize=256)
def _rate(percent: Fraction) -> Fraction:
    return percent / 100


@lru_cache(maxsize=256)
def _step(kind: str, step_size: int) -> Fraction:
    return max(0, step_size) * _STEPS.get(kind, ZERO)


def _vat(source: PriceComponentLike, pointer: str, taxes: str | None) -> Fraction | None:
    """Return the rate as a part of 1.

    In 2.2 and 2.2.1 an absent one means that there is none; 2.1.1 has no rates, and in 2.3.0 taxes
    may be added that the tariff does not know.
    """
    percent = optional_exact(source, pointer, "vat")
    if percent is None:
        return ZERO if taxes is None and hasattr(source, "vat") else None
    if percent < 0:
        raise PricingError("vat is below 0; use a percentage from 0 on", f"{pointer}/vat")
    return _rate(percent)


def _with_rival(component: Component, siblings: list[Component]) -> Component:
    others = (one for one in siblings if one.kind == component.kind and one is not component)
    rival = next((one.pointer for one in others if not one.is_same_price(component)), None)
    return component if rival is None else replace(component, rival=rival)


def _duplicates(components: tuple[Component, ...]) -> Iterator[PriceWarning]:
    first: dict[tuple[int, str], str] = {}
    for one in components:
        before = first.setdefault((one.element, one.kind), one.pointer)
        if before != one.pointer:
            message = f"a second price for {one.kind} in one element; the first is at {before}"
            yield PriceWarning("duplicate-dimension", one.pointer, message)


def _limit(tariff: TariffLike, name: str) -> Limit | None:
    source, pointer = optional(tariff, name), f"/{name}"
    excl = optional_exact(source, pointer, "excl_vat", "before_taxes")
    if excl is None:
        return None
    return Limit(excl, optional_exact(source, pointer, "incl_vat", "after_taxes"))

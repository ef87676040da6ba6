"""What was used at which price, and what step_size adds to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ocpi_pricing._numbers import ZERO, sum_exact
from ocpi_pricing._sessions.periods import CONSUMED
from ocpi_pricing._sessions.timeline import Stretch
from ocpi_pricing._tariffs.tariff import Component, Rates

__all__ = ["Use", "bill", "classes_of", "reservation_classes"]

_GROUPS = (("ENERGY",), ("TIME", "PARKING_TIME"), ("RESERVATION_TIME",))
"""The dimensions that are rounded up together."""


Classes: TypeAlias = tuple[str | None, ...]
"""Values of the reservation restriction, those that go first in front."""


@dataclass(slots=True, eq=False)
class Use:
    """A quantity at one price.

    Attributes:
        kind: The dimension of a CDR, or FLAT.
        component: The price; None if another tariff has it.
        period: The index of the charging period.
        begin: Microseconds from the start of the session.
        end: Likewise.
        quantity: In the unit of the price.
        extra: What the steps add.
    """

    kind: str
    component: Component | None
    period: int | None
    begin: int
    end: int
    quantity: Fraction
    extra: Fraction = ZERO


def bill(
    stretches: Iterable[Stretch], rates: Rates, *, expired: bool, itemised: bool = True
) -> list[Use]:
    """Find the price of everything that was used.

    Args:
        stretches: The session.
        rates: The tariff.
        expired: Whether its reservation expired.
        itemised: Whether the parts of a period at one price are joined to one.

    Raises:
        PricingError: An element has two prices for what was used.
    """
    uses = list(_uses(stretches, rates, reservation_classes(expired=expired)))
    for group in _GROUPS:
        _step(uses, group)
    return _merged(uses) if itemised else uses


def reservation_classes(*, expired: bool) -> Classes:
    """Return the reservation restrictions of prices for a reservation, first ones in front."""
    return ("RESERVATION_EXPIRES", "RESERVATION") if expired else ("RESERVATION",)


def classes_of(kind: str, reserved: Classes) -> Classes:
    """Return the reservation restrictions of prices for a dimension of a CDR."""
    return reserved if kind == "RESERVATION_TIME" else (None,)


def _uses(stretches: Iterable[Stretch], rates: Rates, reserved: Classes) -> Iterator[Use]:
    flat_due: dict[Classes, bool] = {(None,): True, reserved: True}
    for stretch in stretches:
        for classes in _classes(stretch, reserved):
            if flat_due[classes] and (fee := _flat(stretch, rates, classes)) is not None:
                flat_due[classes] = False
                yield fee
        yield from _consumed(stretch, rates, reserved)


def _classes(stretch: Stretch, reserved: Classes) -> Iterator[Classes]:
    if "RESERVATION_TIME" in stretch.period.volumes:
        yield reserved
    if not stretch.period.only_reserves:
        yield (None,)


def _flat(stretch: Stretch, rates: Rates, classes: Classes) -> Use | None:
    if not stretch.period.ours:
        return None
    component = rates.active("FLAT", classes, stretch)
    if component is None:
        return None
    return replace(_use(stretch, "FLAT", component, Fraction(1)), end=stretch.begin)


def _consumed(stretch: Stretch, rates: Rates, reserved: Classes) -> Iterator[Use]:
    volumes, ours = stretch.period.volumes, stretch.period.ours
    if ours is None:
        return
    for kind in CONSUMED:
        quantity = volumes.get(kind)
        if not quantity:
            continue
        priced = "TIME" if kind == "RESERVATION_TIME" else kind
        component = rates.active(priced, classes_of(kind, reserved), stretch) if ours else None
        if component is not None or not ours:
            share = quantity if stretch.is_whole else stretch.share * quantity
            yield _use(stretch, kind, component, share)


def _use(stretch: Stretch, kind: str, component: Component | None, quantity: Fraction) -> Use:
    if component is not None:
        component.refuse_rival()
    return Use(kind, component, stretch.period.index, stretch.begin, stretch.end, quantity)


def _merged(uses: Iterable[Use]) -> list[Use]:
    """Join what follows in one period at one price: it was cut for the sake of another price."""
    merged: list[Use] = []
    latest: dict[str, int] = {}
    for use in uses:
        place = latest.get(use.kind)
        before = None if place is None else merged[place]
        if place is not None and before is not None and _continues(before, use):
            quantity, extra = before.quantity + use.quantity, before.extra + use.extra
            merged[place] = replace(before, end=use.end, quantity=quantity, extra=extra)
        else:
            latest[use.kind] = len(merged)
            merged.append(use)
    return merged


def _continues(before: Use, use: Use) -> bool:
    same = before.component is use.component and before.period == use.period
    return same and before.end == use.begin and use.kind != "FLAT"


def _step(uses: list[Use], group: tuple[str, ...]) -> None:
    """Round the dimension that was used last up to a whole number of steps of its last price."""
    places = [place for place, use in enumerate(uses) if use.kind in group]
    if not places:
        return
    last = uses[places[-1]]
    if last.component is None or not last.component.step:
        return
    billable = (uses[place] for place in places if uses[place].component is not None)
    total = sum_exact(use.quantity for use in billable if use.kind == last.kind)
    if total > 0:
        uses[places[-1]] = replace(last, extra=-total % last.component.step)

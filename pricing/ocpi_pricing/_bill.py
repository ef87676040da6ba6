"""What was used at which price, and what step_size adds to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ocpi_pricing._numbers import ZERO
from ocpi_pricing._tariff import Component, Rates
from ocpi_pricing._timeline import CONSUMED, Stretch

__all__ = ["Use", "bill"]

_GROUPS = (("ENERGY",), ("TIME", "PARKING_TIME"), ("RESERVATION_TIME",))
"""The dimensions that are rounded up together."""


@dataclass(frozen=True, slots=True)
class Use:
    """A quantity at one price.

    Attributes:
        kind: The dimension of a CDR, or FLAT.
        component: The price; None if another tariff has it.
        period: The index of the charging period.
        begin: Seconds from the start of the session.
        end: Likewise.
        quantity: In the unit of the price.
        extra: What the steps add.
    """

    kind: str
    component: Component | None
    period: int | None
    begin: Fraction
    end: Fraction
    quantity: Fraction
    extra: Fraction = ZERO


def bill(stretches: Iterable[Stretch], rates: Rates, *, expired: bool) -> list[Use]:
    """Find the price of everything that was used.

    Args:
        stretches: The session.
        rates: The tariff.
        expired: Whether its reservation expired.
    """
    reserved = ("RESERVATION_EXPIRES", "RESERVATION") if expired else ("RESERVATION",)
    uses = list(_uses(stretches, rates, reserved))
    for group in _GROUPS:
        _step(uses, group)
    return _merged(uses)


def _uses(
    stretches: Iterable[Stretch], rates: Rates, reserved: tuple[str | None, ...]
) -> Iterator[Use]:
    flat_due = {(None,): True, reserved: True}
    for stretch in stretches:
        for classes in _classes(stretch, reserved):
            if flat_due[classes] and (fee := _flat(stretch, rates, classes)) is not None:
                flat_due[classes] = False
                yield fee
        yield from _consumed(stretch, rates, reserved)


def _classes(
    stretch: Stretch, reserved: tuple[str | None, ...]
) -> Iterator[tuple[str | None, ...]]:
    if "RESERVATION_TIME" in stretch.period.volumes:
        yield reserved
    if not stretch.period.only_reserves:
        yield (None,)


def _flat(stretch: Stretch, rates: Rates, classes: tuple[str | None, ...]) -> Use | None:
    if not stretch.period.ours:
        return None
    component = rates.active("FLAT", classes, stretch.moment)
    if component is None:
        return None
    return replace(_use(stretch, "FLAT", component, Fraction(1)), end=stretch.begin)


def _consumed(stretch: Stretch, rates: Rates, reserved: tuple[str | None, ...]) -> Iterator[Use]:
    for kind in CONSUMED:
        quantity = stretch.share * stretch.period.volumes.get(kind, ZERO)
        if not quantity or stretch.period.ours is None:
            continue
        if not stretch.period.ours:
            yield _use(stretch, kind, None, quantity)
        elif component := _component(stretch, rates, kind, reserved):
            yield _use(stretch, kind, component, quantity)


def _component(
    stretch: Stretch, rates: Rates, kind: str, reserved: tuple[str | None, ...]
) -> Component | None:
    if kind == "RESERVATION_TIME":
        return rates.active("TIME", reserved, stretch.moment)
    return rates.active(kind, (None,), stretch.moment)


def _use(stretch: Stretch, kind: str, component: Component | None, quantity: Fraction) -> Use:
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
    total = sum((use.quantity for use in billable if use.kind == last.kind), ZERO)
    if total > 0:
        uses[places[-1]] = replace(last, extra=-total % last.component.step)

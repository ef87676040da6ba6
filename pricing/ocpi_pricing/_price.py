"""The one function that others call."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import Literal, TypeAlias

from ocpi_pricing._bill import Use, bill
from ocpi_pricing._clock import Span, read_span
from ocpi_pricing._numbers import ZERO, Money, optional, rounded
from ocpi_pricing._tariff import Component, Limit, Rates, read_tariff
from ocpi_pricing._timeline import Timeline, read_timeline
from ocpi_pricing.cost import Amount, Cost, Item
from ocpi_pricing.shapes import ChargingPeriodLike, TariffLike

__all__ = ["price"]

_NOTHING = Money(ZERO, ZERO)
_Line: TypeAlias = tuple[Use, Component, Money]
_Clamp: TypeAlias = Callable[[Fraction, Fraction], Fraction]
_Named: TypeAlias = Literal["min_price", "max_price"]


def price(
    tariff: TariffLike,
    periods: Sequence[ChargingPeriodLike],
    *,
    start: datetime,
    end: datetime,
    time_zone: str | tzinfo,
    reservation_expired: bool | None = None,
) -> Cost:
    """Apply a tariff to a charging session. How, says the docstring of the package.

    Args:
        tariff: The tariff, of any version.
        periods: The charging periods of a session or CDR, in any order; none is a session in
            which nothing was measured yet.
        start: ``start_date_time`` of the session or CDR; of the reservation, if there was one.
        end: ``end_date_time``, or for a session that goes on the moment up to which to price it.
        time_zone: Of the location, as IANA name or object.
        reservation_expired: Whether the reservation expired, rather than being used or cancelled.
            Not given, it did if nothing but reservation time is listed.

    Raises:
        PricingError: Something in the tariff or the periods has no meaning.
    """
    rates, span = read_tariff(tariff), read_span(start, end, time_zone)
    timeline = read_timeline(periods, span, rates.tariff_id)
    expired = timeline.origin is None if reservation_expired is None else reservation_expired
    uses = bill(timeline.stretches(rates), rates, expired=expired)
    return _cost(timeline, rates, list(_lines(uses)))


def _lines(uses: Iterable[Use]) -> Iterator[_Line]:
    for use in uses:
        if use.component is not None:
            yield use, use.component, use.component.cost(use.quantity + use.extra)


def _cost(timeline: Timeline, rates: Rates, lines: list[_Line]) -> Cost:
    total, limit = sum((money for _, _, money in lines), _NOTHING), None
    if timeline.origin is not None:
        total, limit = _limited(total, rates)
    end = timeline.span.seconds(timeline.span.end)
    return Cost(
        total_cost=total.amount(),
        total_fixed_cost=_sum(lines, "FLAT", reservation=False),
        total_energy_cost=_sum(lines, "ENERGY", reservation=False),
        total_time_cost=_sum(lines, "TIME", reservation=False),
        total_parking_cost=_sum(lines, "PARKING_TIME", reservation=False),
        total_reservation_cost=_sum(lines, "FLAT", "TIME", reservation=True),
        total_energy=rounded(timeline.total("ENERGY")),
        total_time=rounded((end - (end if timeline.origin is None else timeline.origin)) / 3600),
        total_parking_time=rounded(timeline.total("PARKING_TIME")),
        limit=limit,
        items=tuple(_item(timeline.span, *line) for line in lines),
    )


def _sum(lines: list[_Line], *kinds: str, reservation: bool) -> Amount:
    chosen = (
        money
        for _, component, money in lines
        if component.kind in kinds and _is_reservation(component) == reservation
    )
    return sum(chosen, _NOTHING).amount()


def _is_reservation(component: Component) -> bool:
    return component.restrictions.reservation is not None


def _limited(total: Money, rates: Rates) -> tuple[Money, _Named | None]:
    raised = _clamped(total, rates.least, max)
    lowered = _clamped(raised, rates.most, min)
    if lowered != raised:
        return lowered, "max_price"
    return raised, "min_price" if raised != total else None


def _clamped(total: Money, limit: Limit | None, clamp: _Clamp) -> Money:
    if limit is None:
        return total
    excl = clamp(total.excl, limit.excl)
    if total.incl is None or (excl == total.excl and limit.incl is None):
        return Money(excl, total.incl)
    if limit.incl is not None:
        return Money(excl, clamp(total.incl, limit.incl))
    return Money(excl, total.incl * excl / total.excl if total.excl else None)


def _item(span: Span, use: Use, component: Component, money: Money) -> Item:
    return Item(
        period=use.period,
        element=component.element,
        dimension=component.kind,
        reservation=_is_reservation(component),
        start=span.moment(use.begin),
        end=span.moment(use.end),
        quantity=rounded(use.quantity),
        billed=rounded(use.quantity + use.extra),
        step_size=component.source.step_size,
        price=component.source.price,
        vat=optional(component.source, "vat"),
        cost=money.amount(),
    )

"""The price of a session."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import Literal, TypeAlias

from ocpi_pricing._bill import Use, bill
from ocpi_pricing._cost import Amount, Cost, Item, PriceWarning, PricingError
from ocpi_pricing._numbers import ZERO, Money, optional, rounded, sum_exact, sum_money
from ocpi_pricing._sessions.clock import Span, read_span
from ocpi_pricing._sessions.known import Known, known
from ocpi_pricing._sessions.timeline import Stretch, Timeline, read_timeline
from ocpi_pricing._shapes import ChargingPeriodLike, TariffLike
from ocpi_pricing._tariffs.tariff import Component, Rates, read_tariff

__all__ = ["Case", "case_cost", "price", "read_case"]

_NOTHING = Money(ZERO, ZERO)
_RESERVATION = "RESERVATION"
_TIMES = {"TIME", "PARKING_TIME", "RESERVATION_TIME"}
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
    rates = read_tariff(tariff)
    case = read_case(rates, periods, start, end, time_zone, reservation_expired=reservation_expired)
    return case_cost(case)


@dataclass(frozen=True, slots=True)
class Case:
    """A session and the tariff that is applied to it.

    Attributes:
        rates: The tariff.
        timeline: The session.
        stretches: Its parts in which no restriction changes.
        expired: Whether its reservation expired.
        warnings: Doubts about both.
    """

    rates: Rates
    timeline: Timeline
    stretches: list[Stretch]
    expired: bool
    warnings: list[PriceWarning]


def read_case(
    rates: Rates,
    periods: Sequence[ChargingPeriodLike],
    start: datetime,
    end: datetime,
    time_zone: str | tzinfo,
    *,
    reservation_expired: bool | None = None,
) -> Case:
    """Read a session; arguments and errors are those of :func:`price`."""
    times = known(start, end, periods)
    warnings = [*rates.warnings, *times.warnings]
    _refuse_clock(rates, times)
    span = read_span(times.start, times.end, time_zone)
    timeline = read_timeline(periods, span, rates.tariff_id, warnings)
    warnings += _unlisted(rates, timeline)
    expired = timeline.origin is None if reservation_expired is None else reservation_expired
    return Case(rates, timeline, list(timeline.stretches(rates)), expired, warnings)


def _unlisted(rates: Rates, timeline: Timeline) -> Iterator[PriceWarning]:
    """Warn where time has a price and no period lists any: what is not listed is not billed."""
    kinds = [kind for kind in ("TIME", "PARKING_TIME") if rates.by_use.get((kind, None))]
    listed = any(period.volumes.keys() & _TIMES for period in timeline.periods)
    if kinds and not listed and timeline.span.length and timeline.periods[0].index is not None:
        message = f"no period lists hours, and the tariff has a price for {' and '.join(kinds)}"
        yield PriceWarning("hours-not-listed", "/charging_periods", f"{message}; not billed")


def _refuse_clock(rates: Rates, times: Known) -> None:
    if not times.dated and any(one.restrictions.by_clock for one in rates.components):
        raise PricingError(
            "neither start nor end of the session are known, and the tariff depends on the time; "
            "correct start_date_time",
            "/start_date_time",
        )


def case_cost(case: Case, *, itemised: bool = True) -> Cost:
    """Price a session that was read; without its items, where totals are enough."""
    uses = bill(case.stretches, case.rates, expired=case.expired, itemised=itemised)
    if itemised:
        lines = list(_lines(uses))
        items = tuple(_item(case.timeline.span, *line) for line in lines)
        return _cost(case, _sums((component, money) for _, component, money in lines), items)
    return _cost(case, _sums(_totals(uses)), ())


def _lines(uses: Iterable[Use]) -> Iterator[_Line]:
    for use in uses:
        if use.component is not None:
            yield use, use.component, use.component.cost(use.quantity + use.extra)


def _totals(uses: Iterable[Use]) -> Iterator[tuple[Component, Money]]:
    """Yield the cost of each price for all that was used at it."""
    quantities: dict[Component, list[Fraction]] = {}
    for use in uses:
        if use.component is not None:
            quantities.setdefault(use.component, []).extend((use.quantity, use.extra))
    for component, parts in quantities.items():
        yield component, component.cost(sum_exact(parts))


def _cost(case: Case, sums: dict[str, Money], items: tuple[Item, ...]) -> Cost:
    timeline, warnings = case.timeline, [*case.warnings]
    total, limit = sum_money(list(sums.values())), None
    if timeline.origin is not None:
        total, limit = _limited(total, case.rates, warnings)
    length = timeline.span.length
    return Cost(
        total_cost=total.amount(),
        total_fixed_cost=_amount(sums, "FLAT"),
        total_energy_cost=_amount(sums, "ENERGY"),
        total_time_cost=_amount(sums, "TIME"),
        total_parking_cost=_amount(sums, "PARKING_TIME"),
        total_reservation_cost=_amount(sums, _RESERVATION),
        total_energy=rounded(timeline.total("ENERGY")),
        total_time=rounded(Fraction(length - _origin(timeline), 3_600_000_000)),
        total_parking_time=rounded(timeline.total("PARKING_TIME")),
        limit=limit,
        items=items,
        warnings=tuple(warnings),
    )


def _origin(timeline: Timeline) -> int:
    """Return where the session itself begins; at the end if there was a reservation alone."""
    return timeline.span.length if timeline.origin is None else timeline.origin


def _sums(costs: Iterable[tuple[Component, Money]]) -> dict[str, Money]:
    """Sum up by dimension; what is about a reservation is one sum."""
    groups: dict[str, list[Money]] = {}
    for component, money in costs:
        kind = _RESERVATION if _is_reservation(component) else component.kind
        groups.setdefault(kind, []).append(money)
    return {kind: sum_money(group) for kind, group in groups.items()}


def _amount(sums: dict[str, Money], kind: str) -> Amount:
    return sums.get(kind, _NOTHING).amount()


def _is_reservation(component: Component) -> bool:
    return component.restrictions.reservation is not None


def _limited(
    total: Money, rates: Rates, warnings: list[PriceWarning]
) -> tuple[Money, _Named | None]:
    raised = _clamped(total, "min_price", rates, warnings)
    lowered = _clamped(raised, "max_price", rates, warnings)
    if lowered != raised:
        return lowered, "max_price"
    return raised, "min_price" if raised != total else None


def _clamped(total: Money, name: _Named, rates: Rates, warnings: list[PriceWarning]) -> Money:
    limit, clamp = (rates.least, max) if name == "min_price" else (rates.most, min)
    if limit is None:
        return total
    incl = total.incl
    if total.excl is None:
        if limit.incl is None:
            message = "it is without taxes, and the total without taxes is not known; not applied"
            warnings.append(PriceWarning("limit-not-applied", f"/{name}", message))
        return Money(None, _bounded(incl, limit.incl, clamp))
    excl = clamp(total.excl, limit.excl)
    if limit.incl is not None:
        return Money(excl, _bounded(incl, limit.incl, clamp))
    return Money(excl, incl if excl == total.excl else _taxed(excl, total, rates))


def _bounded(value: Fraction | None, limit: Fraction | None, clamp: _Clamp) -> Fraction | None:
    return value if value is None or limit is None else clamp(value, limit)


def _taxed(excl: Fraction, total: Money, rates: Rates) -> Fraction | None:
    """Add VAT to a limit that names none: by its share in the total, or the one rate there is."""
    if total.incl is None:
        return None
    if total.excl:
        return total.incl * excl / total.excl
    vat = rates.single_vat()
    return None if vat is None else excl * (1 + vat)


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

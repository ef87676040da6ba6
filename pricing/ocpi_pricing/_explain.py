"""Which element priced what was used, and why the others did not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal

from ocpi_pricing._bill import classes_of, reservation_classes
from ocpi_pricing._cost import Cost
from ocpi_pricing._numbers import rounded
from ocpi_pricing._price import Case, case_cost, read_case
from ocpi_pricing._sessions.periods import CONSUMED
from ocpi_pricing._sessions.timeline import Stretch
from ocpi_pricing._shapes import ChargingPeriodLike, TariffLike
from ocpi_pricing._tariffs.tariff import Component, read_tariff

__all__ = ["Choice", "Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The search for the price of one dimension over a part of a period.

    Attributes:
        period: Which charging period, counted from 0; None without periods.
        dimension: The dimension of the CDR: ENERGY, TIME, PARKING_TIME or RESERVATION_TIME.
        start: Begin of the part, in UTC.
        end: End of the part, in UTC.
        quantity: What was used, in kWh or hours.
        element: The element that applied; None if nothing is charged.
        others: Elements with a price for the dimension that did not apply, and why, at the begin.
    """

    period: int | None
    dimension: str
    start: datetime
    end: datetime
    quantity: Decimal
    element: int | None
    others: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cost, and how the price of each part was found."""

    cost: Cost
    choices: tuple[Choice, ...]


def explain(
    tariff: TariffLike,
    periods: Sequence[ChargingPeriodLike],
    *,
    start: datetime,
    end: datetime,
    time_zone: str | tzinfo,
    reservation_expired: bool | None = None,
) -> Explanation:
    """Apply a tariff as :func:`price` does, and report how each price was found.

    Raises:
        PricingError: Something in the tariff or the periods has no meaning.
    """
    rates = read_tariff(tariff)
    case = read_case(rates, periods, start, end, time_zone, reservation_expired=reservation_expired)
    return Explanation(case_cost(case), tuple(_merged(_choices(case))))


def _choices(case: Case) -> Iterator[Choice]:
    reserved = reservation_classes(expired=case.expired)
    for stretch in case.stretches:
        for kind in CONSUMED:
            quantity = stretch.period.volumes.get(kind)
            if not quantity:
                continue
            priced = "TIME" if kind == "RESERVATION_TIME" else kind
            found = list(case.rates.candidates(priced, classes_of(kind, reserved)))
            element, others = _search(found, stretch)
            moment = stretch.span.moment
            yield Choice(
                period=stretch.period.index,
                dimension=kind,
                start=moment(stretch.begin),
                end=moment(stretch.end),
                quantity=rounded(stretch.share * quantity),
                element=element,
                others=tuple(others),
            )


def _search(found: list[Component], stretch: Stretch) -> tuple[int | None, list[tuple[int, str]]]:
    if not stretch.period.ours:
        return None, [(each.element, "the period is not of this tariff") for each in found]
    element, others = None, []
    for each in found:
        failures = each.restrictions.failures(stretch)
        if failures:
            others.append((each.element, "; ".join(failures)))
        elif element is None:
            element = each.element
        else:
            others.append((each.element, f"element {element} matches and is before it"))
    return element, others


def _merged(choices: Iterator[Choice]) -> Iterator[Choice]:
    """Join what follows in one period by one element."""
    latest: dict[str, Choice] = {}
    for choice in choices:
        before = latest.get(choice.dimension)
        if before is None:
            latest[choice.dimension] = choice
        elif _continues(before, choice):
            quantity = before.quantity + choice.quantity
            latest[choice.dimension] = replace(before, end=choice.end, quantity=quantity)
        else:
            yield before
            latest[choice.dimension] = choice
    yield from latest.values()


def _continues(before: Choice, choice: Choice) -> bool:
    same = before.period == choice.period and before.element == choice.element
    return same and before.end == choice.start

"""The price of a session by its tariffs, and where it parts from the totals that it states."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from ocpi_pricing._command_line._sessions import (
    COSTS,
    QUANTITIES,
    Charged,
    chosen_tariffs,
    without_zone,
)
from ocpi_pricing._cost import Amount, Cost, PriceWarning
from ocpi_pricing._explain import Choice, explain
from ocpi_pricing._price import case_cost, read_case
from ocpi_pricing._tariffs.tariff import Rates

__all__ = ["Comparison", "Priced", "price_session"]

RatesOf: TypeAlias = Callable[[Any], Rates]
"""A function that reads a tariff."""

_QUANTITY = Decimal("0.001")
"""The tolerance of kWh and hours, which many CDRs have with three decimals."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A total as stated and as computed.

    Attributes:
        field: ``total_cost.excl_vat``, ``total_energy`` ...
        stated: In the CDR.
        computed: By the tariff; None where it cannot be known.
        agrees: Whether they are within the tolerance of each other.
    """

    field: str
    stated: Decimal
    computed: Decimal | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """A session with its price.

    Attributes:
        session: The session.
        costs: By each of its tariffs.
        tariffs: The tariffs.
        choices: How the prices were found, by tariff; empty if that was not asked for.
        totals: The sums over all tariffs.
        comparisons: With each total that is stated.
        warnings: Doubts.
    """

    session: Charged
    costs: tuple[Cost, ...]
    tariffs: tuple[Any, ...]
    choices: tuple[tuple[Choice, ...], ...]
    totals: dict[str, Amount]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[PriceWarning, ...]

    @property
    def agrees(self) -> bool:
        """Return whether all totals agree."""
        return all(one.agrees for one in self.comparisons)


def price_session(
    session: Charged,
    given: Sequence[Any],
    *,
    zone: str | None,
    tolerance: Decimal,
    rates_of: RatesOf | None = None,
) -> Priced:
    """Price a session by the tariffs that apply.

    Args:
        session: The session.
        given: Tariffs that go before those within it.
        zone: The time zone of the location.
        tolerance: By how much amounts may differ.
        rates_of: How to read a tariff where totals are enough; without it, items are made and how
            their prices were found is reported.

    Raises:
        PricingError: It cannot be priced.
    """
    tariffs = chosen_tariffs(session, given)
    warnings = list(session.warnings)
    used = zone or session.zone
    if used is None and not without_zone(tariffs):
        message = "the time zone is not known, UTC is taken; pass --timezone"
        warnings.append(PriceWarning("time-zone", "/cdr_location", message))
    warnings += _other_currency(session, tariffs)
    costs, choices = _costs(session, tariffs, used or "UTC", rates_of)
    warnings += dict.fromkeys(one for cost in costs for one in cost.warnings)
    totals = {name: _total([getattr(cost, name) for cost in costs]) for name in COSTS}
    comparisons = tuple(_compared(session, totals, costs[0], tolerance))
    return Priced(
        session, tuple(costs), tuple(tariffs), tuple(choices), totals, comparisons, tuple(warnings)
    )


def _other_currency(session: Charged, tariffs: Sequence[Any]) -> Iterator[PriceWarning]:
    for tariff in tariffs:
        if session.currency and tariff.currency.upper() != session.currency.upper():
            message = f"it is {session.currency}, and tariff {tariff.id} is in {tariff.currency}"
            yield PriceWarning("currency", "/currency", f"{message}; amounts are not converted")


def _costs(
    session: Charged, tariffs: Sequence[Any], zone: str, rates_of: RatesOf | None
) -> tuple[list[Cost], list[tuple[Choice, ...]]]:
    costs, choices = [], []
    for tariff in tariffs:
        if rates_of is None:
            found = explain(
                tariff, session.periods, start=session.start, end=session.end, time_zone=zone
            )
            costs.append(found.cost)
            choices.append(found.choices)
        else:
            rates = rates_of(tariff)
            case = read_case(rates, session.periods, session.start, session.end, zone)
            costs.append(case_cost(case, itemised=False))
    return costs, choices


def _total(amounts: list[Amount]) -> Amount:
    if len(amounts) == 1:
        return amounts[0]
    return Amount(_sum(amounts, lambda one: one.excl_vat), _sum(amounts, lambda one: one.incl_vat))


def _sum(amounts: list[Amount], side: Callable[[Amount], Decimal | None]) -> Decimal | None:
    values = [side(one) for one in amounts]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _compared(
    session: Charged, totals: dict[str, Amount], cost: Cost, tolerance: Decimal
) -> Iterator[Comparison]:
    for name, stated in session.costs.items():
        sign = -1 if session.credit and name == "total_cost" else 1
        for side in ("excl_vat", "incl_vat"):
            value, computed = getattr(stated, side), getattr(totals[name], side)
            if value is not None:
                signed = None if computed is None else sign * computed
                yield _comparison(f"{name}.{side}", value, signed, tolerance)
    for name in QUANTITIES:
        if name in session.quantities:
            yield _comparison(name, session.quantities[name], getattr(cost, name), _QUANTITY)


def _comparison(
    field: str, stated: Decimal, computed: Decimal | None, tolerance: Decimal
) -> Comparison:
    agrees = computed is None or abs(stated - computed) <= tolerance
    return Comparison(field, stated, computed, agrees)

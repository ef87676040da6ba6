"""A CDR or session of any version, as pricing needs it, and the totals that it states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ocpi_pricing._command_line._documents import Document
from ocpi_pricing._cost import Amount, PriceWarning, PricingError
from ocpi_pricing._numbers import optional
from ocpi_runtime.types import same_ci

__all__ = ["COSTS", "QUANTITIES", "Charged", "charged", "chosen_tariffs", "without_zone"]

COSTS = (
    "total_cost",
    "total_fixed_cost",
    "total_energy_cost",
    "total_time_cost",
    "total_parking_cost",
    "total_reservation_cost",
)
QUANTITIES = ("total_energy", "total_time", "total_parking_time")


@dataclass(frozen=True, slots=True)
class Charged:
    """A session to be priced.

    Attributes:
        id: Of the CDR or session.
        start: Of the session.
        end: Of the session.
        periods: Its charging periods.
        tariffs: Those within the CDR.
        zone: Of its location, if it is stated.
        currency: Of its totals.
        costs: The amounts that it states.
        quantities: The hours and kWh that it states.
        credit: Whether it is a credit CDR, whose total is negative.
        warnings: What was repaired or assumed.
    """

    id: str
    start: datetime
    end: datetime
    periods: Sequence[Any]
    tariffs: Sequence[Any]
    zone: str | None
    currency: str
    costs: dict[str, Amount]
    quantities: dict[str, Decimal]
    credit: bool
    warnings: tuple[PriceWarning, ...]


def charged(document: Document) -> Charged:
    """Take what pricing needs from a CDR or session.

    Raises:
        PricingError: It is a tariff, or has no start.
    """
    value, warnings = document.value, list(document.warnings)
    if document.kind == "Tariff":
        raise PricingError("this is a Tariff; pass a CDR or Session, and the tariff with --tariff")
    start = _first(value, "start_date_time", "start_datetime")
    if start is None:
        raise PricingError("it is absent; a session needs a start", "/start_date_time")
    end = _first(value, "end_date_time", "stop_date_time", "end_datetime")
    if end is None:
        end = _first(value, "last_updated") or start
        message = f"it is absent; priced up to last_updated, {end}"
        warnings.append(PriceWarning("open-end", "/end_date_time", message))
    return Charged(
        id=str(optional(value, "id") or ""),
        start=start,
        end=end,
        periods=optional(value, "charging_periods") or (),
        tariffs=optional(value, "tariffs") or (),
        zone=optional(optional(value, "location"), "time_zone"),
        currency=str(optional(value, "currency") or ""),
        costs=dict(_costs(value)),
        quantities=dict(_quantities(value, document.kind)),
        credit=bool(optional(value, "credit")),
        warnings=tuple(warnings),
    )


def _first(value: Any, *names: str) -> Any:
    found = (optional(value, name) for name in names)
    return next((one for one in found if one is not None), None)


def _costs(value: Any) -> Iterator[tuple[str, Amount]]:
    for name in COSTS:
        stated = optional(value, name)
        if isinstance(stated, Decimal | int):
            yield name, Amount(Decimal(stated), None)
        elif stated is not None:
            yield name, _amount(stated)


def _amount(stated: Any) -> Amount:
    excl = _first(stated, "excl_vat", "before_taxes")
    taxes = optional(stated, "taxes")
    if not taxes or excl is None:
        return Amount(excl, optional(stated, "incl_vat"))
    return Amount(excl, excl + sum((tax.amount for tax in taxes), Decimal(0)))


def _quantities(value: Any, kind: str) -> Iterator[tuple[str, Decimal]]:
    if kind == "Session":
        yield "total_energy", Decimal(value.kwh)
        return
    for name in QUANTITIES:
        stated = optional(value, name)
        if stated is not None:
            yield name, Decimal(stated)


def chosen_tariffs(session: Charged, given: Sequence[Any]) -> list[Any]:
    """Return the tariffs that apply: those that periods name, or the only one there is.

    Args:
        session: The session.
        given: Tariffs that go before those within the CDR.

    Raises:
        PricingError: There is none, more than one, or a period names another one.
    """
    known = _distinct([*given, *session.tariffs])
    if not known:
        raise PricingError("no tariff is in it; pass one with --tariff FILE", "/tariffs")
    named = [optional(one, "tariff_id") for one in session.periods]
    wanted = _named(named)
    if not wanted:
        if len(known) > 1:
            names = ", ".join(one.id for one in known)
            message = f"no period names one of the tariffs {names}; pass one with --tariff FILE"
            raise PricingError(message, "/charging_periods/0/tariff_id")
        return known
    return [_find(name, index, known) for name, index in wanted]


def _distinct(tariffs: list[Any]) -> list[Any]:
    found: list[Any] = []
    for one in tariffs:
        if not any(same_ci(one.id, other.id) for other in found):
            found.append(one)
    return found


def _named(names: list[str | None]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for index, name in enumerate(names):
        blank = name is None or name.strip() in {"", "#NA"}
        if name is not None and not blank and not any(same_ci(name, one) for one, _ in found):
            found.append((name, index))
    return found


def _find(name: str, index: int, known: list[Any]) -> Any:
    for one in known:
        if same_ci(name, one.id):
            return one
    names = ", ".join(one.id for one in known)
    message = f"tariff {name!r} is not there, but {names}; pass it with --tariff FILE"
    raise PricingError(message, f"/charging_periods/{index}/tariff_id")


def without_zone(tariffs: Sequence[Any]) -> bool:
    """Return whether no price depends on the clock, so that the time zone does not matter."""
    names = ("start_time", "end_time", "start_date", "end_date", "day_of_week")
    return not any(
        optional(optional(element, "restrictions"), name)
        for tariff in tariffs
        for element in tariff.elements
        for name in names
    )

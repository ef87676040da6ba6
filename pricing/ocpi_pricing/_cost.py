"""The results of pricing. All numbers are rounded to four decimals, halves away from zero."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

__all__ = ["Amount", "Cost", "Item", "PriceWarning", "PricingError"]


class PricingError(ValueError):
    """The tariff or the periods cannot be priced; the message states why and what to do.

    Attributes:
        pointer: JSON pointer to the value, in the tariff or in the CDR; empty where it is not one.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {message}" if pointer else message)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class PriceWarning:
    """A doubt about what was given: it could be priced, by an assumption.

    Attributes:
        rule: A stable name, such as ``period-before-start``.
        pointer: JSON pointer; ``/elements`` is in the tariff, everything else in the CDR.
        message: What is wrong, and what was assumed.
    """

    rule: str
    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in the currency of the tariff.

    Attributes:
        excl_vat: Without VAT; None where prices include taxes of a rate that is not known.
        incl_vat: With VAT; None where the tariff does not say the VAT of some part.
    """

    excl_vat: Decimal | None
    incl_vat: Decimal | None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the bill: one price over a part of one charging period.

    Attributes:
        period: Which charging period, counted from 0 in the order given; None without periods.
        element: Which element of the tariff, counted from 0.
        dimension: ENERGY, FLAT, PARKING_TIME or TIME.
        reservation: Whether it is about a reservation.
        start: Begin of the part, in UTC.
        end: End of the part, in UTC.
        quantity: What was used, in kWh or hours; 1 for FLAT.
        billed: The quantity with what ``step_size`` adds to it.
        step_size: Wh or seconds, as in the tariff.
        price: For one unit, as in the tariff.
        vat: In percent, as in the tariff.
        cost: ``billed`` times ``price``.
    """

    period: int | None
    element: int
    dimension: str
    reservation: bool
    start: datetime
    end: datetime
    quantity: Decimal
    billed: Decimal
    step_size: int
    price: Decimal
    vat: Decimal | None
    cost: Amount


@dataclass(frozen=True, slots=True)
class Cost:
    """The totals of a session under the names that a CDR has for them, and how they come about.

    Attributes:
        total_cost: Everything, within the limits of the tariff.
        total_fixed_cost: FLAT, without that of a reservation.
        total_energy_cost: ENERGY.
        total_time_cost: TIME.
        total_parking_cost: PARKING_TIME.
        total_reservation_cost: FLAT and TIME of a reservation.
        total_energy: As measured, in kWh.
        total_time: Length of the session without a reservation before it, in hours.
        total_parking_time: As measured, in hours.
        limit: The limit that changed the total, if one did.
        items: The lines of the bill in the order in which they arose.
        warnings: Doubts about the session or the tariff, each with what was assumed.
    """

    total_cost: Amount
    total_fixed_cost: Amount
    total_energy_cost: Amount
    total_time_cost: Amount
    total_parking_cost: Amount
    total_reservation_cost: Amount
    total_energy: Decimal
    total_time: Decimal
    total_parking_time: Decimal
    limit: Literal["min_price", "max_price"] | None
    items: tuple[Item, ...]
    warnings: tuple[PriceWarning, ...] = ()

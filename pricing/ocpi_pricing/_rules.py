"""The rules of pricing, each with its section of the specification and our reading."""

from dataclasses import dataclass

__all__ = ["RULES", "PricingRule"]


@dataclass(frozen=True, slots=True)
class PricingRule:
    """A rule.

    Attributes:
        id: A stable name.
        section: Chapter and section of the specification.
        reading: What we do; where the text is open, what we chose.
    """

    id: str
    section: str
    reading: str


_TABLE = """
element | mod_tariffs, Tariff object | for each dimension the first matching element with a price
free | mod_tariffs, Tariff object | a dimension without a matching element costs nothing
restrictions | mod_tariffs, TariffRestrictions class | all restrictions of an element have to match
clock | mod_tariffs, TariffRestrictions class | times and days are those of the location
cut | mod_cdrs, ChargingPeriod | a period is cut where another price begins, volumes evenly
step-size | mod_cdrs, step_size | once for ENERGY and once for TIME and PARKING_TIME, at the end
flat | mod_tariffs, TariffDimensionType enum | FLAT is billed once for a session
reservation | mod_tariffs, ReservationRestrictionType enum | a reservation has elements of its own
vat | mod_tariffs, PriceComponent class | an absent vat is none in 2.2.1 and not known in 2.3.0
taxes | mod_tariffs, TaxIncluded enum (2.3.0) | YES: prices are with taxes
limits | mod_tariffs, Tariff object, min_price and max_price | each with and without VAT by itself
tariff-id | mod_cdrs, ChargingPeriod class | a period without a tariff is free, if others have one
unknown-time | mod_cdrs, CDR object | 1970-01-01 follows from the hours that periods list
numbers | types, number | volumes have four decimals; money is rounded once, at the end
credit | mod_cdrs, Credit CDRs | only total_cost is negative
"""

RULES = tuple(
    PricingRule(*(cell.strip() for cell in line.split("|"))) for line in _TABLE.strip().splitlines()
)
"""All of them, in the order in which they are applied."""

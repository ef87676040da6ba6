"""What is found in tariffs, and the rules by which it is found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

__all__ = [
    "LINT_RULES",
    "Findings",
    "Json",
    "LintRule",
    "TariffFinding",
    "components_of",
    "number_of",
]

Json: TypeAlias = Any
"""A value of JSON, numbers as int or Decimal."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """A rule.

    Attributes:
        id: A stable name.
        section: Chapter and section of the specification.
        fix: What to do about a finding.
    """

    id: str
    section: str
    fix: str


@dataclass(frozen=True, slots=True)
class TariffFinding:
    """Something in a tariff that is wrong, or that nobody is likely to have meant.

    Attributes:
        tariff: The id of the tariff; of the location, where the pointer leads there.
        rule: The id of the rule.
        pointer: JSON pointer in the tariff, or in the location.
        value: The value there.
        why: What is wrong with it.
        fix: What to do.
        section: Chapter and section of the specification.
    """

    tariff: str
    rule: str
    pointer: str
    value: Json
    why: str
    fix: str
    section: str


_TABLE = """
invalid | mod_tariffs, Tariff object | correct the value, or name the version with --version
id-twice | mod_tariffs, Tariff object | leave one of them, or give them ids or times of their own
currency | mod_tariffs, Tariff object | write a code of ISO 4217, such as EUR
validity | mod_tariffs, Tariff object | let end_date_time be after start_date_time
expired | mod_tariffs, Tariff object | delete the tariff, or correct end_date_time
limits | mod_tariffs, Tariff object, min_price and max_price | let min_price be below max_price
limit-taxes | types, Price class | let the amount with taxes be at least the one without
duplicate-dimension | mod_tariffs, Tariff object | leave one, or use elements with restrictions
price-negative | mod_tariffs, PriceComponent class | write a price of 0 or more
price-range | mod_tariffs, PriceComponent class | write the price of one kWh or hour
vat-range | mod_tariffs, PriceComponent class | write the rate in percent, such as 21
vat-partly | mod_tariffs, PriceComponent class | give every price its rate, 0 where there is no VAT
step-size | mod_tariffs, PriceComponent class | write 1, or the Wh or seconds of one step
range | mod_tariffs, TariffRestrictions class | let the lower limit be below the upper one
time-format | mod_tariffs, TariffRestrictions class | write HH:MM; 00:00 is the end of the day
date-format | mod_tariffs, TariffRestrictions class | write YYYY-MM-DD
times-equal | mod_tariffs, TariffRestrictions class | leave both out for the whole day
dates-past | mod_tariffs, TariffRestrictions class | remove the element, or correct its dates
dates-outside | mod_tariffs, Tariff object | remove the element, or correct its dates
reservation-dimension | mod_tariffs, TariffRestrictions class | price reservations by TIME and FLAT
parking-power | mod_tariffs, TariffDimensionType enum | remove the limit of current or power
never-applies | mod_tariffs, Tariff object | remove it, or put it before the elements named
gap | mod_tariffs, Tariff object | add an element without restrictions at the end
overlap | mod_tariffs, Tariff object | let the restrictions of one of them exclude the other
too-many-elements | mod_tariffs, Tariff object | use fewer elements with fewer different limits
time-zone | mod_locations, Location object | write a time zone of IANA, such as Europe/Amsterdam
tariff-unknown | mod_locations, Connector object | send the tariff, or remove its id
tariffs-at-once | mod_locations, Connector object | give them types, or times that do not overlap
"""

LINT_RULES = {
    cells[0]: LintRule(*cells)
    for cells in (
        [cell.strip() for cell in line.split("|")] for line in _TABLE.strip().splitlines()
    )
}
"""All rules by their ids."""


@dataclass(slots=True)
class Findings:
    """Takes what is found in one tariff or location.

    Attributes:
        subject: The id of the tariff or location.
        found: So far.
    """

    subject: str
    found: list[TariffFinding] = field(default_factory=list)

    def add(self, rule: str, pointer: str, value: Json, why: str) -> None:
        """Add a finding."""
        about = LINT_RULES[rule]
        self.found.append(
            TariffFinding(self.subject, rule, pointer, value, why, about.fix, about.section)
        )


def number_of(value: Json) -> Decimal | None:
    """Return a finite number; 2.0 writes prices as text. None for everything else."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def components_of(element: Json) -> Iterator[tuple[int, Json]]:
    """Yield the price components of an element that are objects, with their places."""
    parts = element.get("price_components")
    for place, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            yield place, part

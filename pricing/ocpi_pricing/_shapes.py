"""The attributes that pricing reads, so that the models of every version fit as they are.

Only what all versions have is written down. What a version may lack (``vat``, ``min_price``,
``restrictions``, ``tariff_id``, ``tax_included`` ...) is read if it is there; None and UNSET count
as absent.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

__all__ = [
    "CdrDimensionLike",
    "ChargingPeriodLike",
    "PriceComponentLike",
    "TariffElementLike",
    "TariffLike",
]


class PriceComponentLike(Protocol):
    """The price of one dimension; ``vat`` in percent may be there as well."""

    @property
    def type(self) -> str:
        """ENERGY, FLAT, PARKING_TIME or TIME."""

    @property
    def price(self) -> Decimal:
        """By kWh, hour, or once."""

    @property
    def step_size(self) -> int:
        """Wh or seconds."""


class TariffElementLike(Protocol):
    """Prices under the same restrictions."""

    @property
    def price_components(self) -> Sequence[PriceComponentLike]:
        """The prices."""


class TariffLike(Protocol):
    """A tariff."""

    @property
    def id(self) -> str:
        """Compared, without case, with the ``tariff_id`` of periods."""

    @property
    def elements(self) -> Sequence[TariffElementLike]:
        """In order: the first that matches counts."""


class CdrDimensionLike(Protocol):
    """A measured quantity of a period."""

    @property
    def type(self) -> str:
        """What is measured."""

    @property
    def volume(self) -> Decimal:
        """KWh, hours, ampere or kW."""


class ChargingPeriodLike(Protocol):
    """A part of a session; it ends where the next one begins."""

    @property
    def start_date_time(self) -> datetime:
        """When it began, with a zone."""

    @property
    def dimensions(self) -> Sequence[CdrDimensionLike]:
        """What was measured."""

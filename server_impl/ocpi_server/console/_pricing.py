"""What a session or CDR costs by its tariffs, beside what it states itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ocpi_pricing import Cost, PricingError, price
from ocpi_runtime.errors import NotFound, OcpiError
from ocpi_runtime.types import PartyId
from ocpi_server._clock import from_micros
from ocpi_server._operations import Operations
from ocpi_server._versions import OWN_VERSION, WRITTEN
from ocpi_server.store import Key, Stored
from ocpi_server.versioning.translation import KINDS, model

__all__ = ["Bill", "Pricing", "priced"]

_PRICED: Final = frozenset({"sessions", "cdrs"})
_MOST_STEPS: Final = 100_000
"""So many times a period is compared with an element of a tariff: less than a second of work."""
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bill:
    """What one tariff makes of a session.

    Attributes:
        tariff: The id of the tariff.
        cost: The result.
    """

    tariff: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a session or CDR costs.

    Attributes:
        currency: The currency.
        stated: The total without VAT that it states; None where it states none.
        bills: What each tariff makes of it.
        problem: Why it cannot be priced; None where it can.
    """

    currency: str
    stated: Decimal | None
    bills: tuple[Bill, ...] = ()
    problem: str | None = None

    @property
    def total(self) -> Decimal | None:
        """The total without VAT; None where a tariff leaves it open."""
        totals = [bill.cost.total_cost.excl_vat for bill in self.bills]
        known = [each for each in totals if each is not None]
        return sum(known, Decimal(0)) if totals and len(known) == len(totals) else None

    @property
    def differs(self) -> bool:
        """Whether what is stated is another sum than what the tariffs make."""
        if self.stated is None or self.total is None:
            return False
        return abs(self.stated - self.total) >= _CENT


async def priced(platform: Operations, stored: Stored) -> Pricing | None:
    """Price a stored object; None where it is neither session nor CDR."""
    if stored.key.module not in _PRICED:
        return None
    try:
        value = await _read(platform, stored)
    except (OcpiError, ValueError) as error:
        return Pricing("", None, problem=str(getattr(error, "message", error)))
    currency, stated = str(value.currency), _stated(value)
    try:
        tariffs = await _tariffs(platform, stored, value)
        zone = await _zone(platform, stored, value)
        _check_size(tariffs, value)
        bills = await asyncio.to_thread(
            lambda: tuple(_bill(each, value, zone, stored) for each in tariffs)
        )
    except (PricingError, OcpiError, ValueError) as error:
        return Pricing(currency, stated, problem=str(getattr(error, "message", error)))
    problem = None if bills else "Neither the object nor the store has its tariff."
    return Pricing(currency, stated, bills, problem)


def _check_size(tariffs: Sequence[Any], value: Any) -> None:
    """Refuse to price what would take longer than somebody waits for a page.

    Raises:
        ValueError: There are too many periods and elements of tariffs.
    """
    periods = len(getattr(value, "charging_periods", None) or ())
    elements = sum(len(each.elements or ()) for each in tariffs)
    if periods * elements > _MOST_STEPS:
        what = f"{periods} periods with {elements} elements of tariffs"
        raise ValueError(f"{what} are not priced here; download the object, and use `ocpi price`.")


async def _read(platform: Operations, stored: Stored) -> Any:
    version = stored.version if stored.version in WRITTEN else OWN_VERSION
    raw = await platform.parts.renditions.of(stored, version)
    return model(raw, KINDS[stored.key.module], version)


def _stated(value: Any) -> Decimal | None:
    cost = getattr(value, "total_cost", None) or None
    for name in ("excl_vat", "before_taxes"):
        found = getattr(cost, name, None)
        if isinstance(found, Decimal):
            return found
    return None


async def _tariffs(platform: Operations, stored: Stored, value: Any) -> Sequence[Any]:
    embedded = getattr(value, "tariffs", None)
    if embedded:
        return list(embedded)
    periods = getattr(value, "charging_periods", None) or []
    names = {str(each.tariff_id) for each in periods if getattr(each, "tariff_id", None)}
    found = [await _neighbour(platform, stored, "tariffs", name) for name in sorted(names)]
    return [each for each in found if each is not None]


async def _zone(platform: Operations, stored: Stored, value: Any) -> str:
    uid = getattr(value, "location_id", None) or getattr(
        getattr(value, "cdr_location", None), "id", None
    )
    place = await _neighbour(platform, stored, "locations", str(uid)) if uid else None
    return str(getattr(place, "time_zone", None) or platform.settings.time_zone)


async def _neighbour(platform: Operations, stored: Stored, module: str, uid: str) -> Any:
    """Return another object of the same owner from the same source; None where there is none."""
    owner = PartyId(stored.key.country_code, stored.key.party_id)
    key = Key.of(module, owner, uid, holder=stored.key.holder)
    found = await platform.parts.store.get(key)
    if found is None:
        return None
    try:
        return await _read(platform, found)
    except NotFound:
        return None


def _bill(tariff: Any, value: Any, zone: str, stored: Stored) -> Bill:
    end = getattr(value, "end_date_time", None)
    until = end if isinstance(end, datetime) else from_micros(stored.last_updated)
    periods = getattr(value, "charging_periods", None) or []
    cost = price(tariff, periods, start=value.start_date_time, end=until, time_zone=zone)
    return Bill(str(tariff.id), cost)

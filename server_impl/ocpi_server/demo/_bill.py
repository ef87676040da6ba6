"""What a session of the demo consumes, and the CDR that follows from it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ocpi_bindings.v2_2_1.models import (
    CDR,
    CdrDimension,
    CdrDimensionType,
    CdrLocation,
    ChargingPeriod,
    Location,
    Price,
    Session,
    Tariff,
)
from ocpi_pricing import Cost, price
from ocpi_runtime.types import UNSET

__all__ = ["CHARGED", "MINUTES", "cdr", "cost", "news"]

CHARGED: Final = (Decimal("5.4120"), Decimal("5.3880"), Decimal("2.7015"))
"""Energy of each charging period, in kWh."""
MINUTES: Final = 15
"""The length of each charging period."""
PARKED_MINUTES: Final = 12
"""How long the car stays after the last one."""


def news(session: Session, start: datetime, kwh: Decimal) -> dict[str, Any]:
    """Return the PATCH of the session after one more period of charging."""
    period = ChargingPeriod(
        start_date_time=start,
        dimensions=[
            CdrDimension(type=CdrDimensionType.ENERGY, volume=kwh),
            CdrDimension(type=CdrDimensionType.TIME, volume=Decimal(MINUTES) / 60),
        ],
        tariff_id="GRN-STANDARD",
    )
    return {"kwh": session.kwh + kwh, "charging_periods": [period]}


def cdr(session: Session, location: Location, tariff: Tariff, now: datetime) -> CDR:
    """Write the CDR of a session: its periods, the parking after them, and what all costs."""
    charged = session.charging_periods or []
    end = charged[-1].start_date_time + timedelta(minutes=MINUTES + PARKED_MINUTES)
    periods = [*charged, _parking(end)]
    start = charged[0].start_date_time
    due = _price(tariff, periods, start, end, location.time_zone)
    return CDR(
        country_code=session.country_code,
        party_id=session.party_id,
        id=session.id,
        start_date_time=start,
        end_date_time=end,
        session_id=session.id,
        cdr_token=session.cdr_token,
        auth_method=session.auth_method,
        cdr_location=_place(session, location),
        currency=session.currency,
        tariffs=[tariff],
        charging_periods=periods,
        total_cost=_amount(due.total_cost),
        total_fixed_cost=_amount(due.total_fixed_cost),
        total_energy=due.total_energy,
        total_energy_cost=_amount(due.total_energy_cost),
        total_time=due.total_time,
        total_parking_time=due.total_parking_time,
        total_parking_cost=_amount(due.total_parking_cost),
        last_updated=now,
    )


def cost(tariff: Tariff, of: CDR) -> Price:
    """Apply a tariff to the dimensions of a CDR, as its receiver does to check it."""
    periods, zone = of.charging_periods, "Europe/Amsterdam"
    return _amount(_price(tariff, periods, of.start_date_time, of.end_date_time, zone).total_cost)


def _price(
    tariff: Tariff, periods: list[ChargingPeriod], start: datetime, end: datetime, zone: str
) -> Cost:
    return price(tariff, periods, start=start, end=end, time_zone=zone)


def _amount(amount: Any) -> Price:
    taxed = UNSET if amount.incl_vat is None else amount.incl_vat
    return Price(excl_vat=amount.excl_vat, incl_vat=taxed)


def _parking(end: datetime) -> ChargingPeriod:
    volume = Decimal(PARKED_MINUTES) / 60
    return ChargingPeriod(
        start_date_time=end - timedelta(minutes=PARKED_MINUTES),
        dimensions=[CdrDimension(type=CdrDimensionType.PARKING_TIME, volume=volume)],
        tariff_id="GRN-STANDARD",
    )


def _place(session: Session, location: Location) -> CdrLocation:
    evse = next(one for one in location.evses or [] if one.uid == session.evse_uid)
    connector = next(one for one in evse.connectors if one.id == session.connector_id)
    return CdrLocation(
        id=location.id,
        name=location.name,
        address=location.address,
        city=location.city,
        postal_code=location.postal_code,
        country=location.country,
        coordinates=location.coordinates,
        evse_uid=evse.uid,
        evse_id=evse.evse_id or "#NA",
        connector_id=connector.id,
        connector_standard=connector.standard,
        connector_format=connector.format,
        connector_power_type=connector.power_type,
    )

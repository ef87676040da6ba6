"""The generated models can be priced as they are: mypy checks it, and so does a CDR."""

from datetime import timedelta
from decimal import Decimal

from ocpi_bindings.v2_2_1.models import (
    CdrDimension,
    CdrDimensionType,
    ChargingPeriod,
    DayOfWeek,
    Price,
    PriceComponent,
    ReservationRestrictionType,
    Tariff,
    TariffDimensionType,
    TariffElement,
    TariffRestrictions,
)
from ocpi_pricing import price
from tests.pricing.shapes import MONDAY, amount


def _component(kind: TariffDimensionType, each: str, step_size: int) -> PriceComponent:
    return PriceComponent(type=kind, price=Decimal(each), step_size=step_size, vat=Decimal(20))


def _tariff() -> Tariff:
    time = _component(TariffDimensionType.TIME, "2", 60)
    reserved = TariffRestrictions(reservation=ReservationRestrictionType.RESERVATION)
    mondays = TariffRestrictions(day_of_week=[DayOfWeek.MONDAY], max_kwh=Decimal(10))
    cheap = _component(TariffDimensionType.ENERGY, "0.20", 1)
    dear = _component(TariffDimensionType.ENERGY, "0.30", 500)
    return Tariff(
        country_code="NL",
        party_id="TNM",
        id="T1",
        currency="EUR",
        max_price=Price(excl_vat=Decimal(5)),
        elements=[
            TariffElement(price_components=[time], restrictions=reserved),
            TariffElement(price_components=[cheap], restrictions=mondays),
            TariffElement(price_components=[dear]),
        ],
        last_updated=MONDAY,
    )


def _period(minutes: int, **volumes: str) -> ChargingPeriod:
    return ChargingPeriod(
        start_date_time=MONDAY + timedelta(minutes=minutes),
        dimensions=[
            CdrDimension(type=CdrDimensionType(kind), volume=Decimal(volume))
            for kind, volume in volumes.items()
        ],
        tariff_id="T1",
    )


def test_generated_models() -> None:
    cost = price(
        _tariff(),
        [_period(0, RESERVATION_TIME="0.25"), _period(15, ENERGY="12.3", TIME="0.75")],
        start=MONDAY,
        end=MONDAY + timedelta(minutes=60),
        time_zone="Europe/Amsterdam",
    )
    assert cost.total_reservation_cost == amount("0.5", "0.6")
    assert cost.total_energy_cost == amount("2.75", "3.3")
    assert cost.total_cost == amount("3.25", "3.9")
    assert cost.total_energy == Decimal("12.3")
    assert cost.total_time == Decimal("0.75")

"""Realistic objects of the sizes that the targets name."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from ocpi_bindings.v2_2_1.models import (
    CDR,
    EVSE,
    AuthMethod,
    BusinessDetails,
    Capability,
    CdrDimension,
    CdrDimensionType,
    CdrLocation,
    CdrToken,
    ChargingPeriod,
    Connector,
    ConnectorFormat,
    ConnectorType,
    DisplayText,
    Facility,
    GeoLocation,
    Hours,
    Location,
    ParkingType,
    PowerType,
    Price,
    PriceComponent,
    RegularHours,
    Status,
    Tariff,
    TariffDimensionType,
    TariffElement,
    Token,
    TokenType,
    WhitelistType,
)

__all__ = ["cdr", "charged_token", "location", "token"]

_OWNER = ("NL", "TNM")
_CHARGED = "04A2B3C4D5"
_CONTRACT = "DE-EMP-C00000001-X"
_WHEN = datetime(2026, 11, 2, 9, 30, 15, tzinfo=UTC)
_HOURS = [
    RegularHours(weekday=day, period_begin="07:00", period_end="22:30") for day in range(1, 8)
]


def location(number: int = 0, owner: tuple[str, str] = _OWNER) -> Location:
    """Make a Location of about 4 KB: five EVSEs with two connectors each."""
    country_code, party_id = owner
    return Location(
        country_code=country_code,
        party_id=party_id,
        id=f"LOC{number:05}",
        publish=True,
        name="Parking garage Noordersingel",
        address="Noordersingel 118",
        city="Utrecht",
        postal_code="3511 AB",
        country="NLD",
        coordinates=GeoLocation(latitude="52.090736", longitude="5.121420"),
        parking_type=ParkingType.PARKING_GARAGE,
        evses=[_evse(number, index) for index in range(5)],
        directions=[DisplayText(language="en", text="Second level, behind the lifts.")],
        operator=BusinessDetails(name="The New Motion", website="https://operator.example/"),
        facilities=[Facility.SUPERMARKET, Facility.TRAIN_STATION],
        time_zone="Europe/Amsterdam",
        opening_times=Hours(twentyfourseven=False, regular_hours=_HOURS),
        charging_when_closed=False,
        last_updated=_WHEN,
    )


def _evse(number: int, index: int) -> EVSE:
    return EVSE(
        uid=f"{number:05}-{index}",
        evse_id=f"NL*TNM*E{number:05}*{index}",
        status=Status.AVAILABLE,
        capabilities=[Capability.RESERVABLE, Capability.RFID_READER],
        connectors=[_connector(str(which)) for which in (1, 2)],
        floor_level="-1",
        physical_reference=str(index),
        last_updated=_WHEN,
    )


def _connector(which: str) -> Connector:
    return Connector(
        id=which,
        standard=ConnectorType.IEC_62196_T2,
        format=ConnectorFormat.SOCKET,
        power_type=PowerType.AC_3_PHASE,
        max_voltage=230,
        max_amperage=32,
        max_electric_power=22080,
        tariff_ids=["T-DAY", "T-NIGHT"],
        last_updated=_WHEN,
    )


def token(number: int = 0) -> Token:
    """Make an RFID token of a driver."""
    return Token(
        country_code="DE",
        party_id="EMP",
        uid=f"04A2B3C4D5{number:06}",
        type=TokenType.RFID,
        contract_id=f"DE-EMP-C{number:08}-X",
        visual_number=f"DE-EMP-{number:08}",
        issuer="Example Mobility",
        valid=True,
        whitelist=WhitelistType.ALLOWED_OFFLINE,
        language="de",
        last_updated=_WHEN,
    )


def charged_token() -> Token:
    """Make the token that all CDRs name; an eMSP refuses those with tokens that it has not."""
    return msgspec.structs.replace(token(), uid=_CHARGED, contract_id=_CONTRACT)


def cdr(number: int = 0, owner: tuple[str, str] = _OWNER) -> CDR:
    """Make a CDR of about 2.5 KB: a tariff and eight charging periods."""
    country_code, party_id = owner
    return CDR(
        country_code=country_code,
        party_id=party_id,
        id=f"CDR{number:09}",
        start_date_time=_WHEN,
        end_date_time=_WHEN + timedelta(hours=2),
        session_id=f"SES{number:09}",
        cdr_token=CdrToken(
            country_code="DE",
            party_id="EMP",
            uid=_CHARGED,
            type=TokenType.RFID,
            contract_id=_CONTRACT,
        ),
        auth_method=AuthMethod.WHITELIST,
        cdr_location=_cdr_location(),
        currency="EUR",
        tariffs=[_tariff(country_code, party_id)],
        charging_periods=[_period(which) for which in range(8)],
        total_cost=Price(excl_vat=Decimal("14.3750"), incl_vat=Decimal("17.3938")),
        total_energy=Decimal("38.4"),
        total_energy_cost=Price(excl_vat=Decimal("13.4400"), incl_vat=Decimal("16.2624")),
        total_time=Decimal("2.0"),
        total_fixed_cost=Price(excl_vat=Decimal("0.9350"), incl_vat=Decimal("1.1314")),
        last_updated=_WHEN + timedelta(hours=2),
    )


def _cdr_location() -> CdrLocation:
    return CdrLocation(
        id="LOC00000",
        name="Parking garage Noordersingel",
        address="Noordersingel 118",
        city="Utrecht",
        postal_code="3511 AB",
        country="NLD",
        coordinates=GeoLocation(latitude="52.090736", longitude="5.121420"),
        evse_uid="00000-0",
        evse_id="NL*TNM*E00000*0",
        connector_id="1",
        connector_standard=ConnectorType.IEC_62196_T2,
        connector_format=ConnectorFormat.SOCKET,
        connector_power_type=PowerType.AC_3_PHASE,
    )


def _tariff(country_code: str, party_id: str) -> Tariff:
    energy = PriceComponent(
        type=TariffDimensionType.ENERGY, price=Decimal("0.3500"), vat=Decimal(21), step_size=1
    )
    flat = PriceComponent(
        type=TariffDimensionType.FLAT, price=Decimal("0.9350"), vat=Decimal(21), step_size=1
    )
    return Tariff(
        country_code=country_code,
        party_id=party_id,
        id="T-DAY",
        currency="EUR",
        elements=[TariffElement(price_components=[energy, flat])],
        last_updated=_WHEN,
    )


def _period(which: int) -> ChargingPeriod:
    return ChargingPeriod(
        start_date_time=_WHEN + timedelta(minutes=15 * which),
        dimensions=[
            CdrDimension(type=CdrDimensionType.ENERGY, volume=Decimal("4.8")),
            CdrDimension(type=CdrDimensionType.TIME, volume=Decimal("0.25")),
            CdrDimension(type=CdrDimensionType.MAX_CURRENT, volume=Decimal("31.5")),
        ],
        tariff_id="T-DAY",
    )

"""Realistic objects of the sizes that the targets name."""

from datetime import UTC, datetime

from ocpi_bindings.v2_2_1.models import (
    EVSE,
    BusinessDetails,
    Capability,
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
    RegularHours,
    Status,
    Token,
    TokenType,
    WhitelistType,
)

__all__ = ["location", "token"]

_WHEN = datetime(2026, 11, 2, 9, 30, 15, tzinfo=UTC)
_HOURS = [
    RegularHours(weekday=day, period_begin="07:00", period_end="22:30") for day in range(1, 8)
]


def location(number: int = 0) -> Location:
    """Make a Location of about 4 KB: five EVSEs with two connectors each."""
    return Location(
        country_code="NL",
        party_id="TNM",
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

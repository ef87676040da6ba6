"""The made-up world of the demo: a charge point operator's locations and a provider's tokens.

Everything is drawn from one seed, so that two runs are alike.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import ocpi_bindings.v2_3_0.models as v2_3_0
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
    ParkingRestriction,
    ParkingType,
    PowerType,
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
from ocpi_bridge import convert_into
from ocpi_runtime.types import PartyId

__all__ = ["CPO", "EMSP", "MODERN", "locations", "modern", "tariff", "tokens"]

CPO = PartyId("NL", "GRN")
EMSP = PartyId("DE", "FUN")
HUB = PartyId("LU", "WAY")

MODERN = "2.3.0"
_SEED = 20_221
_EPOCH = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
_CITIES = (
    ("Amsterdam", 52.3728, 4.8936),
    ("Utrecht", 52.0907, 5.1214),
    ("Rotterdam", 51.9225, 4.4792),
    ("Eindhoven", 51.4416, 5.4697),
    ("Groningen", 53.2194, 6.5665),
    ("Zwolle", 52.5168, 6.0830),
    ("Maastricht", 50.8514, 5.6910),
    ("Leeuwarden", 53.2012, 5.7999),
)
_STREETS = (
    "Stationsplein",
    "Marktstraat",
    "Havenkade",
    "Parallelweg",
    "Industrielaan",
    "Molenstraat",
    "Kanaaldijk",
    "Beukenlaan",
)
_SLOW = (ConnectorType.IEC_62196_T2, ConnectorFormat.SOCKET, PowerType.AC_3_PHASE, 400, 32)
_FAST = (ConnectorType.IEC_62196_T2_COMBO, ConnectorFormat.CABLE, PowerType.DC, 920, 380)


def locations(count: int) -> Iterator[Location]:
    """Draw locations of the operator, oldest first.

    Args:
        count: How many.
    """
    draw = Random(_SEED)  # noqa: S311 - a demo, not a secret
    for number in range(count):
        yield _location(number, draw)


def _location(number: int, draw: Random) -> Location:
    city, latitude, longitude = _CITIES[number % len(_CITIES)]
    updated = _EPOCH + timedelta(minutes=37 * number)
    fast = draw.random() < 0.3  # noqa: PLR2004 - a share of fast chargers
    return Location(
        country_code=CPO.country_code,
        party_id=CPO.party_id,
        id=f"GRN-{number:04}",
        publish=True,
        name=f"{city} {_STREETS[number // 8 % len(_STREETS)]}",
        address=f"{_STREETS[number // 8 % len(_STREETS)]} {draw.randint(1, 240)}",
        city=city,
        postal_code=f"{draw.randint(1000, 9999)} {draw.choice('ABCDEFGH')}{draw.choice('JKLMNP')}",
        country="NLD",
        coordinates=GeoLocation(
            latitude=f"{latitude + draw.uniform(-0.04, 0.04):.6f}",
            longitude=f"{longitude + draw.uniform(-0.04, 0.04):.6f}",
        ),
        parking_type=draw.choice([ParkingType.ON_STREET, ParkingType.PARKING_LOT]),
        evses=[_evse(number, index, updated, fast=fast) for index in range(draw.randint(1, 4))],
        directions=[DisplayText(language="en", text="Follow the green signs.")],
        operator=BusinessDetails(name="Green Current", website="https://green-current.example"),
        facilities=[draw.choice([Facility.SUPERMARKET, Facility.CAFE, Facility.TRAIN_STATION])],
        time_zone="Europe/Amsterdam",
        opening_times=_hours(draw),
        last_updated=updated,
    )


def modern(location: Location) -> v2_3_0.Location:
    """Write a location as an operator of 2.3.0 does, with fields of that version only."""
    written = convert_into(location, v2_3_0.Location).value
    written.help_phone = "+31 20 555 0100"
    return written


def _hours(draw: Random) -> Hours:
    if draw.random() < 0.8:  # noqa: PLR2004 - most are always open
        return Hours(twentyfourseven=True)
    week = [RegularHours(weekday=d, period_begin="06:00", period_end="23:00") for d in range(1, 8)]
    return Hours(twentyfourseven=False, regular_hours=week)


def _evse(number: int, index: int, updated: datetime, *, fast: bool) -> EVSE:
    kinds = [_FAST, _FAST] if fast else [_SLOW]
    return EVSE(
        uid=f"GRN-{number:04}-{index + 1}",
        evse_id=f"NL*GRN*E{number:04}*{index + 1}",
        status=Status.AVAILABLE,
        capabilities=[
            Capability.RFID_READER,
            Capability.REMOTE_START_STOP_CAPABLE,
            Capability.CHARGING_PROFILE_CAPABLE,
            Capability.RESERVABLE,
        ],
        connectors=[_connector(str(i), updated, *kind) for i, kind in enumerate(kinds, 1)],
        physical_reference=str(index + 1),
        parking_restrictions=[ParkingRestriction.EV_ONLY],
        last_updated=updated,
    )


def _connector(
    connector_id: str,
    updated: datetime,
    standard: ConnectorType,
    form: ConnectorFormat,
    power: PowerType,
    volts: int,
    amperes: int,
) -> Connector:
    return Connector(
        id=connector_id,
        standard=standard,
        format=form,
        power_type=power,
        max_voltage=volts,
        max_amperage=amperes,
        tariff_ids=["GRN-STANDARD"],
        last_updated=updated,
    )


def tariff() -> Tariff:
    """Return the operator's tariff: a fee to start, energy, and time after charging."""
    vat = Decimal(21)
    prices = (
        (TariffDimensionType.FLAT, Decimal("0.50"), 1),
        (TariffDimensionType.ENERGY, Decimal("0.42"), 1),
        (TariffDimensionType.PARKING_TIME, Decimal("2.40"), 300),
    )
    components = [
        PriceComponent(type=kind, price=price, vat=vat, step_size=step)
        for kind, price, step in prices
    ]
    return Tariff(
        country_code=CPO.country_code,
        party_id=CPO.party_id,
        id="GRN-STANDARD",
        currency="EUR",
        elements=[TariffElement(price_components=components)],
        last_updated=_EPOCH,
    )


def tokens() -> Iterator[Token]:
    """Return three tokens of the provider: valid offline, valid on request, and blocked."""
    kinds = (
        ("04A1B2C3D4E501", WhitelistType.ALWAYS, True),
        ("04A1B2C3D4E502", WhitelistType.NEVER, True),
        ("04A1B2C3D4E503", WhitelistType.NEVER, False),
    )
    for number, (uid, whitelist, valid) in enumerate(kinds, 1):
        yield Token(
            country_code=EMSP.country_code,
            party_id=EMSP.party_id,
            uid=uid,
            type=TokenType.RFID,
            contract_id=f"DE-FUN-C0000000{number}-X",
            visual_number=f"DE-FUN-000{number}",
            issuer="Fun Drive",
            valid=valid,
            whitelist=whitelist,
            last_updated=_EPOCH,
        )

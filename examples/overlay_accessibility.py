"""Parking spaces for drivers with disabilities: a CPO serves them, an eMSP looks for them.

``python -m examples.overlay_accessibility`` does both in one process, with the bindings of the
overlays in ``overlays/`` on 2.2.1.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from ocpi_overlays import v2_2_1
from ocpi_overlays.v2_2_1 import models as ocpi
from ocpi_overlays.v2_2_1.stubs import LocationsSenderStub
from ocpi_runtime.testing import answering, connected

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
PHOTO = ocpi.Image(
    url="https://cpo.example/space-1.jpg",
    category=ocpi.ImageCategory.LOCATION,
    type="jpeg",
)
SPACE = ocpi.Parking(
    id="P1",
    vehicle_types=[ocpi.VehicleType.DISABLED],
    restricted_to_type=True,
    reservation_required=False,
    parking_space_width=Decimal(360),
    standards=["PAS 1899:2022"],
    images=[PHOTO],
)
CONNECTOR = ocpi.Connector(
    id="1",
    standard=ocpi.ConnectorType.IEC_62196_T2_COMBO,
    format=ocpi.ConnectorFormat.CABLE,
    power_type=ocpi.PowerType.DC,
    max_voltage=920,
    max_amperage=400,
    last_updated=NOW,
)


def evse(uid: str, space: str) -> ocpi.EVSE:
    """Make an EVSE beside a parking space."""
    adjacent = ocpi.EVSEParking(parking_id=space, evse_position=ocpi.EVSEPosition.RIGHT)
    return ocpi.EVSE(
        uid=uid,
        status=ocpi.Status.AVAILABLE,
        connectors=[CONNECTOR],
        parking=[adjacent],
        last_updated=NOW,
    )


LOCATION = ocpi.Location(
    country_code="NL",
    party_id="EXA",
    id="LOC1",
    publish=True,
    address="Dam 1",
    city="Amsterdam",
    country="NLD",
    coordinates=ocpi.GeoLocation(latitude="52.373056", longitude="4.892222"),
    time_zone="Europe/Amsterdam",
    evses=[evse("E1", "P1"), evse("E2", "P2")],
    parking_places=[
        SPACE,
        ocpi.Parking(
            id="P2",
            vehicle_types=[ocpi.VehicleType.PERSONAL_VEHICLE],
            restricted_to_type=False,
            reservation_required=False,
        ),
    ],
    last_updated=NOW,
)


def accessible(location: ocpi.Location) -> Iterator[tuple[ocpi.EVSE, ocpi.Parking]]:
    """Yield the EVSEs that can be used from a space for drivers with disabilities."""
    spaces = {
        space.id: space
        for space in location.parking_places or ()
        if ocpi.VehicleType.DISABLED in space.vehicle_types
    }
    for one in location.evses or ():
        for place in one.parking or ():
            if place.parking_id in spaces:
                yield one, spaces[place.parking_id]


async def main() -> None:
    """Serve the location, read it, and print where such a driver can charge."""
    cpo = answering(LocationsSenderStub, get_locations=[LOCATION])
    async with connected([cpo], bindings=[v2_2_1.binding]) as peer:
        async for location in peer.locations.get_locations():
            for one, space in accessible(location):
                print(location.id, one.uid, space.parking_space_width, *space.standards or ())


if __name__ == "__main__":
    asyncio.run(main())

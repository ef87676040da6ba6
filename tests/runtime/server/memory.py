"""A small platform in memory: what an embedding team would write first."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import final

from ocpi_bindings.v2_2_1.models import (
    EVSE,
    Connector,
    ConnectorPatch,
    EVSEPatch,
    GeoLocation,
    Location,
    LocationPatch,
)
from ocpi_bindings.v2_2_1.stubs import LocationsReceiverStub, LocationsSenderStub
from ocpi_runtime import codec
from ocpi_runtime.errors import NotFound, NotSupported
from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Partner, Received
from ocpi_runtime.types import PartyId, Raw

PARTNER = Partner("partner", parties=frozenset({PartyId("NL", "TNM")}))
NEWCOMER = Partner("newcomer", registering=True)


async def authenticate(candidates: Sequence[str]) -> Partner | None:
    known = {"good-token": PARTNER, "token-a": NEWCOMER}
    return next((known[one] for one in candidates if one in known), None)


def location(location_id: str) -> Location:
    return Location(
        country_code="NL",
        party_id="TNM",
        id=location_id,
        publish=True,
        address="Noordersingel 118",
        city="Utrecht",
        country="NLD",
        coordinates=GeoLocation(latitude="52.090736", longitude="5.121420"),
        time_zone="Europe/Amsterdam",
        last_updated=datetime(2026, 11, 2, tzinfo=UTC),
    )


@final
class Sender(LocationsSenderStub):
    """A hundred locations; some ids make it misbehave."""

    def __init__(self) -> None:
        self.contexts: list[Context] = []
        self.queries: list[PageQuery] = []

    async def get_locations(self, context: Context, query: PageQuery) -> Page[Location]:
        self.contexts.append(context)
        self.queries.append(query)
        last = min(query.offset + query.limit, 100)
        items = [location(f"LOC{number}") for number in range(query.offset, last)]
        return Page(items, total=100, more=last < 100)

    async def get_location(self, context: Context, location_id: str) -> Location | Raw:
        self.contexts.append(context)
        if location_id == "BUG":
            raise RuntimeError("the password is hunter2")
        if location_id == "SLOW":
            await asyncio.sleep(60)
        if location_id == "RAW":
            return Raw(b'{"id": "RAW",   "x": 1.0}')
        if location_id == "NONE":
            raise NotFound("There is no such location.")
        return location(location_id)

    async def get_evse(self, context: Context, location_id: str, evse_uid: str) -> EVSE | Raw:
        raise NotSupported

    async def get_connector(
        self, context: Context, location_id: str, evse_uid: str, connector_id: str
    ) -> Connector | Raw:
        raise NotSupported


@final
class Receiver(LocationsReceiverStub):
    """Keeps what is pushed."""

    def __init__(self) -> None:
        self.stored: dict[str, Received[Location]] = {}
        self.paths: list[tuple[str, str, str]] = []
        self.patches: list[Received[LocationPatch]] = []

    async def put_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        body: Received[Location],
    ) -> Outcome:
        self.paths.append((country_code, party_id, location_id))
        known = location_id in self.stored
        self.stored[location_id] = body
        return Outcome.UPDATED if known else Outcome.CREATED

    async def patch_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        body: Received[LocationPatch],
    ) -> None:
        self.patches.append(body)

    async def get_stored_location(
        self, context: Context, country_code: str, party_id: str, location_id: str
    ) -> Location | Raw:
        if location_id not in self.stored:
            raise NotFound
        return self.stored[location_id].raw

    async def get_stored_evse(
        self, context: Context, country_code: str, party_id: str, location_id: str, evse_uid: str
    ) -> EVSE | Raw:
        raise NotSupported

    async def get_stored_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
    ) -> Connector | Raw:
        raise NotSupported

    async def put_evse(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        body: Received[EVSE],
    ) -> Outcome:
        raise NotSupported

    async def put_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
        body: Received[Connector],
    ) -> Outcome:
        raise NotSupported

    async def patch_evse(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        body: Received[EVSEPatch],
    ) -> None:
        raise NotSupported

    async def patch_connector(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
        body: Received[ConnectorPatch],
    ) -> None:
        raise NotSupported


def location_json(location_id: str = "LOC1") -> bytes:
    return codec.encode(location(location_id))

"""Generated stubs mounted by ``create_app``; the second argument chooses the lists."""

import sys
from typing import Any, final

from bench.samples import location
from bench.servers import TOKEN, run
from ocpi_bindings.v2_2_1.models import EVSE, Connector, Location
from ocpi_bindings.v2_2_1.stubs import LocationsReceiverStub, LocationsSenderStub
from ocpi_runtime import codec
from ocpi_runtime.errors import NotSupported
from ocpi_runtime.process import prepare_process
from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Partner, Received, create_app
from ocpi_runtime.types import PartyId, Raw

_LOCATIONS = [location(number) for number in range(50)]
_RAW = [Raw(codec.encode(one)) for one in _LOCATIONS]
_PARTNER = Partner("bench", parties=frozenset({PartyId("NL", "TNM")}))


@final
class Sender(LocationsSenderStub):
    """Fifty Locations from memory, as models or as stored bytes."""

    def __init__(self, *, raw: bool) -> None:
        self._raw = raw

    async def get_locations(self, context: Context, query: PageQuery) -> Page[Location]:
        items: Any = _RAW if self._raw else _LOCATIONS
        return Page(items, total=200, more=True)

    async def get_location(self, context: Context, location_id: str) -> Location | Raw:
        return _RAW[0] if self._raw else _LOCATIONS[0]

    async def get_evse(self, context: Context, location_id: str, evse_uid: str) -> EVSE | Raw:
        raise NotSupported

    async def get_connector(
        self, context: Context, location_id: str, evse_uid: str, connector_id: str
    ) -> Connector | Raw:
        raise NotSupported


@final
class Receiver(LocationsReceiverStub):
    """Takes a Location, fully validated, and forgets it."""

    async def put_location(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        body: Received[Location],
    ) -> Outcome:
        return Outcome.UPDATED

    async def get_stored_location(self, *_ids: Any) -> Location | Raw:
        raise NotSupported

    async def get_stored_evse(self, *_ids: Any) -> EVSE | Raw:
        raise NotSupported

    async def get_stored_connector(self, *_ids: Any) -> Connector | Raw:
        raise NotSupported

    async def put_evse(self, *_ids: Any) -> Outcome:
        raise NotSupported

    async def put_connector(self, *_ids: Any) -> Outcome:
        raise NotSupported

    async def patch_location(self, *_ids: Any) -> None:
        raise NotSupported

    async def patch_evse(self, *_ids: Any) -> None:
        raise NotSupported

    async def patch_connector(self, *_ids: Any) -> None:
        raise NotSupported


async def _authenticate(candidates: Any) -> Partner | None:
    return _PARTNER if TOKEN in candidates else None


if __name__ == "__main__":
    port = int(sys.argv[1])
    app = create_app(
        [Sender(raw=sys.argv[2] == "raw"), Receiver()],
        authenticate=_authenticate,
        base_url=f"http://127.0.0.1:{port}",
    )
    prepare_process()  # as the guide asks of a process that serves; bare Starlette does it too
    run(app, port)

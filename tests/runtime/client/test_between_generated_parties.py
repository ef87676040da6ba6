"""A generated client and a generated server, over a socket."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.models import LocationPatch
from ocpi_runtime.client import Exchange, connect, connect_sync
from ocpi_runtime.errors import (
    GenericClientError,
    HttpError,
    InvalidParameters,
    NotAuthorized,
    NotFound,
)
from ocpi_runtime.server import Limits, create_app
from ocpi_runtime.types import PartyId, Raw
from tests.runtime.client.peers import OPEN, location
from tests.runtime.server.memory import Receiver, Sender, authenticate
from tests.support.serving import serving

BINDINGS = [v2_2_1.binding]


@pytest.fixture(scope="module")
def versions_url() -> Iterator[str]:
    with serving(
        lambda base_url: create_app(
            [Sender(), Receiver()],
            authenticate=authenticate,
            base_url=f"{base_url}/ocpi",
            limits=Limits(page=30),
        )
    ) as base_url:
        yield f"{base_url}/ocpi/versions"


async def test_async(versions_url: str) -> None:
    exchanges: list[Exchange] = []
    async with connect(
        versions_url,
        "good-token",
        bindings=BINDINGS,
        policy=OPEN,
        from_party=PartyId("NL", "TNM"),
        to_party=PartyId("DE", "ABC"),
        on_exchange=exchanges.append,
    ) as peer:
        got = [each async for each in peer.locations.get_locations(limit=30)]
        assert [each.id for each in got] == [f"LOC{number}" for number in range(100)]
        await peer.locations.put_location("NL", "TNM", "A/1 %", location("A/1 %"))
        assert (await peer.locations.get_stored_location("NL", "TNM", "A/1 %")).id == "A/1 %"
        patch = LocationPatch(city="Gent", last_updated=datetime(2026, 6, 1, tzinfo=UTC))
        await peer.locations.patch_location("NL", "TNM", "A/1 %", patch)
        with pytest.raises(NotFound):
            await peer.locations.get_location("NONE")
        with pytest.raises(GenericClientError):
            await peer.locations.get_evse("LOC1", "1")
        with pytest.raises(HttpError) as failed:
            await peer.locations.get_location("BUG")
        assert failed.value.http_status == 500
    for one in exchanges:
        assert one.response_headers["x-request-id"] == one.request_headers["x-request-id"]
    listed = [one for one in exchanges if one.operation == "get_locations"]
    assert len(listed) == 4
    assert len({one.request_headers["x-correlation-id"] for one in listed}) == 1


def test_sync(versions_url: str) -> None:
    with connect_sync(versions_url, "good-token", bindings=BINDINGS, policy=OPEN) as peer:
        assert len(list(peer.locations.get_locations())) == 100
        wrong = Raw(b'{"id": "LOC1"}')
        with pytest.raises(InvalidParameters) as refused:
            peer.locations.put_location("NL", "TNM", "LOC1", wrong)
        assert "/city" in {each.pointer for each in refused.value.violations}


async def test_a_wrong_token(versions_url: str) -> None:
    with pytest.raises(NotAuthorized):
        async with connect(versions_url, "other-token", bindings=BINDINGS, policy=OPEN):
            pass

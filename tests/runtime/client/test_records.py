"""What is recorded of exchanges, and what is in no record."""

import json
import logging
from datetime import UTC
from typing import TYPE_CHECKING

import httpx2
import pytest

from ocpi_bindings.v2_2_1.clients.locations import LocationsRequests
from ocpi_bindings.v2_2_1.models import (
    Credentials,
)
from ocpi_runtime.errors import (
    InvalidParameters,
    NotAuthorized,
)
from tests.runtime.client.peers import (
    BASE,
    TOKEN,
    Scripted,
    envelope,
    location,
    location_json,
    ok,
)
from tests.runtime.client.test_calls import LOCATION, RECEIVER, peer_of

if TYPE_CHECKING:
    from ocpi_runtime.client import Exchange


async def test_the_token_is_in_no_message_log_or_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ocpi_runtime.client")
    message = f"unknown token {TOKEN} " * 2
    refused = httpx2.Response(401, content=envelope(status_code=2000, status_message=message))
    exchanges: list[Exchange] = []
    peer = peer_of(Scripted({LOCATION: refused}), on_exchange=exchanges.append)
    with pytest.raises(NotAuthorized, match=r"unknown token \*\*\*") as caught:
        await peer.locations.get_location("LOC1")
    assert TOKEN not in repr(caught.value) + caplog.text + repr(exchanges)
    assert caplog.records
    assert exchanges[0].request_headers["authorization"] == "***"


async def test_exchanges_are_recorded() -> None:
    exchanges: list[Exchange] = []
    script = Scripted({RECEIVER: ok(status_code=2001, status_message="no")})
    peer = peer_of(script, on_exchange=exchanges.append)
    with pytest.raises(InvalidParameters):
        await peer.send(LocationsRequests.put_location("NL", "TNM", "LOC1", location()))
    (one,) = exchanges
    assert (one.operation, one.method, one.url) == ("put_location", "PUT", BASE + RECEIVER)
    assert json.loads(one.request_body) == location_json()
    assert (one.http_status, one.status_code, one.status_message) == (200, 2001, "no")
    assert json.loads(one.response_body)["status_code"] == 2001
    assert one.error is not None
    assert one.duration >= 0
    assert one.started.tzinfo is UTC


async def test_credentials_are_recorded_without_their_tokens() -> None:
    exchanges: list[Exchange] = []
    theirs = {
        "token": "the-secret-c",
        "url": "https://peer.example/versions",
        "roles": [
            {
                "role": "CPO",
                "party_id": "ABC",
                "country_code": "DE",
                "business_details": {"name": "ABC"},
            }
        ],
    }
    script = Scripted({"/2.2.1/credentials": ok(theirs)})
    peer = peer_of(script, on_exchange=exchanges.append)
    credentials = await peer.credentials.get_credentials()
    assert isinstance(credentials, Credentials)
    assert credentials.token == "the-secret-c"
    assert b"the-secret-c" not in exchanges[0].response_body
    assert json.loads(exchanges[0].response_body)["data"]["token"] == "***"

"""Single calls: what is sent, what is made of the answer."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_bindings.v2_2_1.clients.locations import LocationsRequests
from ocpi_bindings.v2_2_1.models import (
    CommandResult,
    CommandResultType,
    EVSEPatch,
    GeoLocation,
    Status,
)
from ocpi_runtime.client import Peer
from ocpi_runtime.errors import (
    InvalidParameters,
    MethodNotAllowed,
    NotFound,
)
from ocpi_runtime.types import PartyId, Raw
from tests.runtime.client.peers import (
    BASE,
    ENDPOINTS,
    TOKEN,
    Scripted,
    envelope,
    location,
    location_json,
    ok,
)

LOCATION = "/2.2.1/locations/LOC1"
RECEIVER = "/2.2.1/receiver/locations/NL/TNM/LOC1"


def peer_of(script: Scripted, **options: Any) -> Clients:
    return Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), **options)


async def test_data_is_decoded_and_the_answer_kept() -> None:
    raw = json.dumps(location_json() | {"unknown": 1})
    head = '"status_code": 1001, "status_message": "hi", "timestamp": "2026-01-02T03:04:05"'
    body = f'{{"data": {raw}, {head}}}'
    script = Scripted({LOCATION: httpx2.Response(200, content=body, headers={"X-Any": "1"})})
    peer = peer_of(script)
    answer = await peer.send(LocationsRequests.get_location("LOC1"))
    assert answer.data == location()
    assert answer.raw == raw.encode()
    assert (answer.http_status, answer.status_code, answer.status_message) == (200, 1001, "hi")
    assert answer.headers["x-any"] == "1"
    assert answer.url == BASE + LOCATION
    assert answer.request_id == script.asked[0].headers["x-request-id"]
    assert answer.correlation_id == script.asked[0].headers["x-correlation-id"]
    assert await peer.locations.get_location("LOC1") == location()


async def test_ids_are_fresh_and_the_correlation_id_is_kept_for_a_logical_call() -> None:
    script = Scripted({LOCATION: ok(location_json())})
    peer = peer_of(script)
    await peer.locations.get_location("LOC1")
    await peer.locations.get_location("LOC1")
    logical = peer.routed(correlation_id="corr-1")
    await logical.locations.get_location("LOC1")
    await logical.locations.get_location("LOC1")
    requests = [each.headers["x-request-id"] for each in script.asked]
    correlations = [each.headers["x-correlation-id"] for each in script.asked]
    assert len(set(requests)) == 4
    assert len(set(correlations)) == 3
    assert correlations[2:] == ["corr-1", "corr-1"]


async def test_routing_headers_are_sent_to_functional_modules_only() -> None:
    script = Scripted(
        {LOCATION: ok(location_json()), "/2.2.1/credentials": httpx2.Response(405)},
    )
    peer = peer_of(script, from_party=PartyId("NL", "TNM"), to_party=PartyId("DE", "ABC"))
    await peer.locations.get_location("LOC1")
    await peer.routed(to_party=PartyId("BE", "BEC")).locations.get_location("LOC1")
    with pytest.raises(MethodNotAllowed):
        await peer.credentials.delete_credentials()
    first, second, credentials = (each.headers for each in script.asked)
    assert first["ocpi-from-party-id"] == "TNM"
    assert first["ocpi-from-country-code"] == "NL"
    assert first["ocpi-to-party-id"] == "ABC"
    assert first["ocpi-to-country-code"] == "DE"
    assert second["ocpi-from-party-id"] == "TNM"
    assert second["ocpi-to-party-id"] == "BEC"
    assert not any(name.startswith("ocpi-") for name in credentials)
    assert "x-request-id" in credentials


async def test_writes_are_sent_as_json_below_the_endpoint() -> None:
    script = Scripted({RECEIVER: httpx2.Response(201, content=envelope())})
    peer = peer_of(script)
    await peer.locations.put_location("NL", "TNM", "LOC1", location())
    (request,) = script.asked
    assert request.method == "PUT"
    assert str(request.url) == BASE + RECEIVER
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == location_json()


async def test_ids_are_percent_encoded() -> None:
    script = Scripted({})
    peer = peer_of(script)
    with pytest.raises(NotFound):
        await peer.locations.get_evse("a/b c", "..")
    assert script.asked[0].url.raw_path.startswith(b"/2.2.1/locations/a%2Fb%20c/")


async def test_a_body_that_breaks_the_rules_is_not_sent() -> None:
    script = Scripted({})
    wrong = location()
    wrong.city = "x" * 46
    wrong.coordinates = GeoLocation(latitude="north", longitude="5.121420")
    with pytest.raises(InvalidParameters, match=r"put_location was not sent, .*2\.2\.1") as caught:
        await peer_of(script).locations.put_location("NL", "TNM", "LOC1", wrong)
    assert {each.pointer for each in caught.value.violations} == {"/city", "/coordinates/latitude"}
    assert script.asked == []


async def test_a_naive_datetime_is_not_sent() -> None:
    wrong = location()
    wrong.last_updated = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(InvalidParameters, match="time zone"):
        await peer_of(Scripted({})).locations.put_location("NL", "TNM", "LOC1", wrong)


async def test_raw_json_is_sent_unchanged() -> None:
    script = Scripted({RECEIVER: ok()})
    raw = Raw(b'{ "id":"LOC1",\n "last_updated" : "not checked" }')
    await peer_of(script).locations.put_location("NL", "TNM", "LOC1", raw)
    assert script.asked[0].content == raw


async def test_a_value_that_is_not_available_is_sent() -> None:
    script = Scripted({RECEIVER: ok()})
    unknown = location()
    unknown.address = "#NA"
    await peer_of(script).locations.put_location("NL", "TNM", "LOC1", unknown)
    assert len(script.asked) == 1


async def test_patches_carry_what_changes() -> None:
    script = Scripted({f"{RECEIVER}/E1": ok()})
    patch = EVSEPatch(status=Status.CHARGING, last_updated=datetime(2026, 5, 1, tzinfo=UTC))
    await peer_of(script).locations.patch_evse("NL", "TNM", "LOC1", "E1", patch)
    assert script.asked[0].method == "PATCH"
    sent = json.loads(script.asked[0].content)
    assert sent == {"status": "CHARGING", "last_updated": "2026-05-01T00:00:00Z"}


@pytest.mark.parametrize("location_id", ["", "x" * 37])
async def test_path_parameters_are_checked(location_id: str) -> None:
    script = Scripted({})
    with pytest.raises(InvalidParameters) as caught:
        await peer_of(script).locations.get_location(location_id)
    assert [each.pointer for each in caught.value.violations] == ["path:location_id"]
    assert script.asked == []


async def test_query_parameters_are_written_as_the_specification_does() -> None:
    script = Scripted({"/2.2.1/locations": ok([])})
    pages = peer_of(script).locations.get_locations(
        date_from=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        offset=0,
        limit=50,
    )
    assert [each async for each in pages] == []
    query = script.asked[0].url.query
    assert query == b"date_from=2026-01-01T00:00:00Z&offset=0&limit=50"


async def test_negative_numbers_are_not_sent() -> None:
    script = Scripted({})
    pages = peer_of(script).locations.get_locations(offset=-1)
    with pytest.raises(InvalidParameters) as caught:
        _ = [each async for each in pages]
    assert caught.value.violations[0].pointer == "query:offset"


async def test_a_query_of_the_endpoint_stays() -> None:
    script = Scripted({"/ocpi/LOC1": ok(location_json()), "/ocpi": ok([])})
    endpoint = ENDPOINTS[1]
    endpoints = [type(endpoint)("locations", "sender", f"{BASE}/ocpi?module=locations")]
    peer = Peer.at(v2_2_1.binding, endpoints, TOKEN, http=script.http())
    await peer.locations.get_location("LOC1")
    _ = [each async for each in peer.locations.get_locations(limit=1)]
    assert [str(each.url).removeprefix(BASE) for each in script.asked] == [
        "/ocpi/LOC1?module=locations",
        "/ocpi?module=locations&limit=1",
    ]


async def test_results_go_to_the_url_that_was_given() -> None:
    script = Scripted({"/cb": ok()})
    url = "https://other.example/cb?id=%2Fa&x=1+2&&y="
    peer = peer_of(script, from_party=PartyId("NL", "TNM"))
    await peer.commands.post_command_result(url, CommandResult(result=CommandResultType.ACCEPTED))
    (request,) = script.asked
    assert str(request.url) == url
    assert request.method == "POST"
    assert request.headers["ocpi-from-party-id"] == "TNM"
    assert json.loads(request.content) == {"result": "ACCEPTED"}


async def test_envelopes_with_small_faults_are_taken_and_reported() -> None:
    problems: list[Any] = []
    body = json.dumps({"status_code": 1000, "data": location_json()})
    peer = peer_of(
        Scripted({LOCATION: httpx2.Response(200, text=body)}), on_problem=problems.append
    )
    assert (await peer.locations.get_location("LOC1")).id == "LOC1"
    assert "timestamp" in problems[0].message


async def test_headers_that_http_cannot_carry_are_refused() -> None:
    script = Scripted({})
    peer = peer_of(script).routed(correlation_id="a\r\nX-Evil: 1")
    with pytest.raises(InvalidParameters, match="X-Correlation-ID"):
        await peer.locations.get_location("LOC1")
    assert script.asked == []


async def test_a_created_object_has_a_url() -> None:
    endpoint = type(ENDPOINTS[0])("cdrs", "receiver", f"{BASE}/cdrs")
    answer = httpx2.Response(201, content=envelope(), headers={"Location": f"{BASE}/cdrs/77"})
    script = Scripted({"/cdrs": answer})
    peer = Peer.at(v2_2_1.binding, [endpoint], TOKEN, http=script.http())
    assert await peer.cdrs.post_cdr(Raw(b"{}")) == f"{BASE}/cdrs/77"


async def test_decimals_arrive_exactly() -> None:
    evse = {"uid": "1", "status": "AVAILABLE", "last_updated": "2026-01-01T00:00:00Z"}
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "last_updated": "2026-01-01T00:00:00Z",
    }
    mix = {
        "is_green_energy": True,
        "energy_sources": [{"source": "WIND", "percentage": 33.333333333333333333}],
    }
    data = location_json() | {"evses": [evse | {"connectors": [connector]}], "energy_mix": mix}
    text = envelope(data).replace(b"33.333333333333336", b"33.333333333333333333")
    peer = peer_of(Scripted({LOCATION: httpx2.Response(200, content=text)}))
    got = await peer.locations.get_location("LOC1")
    assert got.energy_mix
    assert got.energy_mix.energy_sources
    assert got.energy_mix.energy_sources[0].percentage == Decimal("33.333333333333333333")

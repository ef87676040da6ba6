"""Peers that refuse a body with HTTP 422 where an optional field is absent."""

import json
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_runtime.client import Endpoint, Peer, Problem
from ocpi_runtime.errors import HttpError
from ocpi_runtime.types import Raw
from tests.runtime.client.peers import BASE, TOKEN, Scripted, location, ok

PATH = "/locations/NL/TNM/LOC1"
WANTED = (("postal_code",), ("evses", 0, "status_schedule"))


def missing(kind: str, *paths: tuple[Any, ...]) -> httpx2.Response:
    faults = [{"type": kind, "loc": ["body", *path], "msg": "Field required"} for path in paths]
    return httpx2.Response(422, content=json.dumps({"detail": faults}).encode())


def body() -> Raw:
    evse = {
        "uid": "E1",
        "status": "AVAILABLE",
        "connectors": [],
        "last_updated": "2026-01-01T10:00:00Z",
    }
    return Raw(json.dumps({"id": "LOC1", "evses": [evse, evse]}).encode())


def peer_of(script: Scripted, **options: Any) -> Clients:
    endpoints = [Endpoint("locations", "receiver", f"{BASE}/locations")]
    return Peer.at(v2_2_1.binding, endpoints, TOKEN, http=script.http(), **options)


@pytest.mark.parametrize("kind", ["missing", "value_error.missing"])
async def test_fields_that_are_named_as_missing_are_sent_as_null_from_then_on(kind: str) -> None:
    problems: list[Problem] = []
    script = Scripted({PATH: [missing(kind, *WANTED), ok()]})
    peer = peer_of(script, on_problem=problems.append)
    for _ in range(2):
        await peer.locations.put_location("NL", "TNM", "LOC1", body())
    assert len(script.asked) == 3
    for request in script.asked[1:]:
        sent = json.loads(request.content)
        assert sent["postal_code"] is None
        assert [each["status_schedule"] for each in sent["evses"]] == [None, None]
        assert "directions" not in sent
    assert len(problems) == 1
    assert "as null: EVSE.status_schedule, Location.postal_code." in problems[0].message


@pytest.mark.parametrize(
    "refusal",
    [
        missing("missing", ("id",), ("evses", 0, "uid"), ("no", "such"), ()),
        missing("string_too_long", ("postal_code",)),
        httpx2.Response(422, content=b"<html>"),
        httpx2.Response(422, content=b'{"detail":"' + b"[" * 10_000),
    ],
)
async def test_required_fields_are_never_made_up(refusal: httpx2.Response) -> None:
    script = Scripted({PATH: refusal})
    with pytest.raises(HttpError) as caught:
        await peer_of(script).locations.put_location("NL", "TNM", "LOC1", body())
    assert caught.value.http_status == 422
    assert len(script.asked) == 1


async def test_a_peer_that_refuses_nulls_too_gets_none_later() -> None:
    script = Scripted({PATH: missing("missing", *WANTED)})
    peer = peer_of(script)
    for _ in range(2):
        with pytest.raises(HttpError):
            await peer.locations.put_location("NL", "TNM", "LOC1", location())
    assert [b"postal_code" in each.content for each in script.asked] == [False, True, False, True]


async def test_a_patch_gets_no_nulls() -> None:
    script = Scripted({PATH: missing("missing", ("postal_code",))})
    with pytest.raises(HttpError):
        await peer_of(script).locations.patch_location("NL", "TNM", "LOC1", Raw(b'{"name":"New"}'))
    assert len(script.asked) == 1

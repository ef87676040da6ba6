"""Answers that are failures, and what they are raised as."""

import httpx2
import pytest

from ocpi_runtime.client import Limits
from ocpi_runtime.errors import (
    ClientApiUnusable,
    GenericClientError,
    HttpError,
    HubTimeout,
    InvalidParameters,
    LimitExceeded,
    MalformedRequest,
    MethodNotAllowed,
    NotAuthorized,
    NotFound,
    OcpiError,
    PayloadTooLarge,
    ProtocolError,
    UnknownLocation,
    Violation,
)
from tests.runtime.client.peers import (
    BASE,
    Scripted,
    envelope,
    location,
    location_json,
    ok,
)
from tests.runtime.client.test_calls import LOCATION, RECEIVER, peer_of

FAILURES: list[tuple[httpx2.Response, type[OcpiError], int, int]] = [
    (ok(status_code=2000), GenericClientError, 200, 2000),
    (ok(status_code=2003, status_message="no"), UnknownLocation, 200, 2003),
    (ok(status_code=2999), GenericClientError, 200, 2999),
    (ok(status_code=3001), ClientApiUnusable, 200, 3001),
    (ok(status_code=4002), HubTimeout, 200, 4002),
    (ok(status_code=42), ProtocolError, 200, 42),
    (httpx2.Response(400, content=envelope(status_code=2000)), MalformedRequest, 400, 2000),
    (httpx2.Response(418), HttpError, 418, 2000),
    (httpx2.Response(401, content=envelope(status_code=2002)), NotAuthorized, 401, 2002),
    (httpx2.Response(404, text="gone"), NotFound, 404, 2000),
    (httpx2.Response(413), PayloadTooLarge, 413, 2000),
    (httpx2.Response(500, content=envelope(status_code=3000)), HttpError, 500, 3000),
    (httpx2.Response(301, headers={"Location": "https://x.example"}), ProtocolError, 301, 3000),
    (httpx2.Response(204), ProtocolError, 204, 3000),
    (httpx2.Response(200, text="<html>"), ProtocolError, 200, 3000),
    (httpx2.Response(200, content=b"\xff"), ProtocolError, 200, 3000),
    (httpx2.Response(200, text="[]"), ProtocolError, 200, 3000),
    (httpx2.Response(200, text='{"data": {}}'), ProtocolError, 200, 3000),
    (ok(), ProtocolError, 200, 3000),
    (ok({"id": 7}), ProtocolError, 200, 3000),
    (ok([]), ProtocolError, 200, 3000),
]


@pytest.mark.parametrize(("answer", "kind", "http_status", "status_code"), FAILURES)
async def test_failures_fall_into_the_tree(
    answer: httpx2.Response, kind: type[OcpiError], http_status: int, status_code: int
) -> None:
    peer = peer_of(Scripted({LOCATION: answer}), limits=Limits(retries=0))
    with pytest.raises(kind) as caught:
        await peer.locations.get_location("LOC1")
    assert type(caught.value) is kind
    assert caught.value.http_status == http_status
    assert caught.value.status_code == status_code
    assert caught.value.message.startswith(f"GET {BASE}{LOCATION}: ")


async def test_violations_of_an_answer_are_named() -> None:
    wrong = location_json() | {"publish": "yes", "coordinates": None}
    peer = peer_of(Scripted({LOCATION: ok(wrong)}))
    with pytest.raises(ProtocolError) as caught:
        await peer.locations.get_location("LOC1")
    assert {each.pointer for each in caught.value.violations} == {"/publish", "/coordinates"}


async def test_violations_that_a_peer_lists_are_read() -> None:
    listed = [{"pointer": "/city", "code": "maxLength", "message": "is too long"}]
    peer = peer_of(
        Scripted({RECEIVER: ok(violations=listed, status_code=2001, status_message="a\nb")})
    )
    with pytest.raises(InvalidParameters, match="OCPI status 2001: a b") as caught:
        await peer.locations.put_location("NL", "TNM", "LOC1", location())
    assert caught.value.violations == (Violation("/city", "maxLength", "is too long"),)
    assert caught.value.hint


async def test_allowed_methods_are_reported() -> None:
    script = Scripted({LOCATION: httpx2.Response(405, headers={"Allow": "PUT, PATCH"})})
    with pytest.raises(MethodNotAllowed) as caught:
        await peer_of(script).locations.get_location("LOC1")
    assert caught.value.allow == ("PUT", "PATCH")


async def test_deep_answers_are_refused() -> None:
    deep = b'{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z","data":%b1%b}'
    body = deep % (b"[" * 40, b"]" * 40)
    peer = peer_of(Scripted({LOCATION: httpx2.Response(200, content=body)}))
    with pytest.raises(LimitExceeded, match="32 levels"):
        await peer.locations.get_location("LOC1")

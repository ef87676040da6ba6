"""What is sent again, and what is not."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_runtime.client import Exchange, Limits, Peer, SyncPeer
from ocpi_runtime.errors import HttpError, NotFound, OcpiError, RequestTimeout, TransportError
from tests.runtime.client.peers import (
    ENDPOINTS,
    TOKEN,
    Scripted,
    envelope,
    location,
    location_json,
    ok,
)

pytestmark = pytest.mark.usefixtures("each_client")

LOCATION = "/2.2.1/locations/LOC1"
RECEIVER = "/2.2.1/receiver/locations/NL/TNM/LOC1"
FAST = Limits(retries=2, backoff=0.001, retry_after=0.5)


def peer_of(script: Scripted, **options: Any) -> Clients:
    options = {"limits": FAST} | options
    return Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), **options)


def broken(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def late(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("slow", request=request)


@pytest.mark.parametrize(
    "first", [broken, *(httpx2.Response(status) for status in (429, 502, 503, 504))]
)
async def test_a_get_is_sent_again(first: Any) -> None:
    exchanges: list[Exchange] = []
    script = Scripted({LOCATION: [first, ok(location_json())]})
    peer = peer_of(script, on_exchange=exchanges.append)
    assert (await peer.locations.get_location("LOC1")).id == "LOC1"
    first_ids, second_ids = (
        (each.headers["x-request-id"], each.headers["x-correlation-id"]) for each in script.asked
    )
    assert first_ids[0] != second_ids[0]
    assert first_ids[1] == second_ids[1]
    assert len(exchanges) == 2
    assert exchanges[0].error


@pytest.mark.parametrize(
    ("answer", "kind"), [(broken, TransportError), (httpx2.Response(503), HttpError)]
)
async def test_the_last_failure_is_raised(answer: Any, kind: type[OcpiError]) -> None:
    script = Scripted({LOCATION: answer})
    with pytest.raises(kind):
        await peer_of(script).locations.get_location("LOC1")
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (late, RequestTimeout),
        (httpx2.Response(500), HttpError),
        (httpx2.Response(404), NotFound),
        (ok(status_code=3000), OcpiError),
        (httpx2.Response(429, headers={"Retry-After": "3600"}), HttpError),
        (
            httpx2.Response(
                503,
                headers={"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=1))},
            ),
            HttpError,
        ),
    ],
)
async def test_some_failures_are_final(answer: Any, kind: type[OcpiError]) -> None:
    script = Scripted({LOCATION: answer})
    with pytest.raises(kind):
        await peer_of(script).locations.get_location("LOC1")
    assert len(script.asked) == 1


@pytest.mark.parametrize("answer", [broken, httpx2.Response(503)])
async def test_writes_are_sent_once(answer: Any) -> None:
    script = Scripted({RECEIVER: answer})
    with pytest.raises(OcpiError):
        await peer_of(script).locations.put_location("NL", "TNM", "LOC1", location())
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "value", ["0", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "1 Jan 99999999999 00:00:00"]
)
async def test_retry_after_is_kept_where_it_is_short_or_nonsense(value: str) -> None:
    busy = httpx2.Response(503, content=envelope(), headers={"Retry-After": value})
    script = Scripted({LOCATION: [busy, ok(location_json())]})
    await peer_of(script).locations.get_location("LOC1")
    assert len(script.asked) == 2


def test_sync_waits_as_long_as_the_peer_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[tuple[int, float]] = []
    here = threading.get_ident()  # servers of other tests may still sleep in theirs
    monkeypatch.setattr(time, "sleep", lambda wait: waits.append((threading.get_ident(), wait)))
    busy = httpx2.Response(429, headers={"Retry-After": "1"})
    script = Scripted({LOCATION: [busy, ok(location_json())]})
    limits = Limits(retries=1, retry_after=2)
    peer = SyncPeer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.sync_http(), limits=limits)
    peer.locations.get_location("LOC1")
    assert [wait for thread, wait in waits if thread == here] == [1]

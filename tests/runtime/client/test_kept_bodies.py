"""A failed call keeps nothing of its answer once its error is gone."""

import gc
from collections.abc import Iterator
from types import FrameType
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Limits, Peer
from ocpi_runtime.errors import OcpiError
from tests.runtime.client.peers import ENDPOINTS, TOKEN, Handler, Scripted, envelope, location_json

LOCATION = "/2.2.1/locations/LOC1"


def _refused(_request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


ANSWERS: dict[str, httpx2.Response | Handler] = {
    "no JSON": httpx2.Response(200, content=b"<html>"),
    "a body that ends early": httpx2.Response(200, content=b'{"data": {"id": "'),
    "no envelope": httpx2.Response(200, content=b"[1, 2]"),
    "a wrong object": httpx2.Response(200, content=envelope(location_json() | {"coordinates": 1})),
    "too many values": httpx2.Response(200, content=b"[" + b"0," * 5000 + b"0]"),
    "an error": httpx2.Response(500, content=b"Oops"),
    "a redirect": httpx2.Response(302, headers={"Location": "https://other.example/"}),
    "broken gzip": httpx2.Response(200, content=b"{}", headers={"Content-Encoding": "br"}),
    "no connection": _refused,
}


@pytest.fixture
def garbage() -> Iterator[list[Any]]:
    """Whatever the collector finds, while it does not run by itself."""
    gc.collect()
    gc.freeze()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()
    gc.unfreeze()


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_error_makes_no_cycle(name: str, garbage: list[Any]) -> None:
    limits = Limits(retries=1, backoff=0, values=1000)
    script = Scripted({LOCATION: ANSWERS[name]})
    peer: Any = Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), limits=limits)
    failed = False
    try:
        await peer.locations.get_location("LOC1")
    except OcpiError:
        failed = True
    assert failed
    gc.collect()
    ours = {each.f_code.co_name for each in garbage if isinstance(each, FrameType)}
    assert ours == set()

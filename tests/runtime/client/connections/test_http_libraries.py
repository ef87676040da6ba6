"""A client that the user gives may be one of httpx2 or of httpx."""

from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Peer, connect, connect_sync, connection_failure
from ocpi_runtime.errors import RequestTimeout, TransportError, UnsafeUrl
from tests.runtime.client.peers import (
    ENDPOINTS,
    OPEN,
    TOKEN,
    VERSIONS,
    envelope,
    http_answer,
    location_json,
    platform,
    raw_peer,
)

BINDINGS = [v2_2_1.binding]
BOTH = pytest.mark.parametrize("library", [httpx2, httpx], ids=lambda each: str(each.__name__))


def transport(library: ModuleType, answers: Any) -> Any:
    """Answer as a scripted peer does, with the classes of a library."""

    def answer(request: Any) -> Any:
        found: httpx2.Response = answers(request)
        return library.Response(found.status_code, headers=found.headers, content=found.content)

    return library.MockTransport(answer)


def peer_with_locations() -> Any:
    body = envelope([location_json("L1"), location_json("L2")])
    return platform(**{"/2.2.1/locations": httpx2.Response(200, content=body)})


@BOTH
async def test_a_session_over_an_async_client(library: Any) -> None:
    async with (
        library.AsyncClient(transport=transport(library, peer_with_locations())) as http,
        connect(VERSIONS, TOKEN, bindings=BINDINGS, http=http) as peer,
    ):
        assert [each.id async for each in peer.locations.get_locations()] == ["L1", "L2"]


@BOTH
def test_a_session_over_a_client_without_await(library: Any) -> None:
    with (
        library.Client(transport=transport(library, peer_with_locations())) as http,
        connect_sync(VERSIONS, TOKEN, bindings=BINDINGS, http=http) as peer,
    ):
        assert [each.id for each in peer.locations.get_locations()] == ["L1", "L2"]


@BOTH
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        ("ConnectTimeout", TransportError),
        ("ReadTimeout", RequestTimeout),
        ("ConnectError", TransportError),
        ("RemoteProtocolError", TransportError),
        ("UnsupportedProtocol", UnsafeUrl),
    ],
)
async def test_errors_of_either_library_become_ours(
    library: Any, raised: str, expected: type[Exception]
) -> None:
    def fail(request: Any) -> Any:
        raise getattr(library, raised)("it failed")

    async with library.AsyncClient(transport=library.MockTransport(fail)) as http:
        peer = Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=http)
        with pytest.raises(expected):
            await peer.locations.get_location("L1")


@BOTH
async def test_over_a_socket(library: Any) -> None:
    answer = http_answer(envelope([{"version": "2.2.1", "url": "https://peer.example/2.2.1"}]))
    with raw_peer(answer) as served:
        async with library.AsyncClient() as http:
            with pytest.raises(Exception, match="peer") as caught:
                async with connect(
                    f"{served.base_url}/versions", TOKEN, bindings=BINDINGS, http=http, policy=OPEN
                ):
                    pass
        assert "peer.example" in str(caught.value)
        assert served.asked[0].startswith(b"GET /versions HTTP/1.1\r\n")


@BOTH
@pytest.mark.parametrize(("text", "reason"), [("it is odd.", "it is odd"), ("", "DecodingError")])
def test_a_failure_of_another_kind_has_a_reason_too(library: Any, text: str, reason: str) -> None:
    assert connection_failure(library.DecodingError(text), VERSIONS) == reason

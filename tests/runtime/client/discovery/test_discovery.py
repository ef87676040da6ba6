"""Discovery and negotiation: from a versions URL to a typed peer."""

import base64
import logging
import subprocess
import sys
from typing import Any, assert_type

import httpx2
import pytest

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_bindings.v2_0.clients import Clients as Clients20
from ocpi_bindings.v2_1_1.clients import Clients as Clients2_1_1
from ocpi_bindings.v2_1_1.clients import SyncClients as SyncClients2_1_1
from ocpi_bindings.v2_2.clients import Clients as Clients22
from ocpi_bindings.v2_2.clients import SyncClients as SyncClients22
from ocpi_bindings.v2_2_1.clients import Clients, SyncClients
from ocpi_bindings.v2_3_0.clients import Clients as Clients230
from ocpi_bindings.v2_3_0.clients import SyncClients as SyncClients230
from ocpi_runtime.client import Endpoint, Peer, Problem, Settings, connect, connect_sync
from ocpi_runtime.errors import (
    EndpointMissing,
    InvalidParameters,
    NotAuthorized,
    ProtocolError,
    UnsupportedVersion,
)
from tests.runtime.client.peers import (
    BASE,
    ENDPOINTS,
    TOKEN,
    VERSIONS,
    Clients211,
    SyncClients211,
    binding_211,
    envelope,
    ok,
    platform,
)

ENCODED = f"Token {base64.b64encode(TOKEN.encode()).decode()}"
PLAIN = f"Token {TOKEN}"


async def test_the_newest_version_that_both_know_is_spoken() -> None:
    peer = platform()
    bindings = (binding_211, v2_2_1.binding)
    async with peer.http() as http, connect(VERSIONS, TOKEN, bindings=bindings, http=http) as found:
        assert_type(found, Clients211 | Clients)
        assert type(found) is Clients
        assert found.version == "2.2.1"
        assert found.endpoints == (
            Endpoint("versions", "list", VERSIONS),
            Endpoint("versions", "details", f"{BASE}/2.2.1"),
            *ENDPOINTS,
        )
        assert found.offers("locations", "sender")
        assert not found.offers("tokens", "receiver")
    assert [request.url.path for request in peer.asked] == ["/versions", "/2.2.1"]


async def test_an_older_version_is_spoken_without_ids_and_with_a_plain_token() -> None:
    peer = platform(**{"/2.1.1/locations": ok([])})
    async with (
        peer.http() as http,
        connect(VERSIONS, TOKEN, bindings=[binding_211], http=http) as found,
    ):
        assert_type(found, Clients211)
        assert [each async for each in found.locations.get_locations()] == []
        assert found.offers("locations", "receiver")
    assert {request.headers["authorization"] for request in peer.asked} == {PLAIN}
    assert not any("x-request-id" in request.headers for request in peer.asked[:2])


def test_sync_twin() -> None:
    peer = platform()
    with (
        peer.sync_http() as http,
        connect_sync(VERSIONS, TOKEN, bindings=(v2_2_1.binding, binding_211), http=http) as found,
    ):
        assert_type(found, SyncClients | SyncClients211)
        assert type(found) is SyncClients
    with (
        peer.sync_http() as http,
        connect_sync(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http) as one,
    ):
        assert_type(one, SyncClients)


async def test_several_bindings_in_a_list_are_distinguished_by_class() -> None:
    peer = platform()
    bindings = [binding_211, v2_2_1.binding]
    async with peer.http() as http, connect(VERSIONS, TOKEN, bindings=bindings, http=http) as found:
        assert_type(found, Peer)
        assert isinstance(found, Clients)


@pytest.mark.parametrize("bindings", [[binding_211], []])
async def test_no_version_in_common(bindings: list[Any]) -> None:
    peer = platform(**{"/versions": ok([{"version": "2.2.1", "url": f"{BASE}/2.2.1"}])})
    with pytest.raises(UnsupportedVersion) as caught:
        async with peer.http() as http, connect(VERSIONS, TOKEN, bindings=bindings, http=http):
            pass
    if bindings:
        assert "2.2.1" in caught.value.message
        assert "2.1.1" in caught.value.message


async def test_broken_entries_are_reported_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    problems: list[Problem] = []
    details = {
        "version": "2.2.1",
        "endpoints": [
            {"identifier": "locations", "role": "SENDER", "url": f"{BASE}/a", "extra": 1},
            {"identifier": "locations", "role": "SENDER", "url": f"{BASE}/second"},
            {"identifier": "tokens", "url": f"{BASE}/b"},
            {"identifier": "cdrs", "role": "SENDER"},
            {"identifier": "nltnm-own", "role": "DRIVER", "url": f"{BASE}/c"},
        ],
    }
    versions = ["rubbish", {"version": "2.2.1", "url": f"{BASE}/2.2.1"}, {"version": 2}]
    peer = platform(**{"/versions": ok(versions), "/2.2.1": ok(details)})
    async with (
        peer.http() as http,
        connect(
            VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http, on_problem=problems.append
        ) as found,
    ):
        assert found.offers("locations", "sender")
        assert found.offers("tokens", "receiver")
        assert not found.offers("cdrs", "sender")
    assert [each.pointer for each in problems] == ["/0", "/2", "/3", ""]
    assert "role is missing in the endpoint tokens" in problems[3].message
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 4


@pytest.mark.parametrize(
    "answer",
    [
        ok({"version": "2.2.1"}),
        ok({"version": "2.2.1", "endpoints": {}}),
        ok("nothing"),
        ok(),
        httpx2.Response(200, content=b"<html>"),
    ],
)
async def test_details_that_cannot_be_read(answer: httpx2.Response) -> None:
    peer = platform(**{"/2.2.1": answer})
    with pytest.raises(ProtocolError, match=rf"GET {BASE}/2\.2\.1: "):
        async with (
            peer.http() as http,
            connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http),
        ):
            pass


async def test_a_missing_endpoint_says_what_there_is() -> None:
    peer = platform()
    async with (
        peer.http() as http,
        connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http) as found,
    ):
        with pytest.raises(EndpointMissing, match="RECEIVER endpoint of tokens") as caught:
            await found.tokens.get_stored_token("NL", "TNM", "1")
    assert "locations (SENDER), locations (RECEIVER), tokens (SENDER)" in caught.value.message


def accepting(wanted: str) -> Any:
    """Make a platform that takes the token in one coding only."""
    peer = platform()
    pages = dict(peer.answers)
    refused = httpx2.Response(401, content=envelope(status_code=2000))

    def guarded(request: httpx2.Request) -> httpx2.Response:
        answer = pages[request.url.path]
        assert isinstance(answer, httpx2.Response)
        return answer if request.headers["authorization"] == wanted else refused

    peer.answers = dict.fromkeys(pages, guarded)
    return peer


async def test_a_partner_that_wants_the_token_plain_is_found_out() -> None:
    peer = accepting(PLAIN)
    async with (
        peer.http() as http,
        connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http) as found,
    ):
        assert not found.token_base64
    sent = [request.headers["authorization"] for request in peer.asked]
    assert sent == [ENCODED, PLAIN, PLAIN]


async def test_a_partner_that_wants_an_older_version_in_base64_is_found_out() -> None:
    peer = accepting(ENCODED)
    async with (
        peer.http() as http,
        connect(VERSIONS, TOKEN, bindings=[binding_211], http=http) as found,
    ):
        assert found.token_base64
    assert len(peer.asked) == 3


async def test_a_coding_that_was_agreed_on_is_the_only_one_tried() -> None:
    peer = accepting(PLAIN)
    with pytest.raises(NotAuthorized) as caught:
        async with (
            peer.http() as http,
            connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http, token_base64=True),
        ):
            pass
    assert len(peer.asked) == 1
    assert caught.value.http_status == 401


async def test_a_wrong_token_is_refused_in_both_codings() -> None:
    peer = accepting("Token other")
    with pytest.raises(NotAuthorized) as caught:
        async with (
            peer.http() as http,
            connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=http),
        ):
            pass
    assert len(peer.asked) == 2
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("token", ["", "with space", "line\nbreak", "ünicode"])
async def test_what_can_be_no_token_is_not_sent(token: str) -> None:
    peer = platform()
    with pytest.raises(InvalidParameters) as caught:
        async with (
            peer.http() as http,
            connect(VERSIONS, token, bindings=[v2_2_1.binding], http=http),
        ):
            pass
    assert peer.asked == []
    assert not token or token not in str(caught.value)


async def test_of_any_number_of_versions_the_type_is_known() -> None:
    peer = platform()
    bindings = (v2_0.binding, v2_1_1.binding, v2_2.binding, v2_2_1.binding, v2_3_0.binding)
    async with peer.http() as http, connect(VERSIONS, TOKEN, bindings=bindings, http=http) as found:
        assert_type(found, Clients20 | Clients2_1_1 | Clients22 | Clients | Clients230)
        assert isinstance(found, Clients)
    peer = platform()
    newer = (v2_1_1.binding, v2_2.binding, v2_2_1.binding, v2_3_0.binding)
    with (
        peer.sync_http() as sync_http,
        connect_sync(VERSIONS, TOKEN, bindings=newer, http=sync_http) as one,
    ):
        assert_type(one, SyncClients2_1_1 | SyncClients22 | SyncClients | SyncClients230)
        assert isinstance(one, SyncClients)


@pytest.mark.parametrize("role", ["cpo", "emsp", "HUB", ""])
def test_a_role_of_the_peer_that_is_none_is_refused_at_once(role: Any) -> None:
    with pytest.raises(ValueError, match="peer_role is 'CPO', 'EMSP' or None"):
        Settings(peer_role=role)


@pytest.mark.parametrize(
    ("library", "code", "extra"),
    [
        ("httpx2", "from ocpi_bindings.v2_1_1 import binding", "client"),
        ("connexion", "from ocpi_runtime.server import create_app", "server"),
    ],
)
def test_a_missing_extra_is_named(library: str, code: str, extra: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; {code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert f"pip install 'ocpi-runtime[{extra}]'" in done.stderr.splitlines()[-1]

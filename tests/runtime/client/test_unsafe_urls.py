"""URLs and addresses that are not called, and what stays within one peer."""

import socket
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import (
    connect,
    http_client,
    sync_http_client,
)
from ocpi_runtime.errors import (
    ProtocolError,
    UnsafeUrl,
)
from ocpi_runtime.urls import UrlPolicy
from tests.runtime.client.peers import (
    OPEN,
    TOKEN,
    Scripted,
    http_answer,
    location_json,
    ok,
    platform,
    raw_peer,
)
from tests.runtime.client.test_safety import BODY, RESULT, ask, at, both

pytestmark = pytest.mark.usefixtures("each_client")

UNSAFE = [
    "http://peer.example",
    "https://127.0.0.1",
    "https://10.0.0.1",
    "https://169.254.169.254",
    "https://[::1]",
    "https://localhost",
    "https://0x7f.1",
    "https://user:pass@peer.example",
    "ftp://peer.example",
    "https://peer.example/\n",
]


@both
@pytest.mark.parametrize("url", UNSAFE)
async def test_unsafe_urls_are_not_called(url: str, kind: str) -> None:
    with pytest.raises(UnsafeUrl) as caught:
        await ask(url, kind=kind, policy=UrlPolicy())
    assert caught.value.message.startswith("GET ")
    assert caught.value.hint
    assert "user:pass" not in caught.value.message


async def test_an_unsafe_result_url_is_not_called() -> None:
    async with at("https://peer.example", policy=UrlPolicy()) as peer:
        with pytest.raises(UnsafeUrl, match=r"POST https://192\.168\.1\.1"):
            await peer.commands.post_command_result("https://192.168.1.1/x?y=1", RESULT)


async def test_unsafe_details_are_not_called() -> None:
    versions = ok([{"version": "2.2.1", "url": "http://169.254.169.254/latest"}])
    script = platform(**{"/versions": versions})
    with pytest.raises(UnsafeUrl, match=r"169\.254"):
        async with (
            script.http() as http,
            connect("https://peer.example/versions", TOKEN, bindings=[v2_2_1.binding], http=http),
        ):
            pass
    assert len(script.asked) == 1


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Resolve every name to these addresses."""

    def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in ([host] if host.startswith("127.") else addresses)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@both
@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["fe80::1"]])
async def test_a_public_name_with_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], kind: str
) -> None:
    resolving(monkeypatch, *addresses)
    with raw_peer(http_answer(BODY)) as peer:
        port = peer.base_url.rpartition(":")[2]
        with pytest.raises(UnsafeUrl, match=r"host rebind\.example is not allowed"):
            await ask(f"http://rebind.example:{port}", kind=kind, policy=UrlPolicy(allow_http=True))
    assert peer.asked == []


@both
async def test_a_name_is_connected_at_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    with raw_peer(http_answer(BODY)) as peer:
        port = peer.base_url.rpartition(":")[2]
        assert await ask(f"http://peer.example:{port}", kind=kind) == "LOC1"
    assert f"Host: peer.example:{port}\r\n".encode() in peer.asked[0]


async def test_sessions_can_share_connections() -> None:
    with raw_peer(http_answer(BODY)) as peer:
        async with http_client(OPEN) as http:
            for _ in range(2):
                async with at(peer.base_url, http=http) as one:
                    await one.locations.get_location("LOC1")
            assert not http.is_closed
    assert len(peer.asked) == 2


@pytest.mark.parametrize(
    ("status", "address"),
    [
        (307, "https://other.example/locations/LOC1"),
        (308, "http://peer.example/locations/LOC1"),
        (307, "https://peer.example:8443/locations/LOC1"),
        (302, "/x"),
        (307, ""),
    ],
)
async def test_redirects_out_of_the_origin_are_not_followed(status: int, address: str) -> None:
    answer = httpx2.Response(status, headers={"Location": address})
    script = Scripted({"/locations/LOC1": answer})
    async with at("https://peer.example", http=script.http()) as peer:
        with pytest.raises(ProtocolError, match=f"HTTP {status} redirects to") as caught:
            await peer.locations.get_location("LOC1")
    assert "within one origin" in caught.value.hint
    assert len(script.asked) == 1


async def test_an_account_of_the_http_client_is_not_used() -> None:
    script = Scripted({"/locations/LOC1": ok(location_json())})
    transport = httpx2.MockTransport(script)
    http = httpx2.AsyncClient(transport=transport, auth=("user", "pass"), follow_redirects=True)
    async with http, at("https://peer.example", http=http) as peer:
        await peer.locations.get_location("LOC1")
    assert script.asked[0].headers["authorization"].startswith("Token ")


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_cookies_of_a_peer_are_not_kept(kind: str) -> None:
    http: Any = sync_http_client(OPEN) if kind == "sync" else http_client(OPEN)
    with raw_peer(http_answer(BODY, b"Set-Cookie: a=b\r\n")) as server:
        for _ in range(2):
            assert await ask(server.base_url, kind=kind, http=http) == "LOC1"
    assert b"cookie" not in server.asked[1].lower()
    if kind == "async":
        await http.aclose()
